/**
 * Findings of the checks, at what place of its log each layer was looked at, and what was mended in bulk.
 *
 * A finding is about the present objects of an image. Its key (rule, objects, particulars) says that it is the same one
 * when it is found again; the state is a digest of the shapes it saw, so that a waiver ends when the cell changes.
 */

export const findingsSchema = `
CREATE TABLE layer_check (
  layer_id text PRIMARY KEY REFERENCES layer (id),
  -- Place in the log that the findings of the layer are true for.
  seq integer NOT NULL,
  -- The revision at that place; null when the layer was edited since its head.
  revision_id text REFERENCES layer_revision (id),
  rules integer NOT NULL,
  usual_px double precision NOT NULL,
  -- No object is taller: bounds the search for objects around a place.
  tallest_px integer NOT NULL,
  -- Objects when all were looked at; the usual size is settled anew when many came or went since.
  object_count integer NOT NULL,
  checked_at timestamptz NOT NULL
);

CREATE INDEX layer_check_revision ON layer_check (revision_id);

CREATE TABLE image_check (
  image_id text PRIMARY KEY REFERENCES image (id),
  rules integer NOT NULL,
  checked_at timestamptz NOT NULL
);

CREATE TABLE finding (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  image_id text NOT NULL REFERENCES image (id),
  -- Null for findings about pixels.
  layer_id text REFERENCES layer (id),
  rule text NOT NULL,
  scope text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  rules integer NOT NULL,
  key text NOT NULL,
  uids text[] NOT NULL,
  state raw_digest,
  value double precision NOT NULL,
  detail text NOT NULL,
  channel integer,
  t integer NOT NULL DEFAULT 0,
  z integer NOT NULL DEFAULT 0,
  -- y0, x0, y1, x1 of the place to look at; null for the whole image.
  box integer[] CHECK (cardinality(box) = 4),
  status text NOT NULL CHECK (status IN ('open', 'fixed', 'waived')),
  found_at timestamptz NOT NULL,
  ended_at timestamptz,
  waived_by text REFERENCES agent (id),
  waived_why text,
  UNIQUE (image_id, key),
  CHECK ((status = 'open') = (ended_at IS NULL)),
  CHECK (status <> 'waived' OR (waived_by IS NOT NULL AND waived_why <> ''))
);
-- The queue: one rule, worst first.
CREATE INDEX finding_queue ON finding (project_id, status, rule, value DESC, id);
-- The gate of a freeze.
CREATE INDEX finding_gate ON finding (project_id, layer_id) WHERE status <> 'fixed' AND severity = 'error';

CREATE TABLE mend (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  rule text NOT NULL,
  fix text NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  finding_count integer NOT NULL DEFAULT 0,
  layer_count integer NOT NULL DEFAULT 0,
  undone_at timestamptz,
  undone_by text REFERENCES agent (id)
);
CREATE INDEX mend_project ON mend (project_id, id);

CREATE TABLE mend_change (
  mend_id text NOT NULL REFERENCES mend (id),
  layer_id text NOT NULL REFERENCES layer (id),
  operation_id text NOT NULL,
  uid text NOT NULL,
  before raw_digest REFERENCES object_shape (digest),
  after raw_digest REFERENCES object_shape (digest),
  -- Whether the labels counted as accepted, and do so again after the undo.
  was_accepted boolean NOT NULL,
  PRIMARY KEY (mend_id, operation_id, uid)
);

ALTER TABLE job DROP CONSTRAINT job_kind_check;
ALTER TABLE job ADD CONSTRAINT job_kind_check
  CHECK (kind IN ('ingest', 'propose', 'train', 'evaluate', 'predict', 'check'));
`;
