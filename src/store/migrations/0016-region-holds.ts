/** Parts of an image that one person has for a while; they end by themselves. */

export const regionHolds = `
CREATE TABLE region_hold (
  id text PRIMARY KEY,
  layer_id text NOT NULL REFERENCES layer (id) ON DELETE CASCADE,
  agent_id text NOT NULL REFERENCES agent (id),
  -- Null: the box in all frames and slices.
  t integer,
  z integer,
  y0 integer NOT NULL,
  x0 integer NOT NULL,
  y1 integer NOT NULL,
  x1 integer NOT NULL,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CHECK (y0 >= 0 AND x0 >= 0 AND y0 < y1 AND x0 < x1),
  CHECK ((t IS NULL) = (z IS NULL))
);
CREATE INDEX region_hold_layer ON region_hold (layer_id, expires_at);
`;
