/**
 * How sure links are, and what happens to cells beside going on and dividing (entry, exit, death, fusion), with the part of
 * the log that takes such edits back.
 *
 * Like links: the present state is one table, both sides of each edit another, by the layer's sequence number.
 */

export const trackEvents = `
ALTER TABLE link ADD COLUMN confidence double precision CHECK (confidence BETWEEN 0 AND 1);
ALTER TABLE edit_origin
  ADD COLUMN before_confidence double precision CHECK (before_confidence BETWEEN 0 AND 1),
  ADD COLUMN after_confidence double precision CHECK (after_confidence BETWEEN 0 AND 1);

CREATE TABLE object_event (
  layer_id text NOT NULL,
  uid text NOT NULL,
  side text NOT NULL CHECK (side IN ('start', 'end')),
  kind text NOT NULL CHECK (kind IN ('entry', 'death', 'exit', 'fusion')),
  into_uid text,
  agent_id text NOT NULL REFERENCES agent (id),
  PRIMARY KEY (layer_id, uid, side),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid),
  FOREIGN KEY (layer_id, into_uid) REFERENCES object (layer_id, uid),
  CHECK ((kind = 'entry') = (side = 'start')),
  CHECK ((kind = 'fusion') = (into_uid IS NOT NULL))
);

CREATE TABLE edit_event (
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  position integer NOT NULL,
  uid text NOT NULL,
  side text NOT NULL CHECK (side IN ('start', 'end')),
  before_kind text,
  before_into text,
  after_kind text,
  after_into text,
  PRIMARY KEY (layer_id, seq, position),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid)
);
`;
