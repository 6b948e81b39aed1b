/** Predictions of several files by one job; what a prediction was made with; further blobs that belong to one. */

export const predictionDetails = `
ALTER TABLE prediction
  ADD COLUMN file integer NOT NULL DEFAULT 0 CHECK (file >= 0),
  ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';
ALTER TABLE prediction DROP CONSTRAINT prediction_job_id_key;
ALTER TABLE prediction ADD UNIQUE (job_id, file);

CREATE TABLE prediction_part (
  prediction_id text NOT NULL REFERENCES prediction (id),
  -- 'nuclear.labels', 'wholeCell.labels': canonical array bytes; 'nuclear.tif': a label TIFF; 'maps': NumPy array.
  part text NOT NULL,
  digest digest NOT NULL REFERENCES blob (digest),
  PRIMARY KEY (prediction_id, part)
);
`;
