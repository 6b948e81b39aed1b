/** What an item of a dataset version needs beside its labels: the terms of its words, and where it was annotated. */

export const termsAndRegions = `
-- {field: CURIE} that the words stood for when the version was frozen, {"stain": [CURIE, ...]}; part of the digest unless empty.
ALTER TABLE dataset_item ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';

-- Where a layer of coverage "region" was annotated: encoded shape of one object, the same in all frames and planes.
ALTER TABLE layer
  ADD COLUMN region_digest digest REFERENCES blob (digest),
  ADD CHECK (region_digest IS NULL OR coverage = 'region');

-- Both as they were when the revision was made.
ALTER TABLE layer_revision
  ADD COLUMN coverage text NOT NULL DEFAULT 'exhaustive' CHECK (coverage IN ('exhaustive', 'sparse', 'region')),
  ADD COLUMN region_digest digest REFERENCES blob (digest),
  ADD CHECK (region_digest IS NULL OR coverage = 'region');
UPDATE layer_revision r SET coverage = l.coverage FROM layer l WHERE l.id = r.layer_id AND l.coverage <> 'exhaustive';

-- Copied from the revision; part of the digest. Further layers have it in more_layers, as regionDigest beside coverage.
ALTER TABLE dataset_item ADD COLUMN region_digest digest;
`;
