/**
 * Items with labels of more than one compartment: a model that outlines nuclei and whole cells learns from both.
 *
 * The first main layer of an image stays in the columns that are there; the accepted revisions of its other main layers are
 * pinned beside it. Most images have none, so the column is null and costs nothing.
 */

export const moreLayers = `
-- [{"compartment", "layerRevisionId", "layerRoot"}] by compartment; part of the digest.
ALTER TABLE dataset_item ADD COLUMN more_layers jsonb;
`;
