/**
 * Names, branches and merges of layers; the log of a revision packed into its row.
 *
 * The main layer of an image's compartment has the empty name; an import may bring a second one under a name, and a
 * branch is a layer of its own that began as a copy of another layer's revision, with the same objects under the same
 * uids. Only main layers count for the image's status, for datasets and for proposals.
 *
 * A revision is a place in its layer's log and the Merkle root of the objects there; nodes of the tree are kept for
 * imports only (docs/decisions/0014). What was edited since the revision before moves from the rows of `edit` and
 * `edit_change` into `layer_revision.log`.
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

-- Root node of the head's tree (tiles and their digests) of a large layer: a commit hashes only tiles that changed.
ALTER TABLE layer ADD COLUMN head_tree bytea;
ALTER TABLE layer ALTER COLUMN head_tree SET STORAGE EXTERNAL;

-- A merge has two parents; the second one is the head of the branch it took in.
ALTER TABLE layer_revision ADD COLUMN second_parent_id text REFERENCES layer_revision (id);
-- Edits log_from to seq, packed (src/store/log-pack.ts), with 16 bytes per operation id for look-up.
ALTER TABLE layer_revision ADD COLUMN log_from integer;
ALTER TABLE layer_revision ADD COLUMN operation_ids bytea;
ALTER TABLE layer_revision ADD COLUMN log bytea;
ALTER TABLE layer_revision ALTER COLUMN operation_ids SET STORAGE EXTERNAL;
ALTER TABLE layer_revision ALTER COLUMN log SET STORAGE EXTERNAL;
ALTER TABLE layer_revision ADD CHECK ((log IS NULL) = (log_from IS NULL) AND (log IS NULL) = (operation_ids IS NULL));

-- Shapes are never removed, every row here is written with its shape in one transaction, and doctor looks. The database's
-- own check locked, and so rewrote, the row of the shape at every mention of it: most of the cost of an import or branch.
ALTER TABLE object DROP CONSTRAINT object_digest_fkey;
ALTER TABLE object DROP CONSTRAINT object_base_prediction_fkey;
ALTER TABLE edit_change DROP CONSTRAINT edit_change_before_fkey;
ALTER TABLE edit_change DROP CONSTRAINT edit_change_after_fkey;

-- Objects longer than a tile, which are few: what lies near a box is found without looking at the whole layer.
CREATE INDEX object_large ON object (layer_id)
  WHERE digest IS NOT NULL AND (y1 - y0 > 256 OR x1 - x0 > 256);

ALTER TABLE layer_revision DROP CONSTRAINT layer_revision_root_fkey;
`;
