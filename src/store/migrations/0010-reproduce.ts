/** Jobs that train a model version again and compare. */

export const reproduceJobs = `
ALTER TABLE job DROP CONSTRAINT job_kind_check;
ALTER TABLE job ADD CONSTRAINT job_kind_check
  CHECK (kind IN ('ingest', 'propose', 'train', 'evaluate', 'predict', 'export', 'check', 'reproduce'));
`;
