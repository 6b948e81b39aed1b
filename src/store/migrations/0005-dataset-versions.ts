/**
 * Dataset versions at scale, their record, and what tells that two images are one.
 *
 * Items of a version are immutable copies of rows that are never deleted, so they need no foreign keys: checking five
 * per item was most of the time of freezing a million (docs/decisions/0016); `doctor` checks them instead. A plane's
 * print follows from its pixels alone and is kept by their digest, once for all projects.
 */

export const datasetVersions = `
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_image_id_fkey;
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_array_digest_fkey;
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_layer_revision_id_fkey;
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_layer_root_fkey;
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_dataset_version_id_fkey;
-- Reading by image is rare and narrow once the version is known; the unique index cost a third of a freeze.
ALTER TABLE dataset_item DROP CONSTRAINT dataset_item_dataset_version_id_image_id_key;
-- Metadata that describes the image, as it was: organ, platform … Part of the digest.
ALTER TABLE dataset_item ADD COLUMN strata jsonb NOT NULL DEFAULT '{}';

ALTER TABLE dataset_version ADD COLUMN item_count integer NOT NULL DEFAULT 0;
-- How the split was made: shares and strata.
ALTER TABLE dataset_version ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
-- Licence with attributions, counts per stratum, findings of the audit with waivers, changes of roles.
ALTER TABLE dataset_version ADD COLUMN report jsonb NOT NULL DEFAULT '{}';

-- Images that differ from the parent version, with what became of their objects.
CREATE TABLE dataset_change (
  dataset_version_id text NOT NULL REFERENCES dataset_version (id),
  image_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('removed', 'relabelled', 'moved', 'redescribed')),
  verbs jsonb,
  PRIMARY KEY (dataset_version_id, image_id, kind)
);

-- A group changes its role only by somebody's reason.
CREATE TABLE group_role_change (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES project (id),
  group_key text NOT NULL,
  from_role text NOT NULL,
  to_role text NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  agent_id text NOT NULL REFERENCES agent (id),
  at timestamptz NOT NULL
);
CREATE INDEX group_role_change_group ON group_role_change (project_id, group_key);

-- Split used, what was done to the images, leaks accepted.
ALTER TABLE training_run ADD COLUMN inputs jsonb NOT NULL DEFAULT '{}';

-- One row per plane looked at; a plane that says nothing (all pixels equal) has no values but is known to be looked at.
CREATE TABLE plane_print (
  array_digest digest NOT NULL,
  plane integer NOT NULL CHECK (plane >= 0),
  -- SHA-256 of the plane's canonical bytes under flips and turns.
  dihedral raw_digest,
  -- Perceptual hash, two signed halves.
  hash_high integer,
  hash_low integer,
  miniature bytea,
  anchors bytea,
  PRIMARY KEY (array_digest, plane)
);
CREATE INDEX plane_print_dihedral ON plane_print (dihedral) WHERE dihedral IS NOT NULL;

-- Planes that a model from outside was trained on, as far as its card says; models made here have their dataset version.
CREATE TABLE model_print (
  model_version_id text NOT NULL REFERENCES model_version (id),
  dihedral raw_digest NOT NULL,
  PRIMARY KEY (model_version_id, dihedral)
);
`;
