/**
 * First schema: everything the loop import, correct, freeze, train, release, predict needs.
 *
 * Names are unqualified: the connection's search path says which schema they go to. Digests of objects, of which there
 * are millions, are 32 raw bytes; all others are hex, because people meet them.
 */

export const firstSchema = `
CREATE DOMAIN digest AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');
CREATE DOMAIN raw_digest AS bytea CHECK (octet_length(VALUE) = 32);

-- Number a text stands for, or null; bounded so that the cast cannot overflow.
CREATE FUNCTION as_number(value text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value ~ '^\\s*[+-]?(\\d{1,100}\\.?\\d{0,100}|\\.\\d{1,100})([eE][+-]?\\d{1,2})?\\s*$'
    THEN trim(both E' \\t\\n\\r' from value)::double precision END
$$;

-- Who ---------------------------------------------------------------------------------------------------------------

CREATE TABLE lab (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE agent (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('person', 'model', 'importer', 'rule', 'service')),
  name text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX agent_name ON agent (kind, name) WHERE kind <> 'person';

CREATE TABLE member (
  id text PRIMARY KEY REFERENCES agent (id),
  role text NOT NULL CHECK (role IN ('owner', 'annotator', 'viewer')),
  suspended boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);

CREATE TABLE sign_in_token (
  id text PRIMARY KEY,
  token_digest digest NOT NULL UNIQUE,
  member_id text NOT NULL REFERENCES member (id),
  one_time boolean NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE TABLE invite (
  id text PRIMARY KEY,
  token_digest digest NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('owner', 'annotator', 'viewer')),
  note text NOT NULL,
  created_by text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by text REFERENCES member (id)
);

CREATE TABLE session (
  token_digest digest PRIMARY KEY,
  member_id text NOT NULL REFERENCES member (id),
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE INDEX session_member ON session (member_id);

CREATE TABLE api_token (
  id text PRIMARY KEY,
  token_digest digest NOT NULL UNIQUE,
  member_id text NOT NULL REFERENCES member (id),
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('read', 'write')),
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_token_member ON api_token (member_id);

CREATE TABLE event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent_id text NOT NULL REFERENCES agent (id),
  verb text NOT NULL,
  entity text NOT NULL,
  entity_id text NOT NULL,
  details jsonb NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX event_entity ON event (entity, entity_id);

-- Bytes -------------------------------------------------------------------------------------------------------------

CREATE TABLE blob (
  digest digest PRIMARY KEY,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  created_at timestamptz NOT NULL
);

-- Images ------------------------------------------------------------------------------------------------------------

CREATE TABLE project (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  created_by text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);

CREATE TABLE source (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  title text NOT NULL,
  licence text NOT NULL,
  url text NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (project_id, title, licence, url)
);

CREATE TABLE image (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  source_id text NOT NULL REFERENCES source (id),
  name text NOT NULL,
  array_digest digest NOT NULL REFERENCES blob (digest),
  axes text NOT NULL,
  shape integer[] NOT NULL,
  dtype text NOT NULL,
  height integer NOT NULL CHECK (height > 0),
  width integer NOT NULL CHECK (width > 0),
  mpp_y double precision CHECK (mpp_y > 0),
  mpp_x double precision CHECK (mpp_x > 0),
  mpp_reason text,
  group_key text NOT NULL CHECK (group_key <> ''),
  metadata jsonb NOT NULL,
  status text NOT NULL DEFAULT 'unlabelled'
    CHECK (status IN ('unlabelled', 'proposed', 'corrected', 'accepted')),
  cell_count integer NOT NULL DEFAULT 0,
  created_by text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  trashed_at timestamptz,
  CHECK ((mpp_y IS NULL) = (mpp_x IS NULL)),
  CHECK ((mpp_y IS NULL) = (mpp_reason IS NOT NULL))
);
CREATE UNIQUE INDEX image_once ON image (project_id, array_digest) WHERE trashed_at IS NULL;
CREATE INDEX image_project ON image (project_id, id);
CREATE INDEX image_digest ON image (array_digest);

CREATE TABLE channel (
  image_id text NOT NULL REFERENCES image (id),
  index integer NOT NULL CHECK (index >= 0),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('nuclear', 'membrane', 'cytoplasm', 'phase', 'brightfield', 'other')),
  PRIMARY KEY (image_id, index)
);

-- Labels ------------------------------------------------------------------------------------------------------------

CREATE TABLE layer (
  id text PRIMARY KEY,
  image_id text NOT NULL REFERENCES image (id),
  compartment text NOT NULL CHECK (compartment IN ('nuclear', 'wholeCell', 'cytoplasm')),
  kind text NOT NULL DEFAULT 'instances' CHECK (kind = 'instances'),
  truth text NOT NULL CHECK (truth IN ('gold', 'silver', 'synthetic', 'prediction')),
  coverage text NOT NULL DEFAULT 'exhaustive' CHECK (coverage IN ('exhaustive', 'sparse', 'region')),
  status text NOT NULL DEFAULT 'unlabelled'
    CHECK (status IN ('unlabelled', 'proposed', 'corrected', 'accepted')),
  seq integer NOT NULL DEFAULT 0,
  next_label integer NOT NULL DEFAULT 1,
  object_count integer NOT NULL DEFAULT 0,
  head_revision_id text,
  head_seq integer NOT NULL DEFAULT 0,
  created_by text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (image_id, compartment)
);

CREATE TABLE object_shape (
  digest raw_digest PRIMARY KEY,
  bytes bytea NOT NULL
);

-- Present state of each object ever born in a layer; digest null is a tombstone. A label is never used again.
CREATE TABLE object (
  layer_id text NOT NULL REFERENCES layer (id),
  uid text NOT NULL,
  label integer NOT NULL CHECK (label > 0),
  digest raw_digest REFERENCES object_shape (digest),
  t integer NOT NULL,
  z integer NOT NULL,
  y0 integer NOT NULL,
  x0 integer NOT NULL,
  y1 integer NOT NULL,
  x1 integer NOT NULL,
  seq integer NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  kind text NOT NULL,
  confidence real CHECK (confidence BETWEEN 0 AND 1),
  -- Shape a model proposed, kept when a person corrects it.
  base_prediction raw_digest REFERENCES object_shape (digest),
  -- False for a proposal nobody has touched or accepted; only such objects may a later proposal replace.
  touched boolean NOT NULL,
  PRIMARY KEY (layer_id, uid),
  UNIQUE (layer_id, label)
);
CREATE INDEX object_live ON object (layer_id, y0, x0) WHERE digest IS NOT NULL;

CREATE TABLE edit (
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  operation_id text NOT NULL,
  kind text NOT NULL,
  tool text NOT NULL,
  ms_spent integer NOT NULL,
  undoes text,
  agent_id text NOT NULL REFERENCES agent (id),
  at timestamptz NOT NULL,
  PRIMARY KEY (layer_id, seq),
  UNIQUE (layer_id, operation_id)
);

CREATE TABLE edit_change (
  layer_id text NOT NULL,
  seq integer NOT NULL,
  position integer NOT NULL,
  uid text NOT NULL,
  before raw_digest REFERENCES object_shape (digest),
  after raw_digest REFERENCES object_shape (digest),
  confidence real,
  PRIMARY KEY (layer_id, seq, position),
  FOREIGN KEY (layer_id, seq) REFERENCES edit (layer_id, seq),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid),
  CHECK (before IS DISTINCT FROM after)
);

-- Nodes of the Merkle trees: tiles (lists of objects) and roots (lists of tiles), named by their content.
CREATE TABLE revision_node (
  digest raw_digest PRIMARY KEY,
  body bytea NOT NULL
);

CREATE TABLE layer_revision (
  id text PRIMARY KEY,
  layer_id text NOT NULL REFERENCES layer (id),
  number integer NOT NULL CHECK (number > 0),
  parent_id text REFERENCES layer_revision (id),
  root raw_digest NOT NULL REFERENCES revision_node (digest),
  seq integer NOT NULL,
  object_count integer NOT NULL,
  added integer NOT NULL,
  removed integer NOT NULL,
  reshaped integer NOT NULL,
  message text NOT NULL,
  -- A mark of review, not content: the only column that may change.
  accepted boolean NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (layer_id, number)
);
ALTER TABLE layer ADD FOREIGN KEY (head_revision_id) REFERENCES layer_revision (id);

-- Datasets ----------------------------------------------------------------------------------------------------------

CREATE TABLE group_split (
  project_id text NOT NULL REFERENCES project (id),
  group_key text NOT NULL,
  role text NOT NULL CHECK (role IN ('train', 'validation', 'test')),
  set_by text NOT NULL REFERENCES agent (id),
  set_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, group_key)
);

CREATE TABLE dataset (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (project_id, name)
);

CREATE TABLE dataset_version (
  id text PRIMARY KEY,
  dataset_id text NOT NULL REFERENCES dataset (id),
  number integer NOT NULL CHECK (number > 0),
  version text NOT NULL,
  parent_id text REFERENCES dataset_version (id),
  digest digest NOT NULL,
  split_digest digest NOT NULL,
  query text NOT NULL,
  seed bigint NOT NULL,
  message text NOT NULL,
  licence text NOT NULL,
  split jsonb NOT NULL,
  changes jsonb,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (dataset_id, number),
  UNIQUE (dataset_id, version)
);

CREATE TABLE dataset_item (
  dataset_version_id text NOT NULL REFERENCES dataset_version (id),
  position integer NOT NULL,
  image_id text NOT NULL REFERENCES image (id),
  name text NOT NULL,
  array_digest digest NOT NULL REFERENCES blob (digest),
  layer_revision_id text NOT NULL REFERENCES layer_revision (id),
  layer_root raw_digest NOT NULL REFERENCES revision_node (digest),
  group_key text NOT NULL,
  role text NOT NULL CHECK (role IN ('train', 'validation', 'test')),
  cell_count integer NOT NULL,
  mpp_y double precision,
  mpp_x double precision,
  PRIMARY KEY (dataset_version_id, position),
  UNIQUE (dataset_version_id, image_id)
);
CREATE INDEX dataset_item_digest ON dataset_item (array_digest);

-- Jobs --------------------------------------------------------------------------------------------------------------

CREATE TABLE job (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('ingest', 'propose', 'train', 'evaluate', 'predict')),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'canceled')),
  project_id text REFERENCES project (id),
  title text NOT NULL,
  params jsonb NOT NULL,
  progress jsonb NOT NULL,
  result jsonb,
  error jsonb,
  attempt integer NOT NULL DEFAULT 0,
  lease_id text,
  lease_until timestamptz,
  cancel_requested boolean NOT NULL DEFAULT false,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX job_open ON job (id) WHERE state IN ('waiting', 'running');

CREATE TABLE job_item (
  job_id text NOT NULL REFERENCES job (id),
  position integer NOT NULL,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('done', 'failed', 'skipped')),
  error jsonb,
  entity_id text,
  PRIMARY KEY (job_id, position)
);

-- Models ------------------------------------------------------------------------------------------------------------

CREATE TABLE model (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE TABLE model_version (
  id text PRIMARY KEY,
  model_id text NOT NULL REFERENCES model (id),
  number integer NOT NULL CHECK (number > 0),
  version text NOT NULL,
  stage text NOT NULL CHECK (stage IN ('candidate', 'released', 'retired')),
  project_id text REFERENCES project (id),
  -- Where it came from: a training run of ours, or files from outside.
  origin text NOT NULL CHECK (origin IN ('training', 'import')),
  weights_digest digest NOT NULL REFERENCES blob (digest),
  onnx_digest digest NOT NULL REFERENCES blob (digest),
  architecture text NOT NULL,
  contract jsonb NOT NULL,
  card jsonb NOT NULL,
  licence text NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (model_id, number),
  UNIQUE (model_id, version)
);
CREATE UNIQUE INDEX model_released ON model_version (model_id) WHERE stage = 'released';

CREATE TABLE training_run (
  id text PRIMARY KEY,
  job_id text NOT NULL UNIQUE REFERENCES job (id),
  project_id text NOT NULL REFERENCES project (id),
  model_name text NOT NULL,
  dataset_version_id text NOT NULL REFERENCES dataset_version (id),
  seed bigint NOT NULL,
  steps integer NOT NULL CHECK (steps > 0),
  step integer NOT NULL DEFAULT 0,
  config jsonb NOT NULL,
  base_model_version_id text REFERENCES model_version (id),
  code_version text NOT NULL,
  lock_digest digest NOT NULL,
  device text NOT NULL,
  model_version_id text UNIQUE REFERENCES model_version (id),
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);

CREATE TABLE curve_point (
  run_id text NOT NULL REFERENCES training_run (id),
  step integer NOT NULL,
  loss double precision NOT NULL,
  learning_rate double precision NOT NULL,
  validation jsonb,
  PRIMARY KEY (run_id, step)
);

CREATE TABLE checkpoint (
  run_id text NOT NULL REFERENCES training_run (id),
  step integer NOT NULL,
  digest digest NOT NULL REFERENCES blob (digest),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (run_id, step)
);

CREATE TABLE evaluation (
  id text PRIMARY KEY,
  model_version_id text NOT NULL REFERENCES model_version (id),
  dataset_version_id text NOT NULL REFERENCES dataset_version (id),
  split text NOT NULL CHECK (split IN ('train', 'validation', 'test')),
  metric_version text NOT NULL,
  image_count integer NOT NULL,
  scores jsonb NOT NULL,
  errors jsonb NOT NULL,
  groups jsonb NOT NULL,
  items jsonb NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (model_version_id, dataset_version_id, split, metric_version)
);

CREATE TABLE prediction (
  id text PRIMARY KEY,
  job_id text NOT NULL UNIQUE REFERENCES job (id),
  model_version_id text NOT NULL REFERENCES model_version (id),
  name text NOT NULL,
  input_digest digest NOT NULL REFERENCES blob (digest),
  image_digest digest NOT NULL REFERENCES blob (digest),
  label_digest digest NOT NULL REFERENCES blob (digest),
  height integer NOT NULL,
  width integer NOT NULL,
  cell_count integer NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL
);
`;
