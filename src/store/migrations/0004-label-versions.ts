/**
 * Names, branches and merges of layers.
 *
 * The main layer of an image's compartment has the empty name; an import may bring a second one under a name, and a
 * branch is a layer of its own that began as a copy of another layer's revision, with the same objects under the same
 * uids. Only main layers count for the image's status, for datasets and for proposals.
 */

export const labelVersions = `
ALTER TABLE layer ADD COLUMN name text NOT NULL DEFAULT '';
ALTER TABLE layer ADD COLUMN branch_of text REFERENCES layer (id);
ALTER TABLE layer ADD COLUMN base_revision_id text REFERENCES layer_revision (id);
ALTER TABLE layer ADD COLUMN closed_at timestamptz;
ALTER TABLE layer DROP CONSTRAINT layer_image_id_compartment_key;
ALTER TABLE layer ADD CONSTRAINT layer_name UNIQUE (image_id, compartment, name);
ALTER TABLE layer ADD CHECK ((branch_of IS NULL) = (base_revision_id IS NULL));
ALTER TABLE layer ADD CHECK (branch_of IS NULL OR name <> '');
CREATE INDEX layer_branches ON layer (branch_of) WHERE branch_of IS NOT NULL;

-- A merge has two parents; the second one is the head of the branch it took in.
ALTER TABLE layer_revision ADD COLUMN second_parent_id text REFERENCES layer_revision (id);
`;
