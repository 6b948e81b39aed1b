/** Objects of a movie are read frame by frame. */

export const objectsByFrame = `
CREATE INDEX object_frame ON object (layer_id, t) WHERE digest IS NOT NULL;
`;
