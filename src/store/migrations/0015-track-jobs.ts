/** Jobs that track the cells of a time-lapse. */

export const trackJobs = `
ALTER TABLE job DROP CONSTRAINT job_kind_check;
ALTER TABLE job ADD CONSTRAINT job_kind_check
  CHECK (kind IN ('ingest', 'propose', 'train', 'evaluate', 'predict', 'export', 'check', 'reproduce', 'track'));
`;
