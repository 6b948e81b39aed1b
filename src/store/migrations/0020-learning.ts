/**
 * Learning in place: acceptance of single cells in edits, which edits a job of proposals made, and improvements of a model.
 *
 * Jobs get two more kinds. The check of kinds is added to rather than written anew, so that kinds of other migrations stay.
 */

export const learningInPlace = `
CREATE TABLE edit_accept (
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  uid text NOT NULL,
  accepted boolean NOT NULL,
  PRIMARY KEY (layer_id, seq, uid),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid)
);

-- Edits that a job of proposals made, so that all of them can be taken back.
CREATE TABLE job_proposal (
  job_id text NOT NULL REFERENCES job (id),
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  PRIMARY KEY (job_id, layer_id, seq)
);

-- What a model found in a part of an image: a draft that a page reads once, kept with its job and never with labels.
CREATE TABLE predicted_part (
  job_id text PRIMARY KEY REFERENCES job (id),
  answer jsonb NOT NULL
);

CREATE TABLE improvement (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  -- Fine-tunes, and proposes when the result is better.
  job_id text NOT NULL UNIQUE REFERENCES job (id),
  base_model_version_id text NOT NULL REFERENCES model_version (id),
  dataset_version_id text REFERENCES dataset_version (id),
  model_version_id text REFERENCES model_version (id),
  -- Whether it is better on images it did not learn from; null while nobody knows.
  verdict text CHECK (verdict IN ('better', 'alike', 'unknown')),
  reason text NOT NULL DEFAULT '',
  -- The job whose proposals stand in the images: that of the improvement, or one a person asked for.
  used_by_job_id text REFERENCES job (id),
  taken_back_by_job_id text REFERENCES job (id),
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);
CREATE INDEX improvement_of_project ON improvement (project_id, id);

DO $$
DECLARE known text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO STRICT known FROM pg_constraint
  WHERE conname = 'job_kind_check' AND conrelid = 'job'::regclass;
  ALTER TABLE job DROP CONSTRAINT job_kind_check;
  EXECUTE 'ALTER TABLE job ADD CONSTRAINT job_kind_check '
    || replace(known, 'ARRAY[', 'ARRAY[''improve''::text, ''predictPart''::text, ');
END $$;
`;
