/**
 * Evaluations that can be opened: one per compartment, with a report, and for each image its sums and the fate of every
 * object; images pinned by a project, on which two model versions are laid side by side before a release.
 *
 * Sums are a row's JSON, because pages and comparisons add them; objects with their outlines are a blob per image,
 * because there are hundreds of thousands of them and they are only ever read an image at a time.
 */

export const evaluationDetails = `
ALTER TABLE evaluation ADD COLUMN compartment text NOT NULL DEFAULT 'nuclear'
  CHECK (compartment IN ('nuclear', 'wholeCell', 'cytoplasm'));
-- Scores with intervals, by facet, agreement of people; null for evaluations of before this table.
ALTER TABLE evaluation ADD COLUMN report jsonb;
-- Scores per image of before; nothing is written here any more.
ALTER TABLE evaluation ALTER COLUMN items SET DEFAULT '[]';
ALTER TABLE evaluation DROP CONSTRAINT evaluation_model_version_id_dataset_version_id_split_metric_key;
ALTER TABLE evaluation ADD CONSTRAINT evaluation_subject
  UNIQUE (model_version_id, dataset_version_id, split, metric_version, compartment);

-- The image is named by id without a reference: an evaluation outlives images that are thrown away.
CREATE TABLE evaluation_image (
  evaluation_id text NOT NULL REFERENCES evaluation (id) ON DELETE CASCADE,
  position integer NOT NULL,
  image_id text NOT NULL,
  name text NOT NULL,
  array_digest digest NOT NULL,
  layer_revision_id text NOT NULL,
  group_key text NOT NULL,
  facets jsonb NOT NULL,
  tally jsonb NOT NULL,
  -- A second person's labels against the same reference.
  human_tally jsonb,
  outcome_digest digest NOT NULL REFERENCES blob (digest),
  PRIMARY KEY (evaluation_id, position)
);
CREATE INDEX evaluation_image_outcomes ON evaluation_image (outcome_digest);

CREATE TABLE pinned_image (
  project_id text NOT NULL REFERENCES project (id),
  image_id text NOT NULL REFERENCES image (id),
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, image_id)
);
CREATE INDEX pinned_image_image ON pinned_image (image_id);

-- What a model version sees in the pixels of a pinned image; weights and pixels are immutable, so it holds for ever.
CREATE TABLE pinned_result (
  model_version_id text NOT NULL REFERENCES model_version (id),
  array_digest digest NOT NULL,
  compartment text NOT NULL CHECK (compartment IN ('nuclear', 'wholeCell', 'cytoplasm')),
  object_count integer NOT NULL,
  outcome_digest digest NOT NULL REFERENCES blob (digest),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (model_version_id, array_digest, compartment)
);
CREATE INDEX pinned_result_outcomes ON pinned_result (outcome_digest);
`;
