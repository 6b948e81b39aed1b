/**
 * Exports: files made of a dataset version or a selection, kept for some days under `exports/` of the data folder.
 *
 * What an export holds follows from the version and the program, so the row is a record of files that may go, not of
 * knowledge: nothing refers to it.
 */

export const exportsSchema = `
ALTER TABLE job DROP CONSTRAINT job_kind_check;
ALTER TABLE job ADD CONSTRAINT job_kind_check
  CHECK (kind IN ('ingest', 'propose', 'train', 'evaluate', 'predict', 'export', 'check'));

CREATE TABLE export (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  job_id text NOT NULL UNIQUE REFERENCES job (id),
  dataset_version_id text REFERENCES dataset_version (id),
  -- Name for people: "nuclei@1.0.0 as COCO".
  title text NOT NULL,
  format text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  file_count integer NOT NULL,
  image_count integer NOT NULL,
  cell_count bigint NOT NULL,
  -- SHA-256 of the list of files with their digests: equal for equal contents.
  digest digest NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);
CREATE INDEX export_project ON export (project_id, id);
`;
