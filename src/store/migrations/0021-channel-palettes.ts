/** Looks of channels under a name, for everyone in a project: colours, contrast limits, gamma, inversion, what is visible. */

export const channelPalettes = `
CREATE TABLE channel_palette (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  name text NOT NULL,
  -- One entry per channel, in the order of the image it was made on.
  channels jsonb NOT NULL,
  author_id text NOT NULL REFERENCES agent (id),
  created_at timestamptz NOT NULL,
  UNIQUE (project_id, name)
);
`;
