/** What an item of a dataset version needs beside its labels: the terms of its words, and where it was annotated. */

export const termsAndRegions = `
-- {field: CURIE} that the words stood for when the version was frozen, {"stain": [CURIE, ...]}; part of the digest unless empty.
ALTER TABLE dataset_item ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';
`;
