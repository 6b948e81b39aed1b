/**
 * Which object goes on from which, as edits change it: the part of the log that takes such edits back.
 *
 * The present state stays in `link`. Edits of origins are few beside edits of shapes, so they stay rows when a commit packs
 * the log; the layer's sequence number says which edit a row belongs to, before and after.
 */

export const originChanges = `
CREATE TABLE edit_origin (
  layer_id text NOT NULL REFERENCES layer (id),
  seq integer NOT NULL CHECK (seq > 0),
  position integer NOT NULL,
  uid text NOT NULL,
  before_uid text,
  before_kind text CHECK (before_kind IN ('link', 'division')),
  after_uid text,
  after_kind text CHECK (after_kind IN ('link', 'division')),
  PRIMARY KEY (layer_id, seq, position),
  FOREIGN KEY (layer_id, uid) REFERENCES object (layer_id, uid),
  CHECK ((before_uid IS NULL) = (before_kind IS NULL)),
  CHECK ((after_uid IS NULL) = (after_kind IS NULL))
);
`;
