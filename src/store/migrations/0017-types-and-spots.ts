/**
 * Types of cells and spots: what edits change beside shapes and origins.
 *
 * The present state stands in tables of its own; both sides of each change stay in `edit_value`, by the layer's sequence
 * number, and are not packed at a commit. A revision keeps a digest of the types it was made with, because its root speaks
 * of shapes only.
 */

export const typesAndSpots = `
CREATE TABLE object_types (
  layer_id text NOT NULL,
  uid text NOT NULL,
  -- [{term, by}], sorted by term; core/cell-types has the rules.
  marks jsonb NOT NULL CHECK (jsonb_typeof(marks) = 'array' AND jsonb_array_length(marks) > 0),
  -- Terms alone, for searching.
  terms text[] NOT NULL,
  -- Who made the present list.
  agent_id text NOT NULL REFERENCES agent (id),
  seq integer NOT NULL,
  PRIMARY KEY (layer_id, uid),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid)
);
CREATE INDEX object_types_terms ON object_types USING gin (terms);

CREATE TABLE spot (
  layer_id text NOT NULL REFERENCES layer (id),
  uid text NOT NULL,
  t integer NOT NULL CHECK (t >= 0),
  z integer NOT NULL CHECK (z >= 0),
  y double precision NOT NULL,
  x double precision NOT NULL,
  kind text NOT NULL,
  score double precision,
  -- Set by hand: uid of a cell, '' for none; null: computed.
  cell text,
  agent_id text NOT NULL REFERENCES agent (id),
  seq integer NOT NULL,
  PRIMARY KEY (layer_id, uid)
);

CREATE TABLE edit_value (
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  part text NOT NULL CHECK (part IN ('types', 'spots')),
  position integer NOT NULL,
  uid text NOT NULL,
  before jsonb,
  after jsonb,
  PRIMARY KEY (layer_id, seq, part, position),
  CHECK (before IS DISTINCT FROM after)
);
CREATE INDEX edit_value_uid ON edit_value (layer_id, part, uid, seq);

-- SHA-256 over the types of the living cells; null when none has any.
ALTER TABLE layer_revision ADD COLUMN types_digest digest;

-- Markers expected per type, one list per project; core/cell-types has its form.
CREATE TABLE marker_panel (
  project_id text PRIMARY KEY REFERENCES project (id),
  body jsonb NOT NULL,
  agent_id text NOT NULL REFERENCES agent (id),
  changed_at timestamptz NOT NULL
);
`;
