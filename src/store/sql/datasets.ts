/** Statements about datasets and their versions. */

import { agentJson } from "./events.ts";

/**
 * Newest accepted revision of each given image, with what an item needs; images without one have null revision.
 * Of several main layers the first in the order nuclear, wholeCell, cytoplasm counts.
 */
export const selectCandidates = `
SELECT i.id AS "imageId", i.name, i.array_digest AS "arrayDigest", i.group_key AS "group",
  i.mpp_y AS "mppY", i.mpp_x AS "mppX", s.licence,
  r.id AS "layerRevisionId", r.root AS "layerRoot", r.object_count AS "cellCount"
FROM image i JOIN source s ON s.id = i.source_id
LEFT JOIN LATERAL (
  SELECT r.id, r.root, r.object_count FROM layer l JOIN layer_revision r ON r.layer_id = l.id
  WHERE l.image_id = i.id AND l.name = '' AND r.accepted
  ORDER BY array_position(ARRAY['nuclear', 'wholeCell', 'cytoplasm'], l.compartment), r.number DESC LIMIT 1
) r ON true
WHERE i.id = ANY($1) ORDER BY i.id`;

export const selectGroupRoles = `SELECT group_key AS key, role FROM group_split WHERE project_id = $1`;
export const insertGroupRoles = `
INSERT INTO group_split (project_id, group_key, role, set_by, set_at)
SELECT $1, n.key, n.role, $2, $3 FROM unnest($4::text[], $5::text[]) AS n (key, role) ON CONFLICT DO NOTHING`;

/** Roles that given pixels had in earlier versions of the project's datasets. */
export const selectEarlierRoles = `
SELECT DISTINCT t.array_digest AS "arrayDigest", t.role, t.group_key AS "group"
FROM dataset_item t JOIN dataset_version v ON v.id = t.dataset_version_id JOIN dataset d ON d.id = v.dataset_id
WHERE d.project_id = $1 AND t.array_digest = ANY($2)`;

/** Held while a version is frozen, so that two freezes do not give one group two roles. */
export const lockProject = `SELECT id FROM project WHERE id = $1 FOR UPDATE`;

export const insertDataset = `
INSERT INTO dataset (id, project_id, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;
export const selectDataset = `SELECT id FROM dataset WHERE project_id = $1 AND name = $2`;
export const selectDatasets = `SELECT id, name FROM dataset WHERE project_id = $1 ORDER BY name`;

export const insertVersion = `
INSERT INTO dataset_version (id, dataset_id, number, version, parent_id, digest, split_digest, query, seed, message,
  licence, split, changes, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

export const insertItems = `
INSERT INTO dataset_item (dataset_version_id, position, image_id, name, array_digest, layer_revision_id, layer_root,
  group_key, role, cell_count, mpp_y, mpp_x)
SELECT $1, n.* FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[],
  $9::text[], $10::integer[], $11::double precision[], $12::double precision[]) AS n`;

const versionQuery = (where: string): string => `
SELECT v.id, v.dataset_id AS "datasetId", d.project_id AS "projectId", d.name, v.version, v.number, v.digest, v.query,
  v.message, v.licence, v.split, v.split_digest AS "splitDigest", v.changes, v.seed, ${agentJson("a")} AS agent,
  v.created_at AS "createdAt"
FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id JOIN agent a ON a.id = v.agent_id
WHERE ${where} ORDER BY v.number DESC`;

export const selectVersion = versionQuery("v.id = $1");
export const selectVersionsOfProject = versionQuery("d.project_id = $1");
/** $1 name, $2 version (null: all), $3 project (null: any). */
export const selectVersionsByName = versionQuery(
  "d.name = $1 AND ($2::text IS NULL OR v.version = $2) AND ($3::text IS NULL OR d.project_id = $3)",
);

const itemColumns = `
t.image_id AS "imageId", t.name, t.array_digest AS "arrayDigest", t.layer_revision_id AS "layerRevisionId",
t.layer_root AS "layerRoot", t.group_key AS "group", t.role, t.cell_count AS "cellCount", t.mpp_y AS "mppY",
t.mpp_x AS "mppX"`;
export const selectItems = `
SELECT ${itemColumns} FROM dataset_item t WHERE t.dataset_version_id = $1 ORDER BY t.position`;
export const selectItemsOfRole = `
SELECT ${itemColumns} FROM dataset_item t WHERE t.dataset_version_id = $1 AND t.role = $2 ORDER BY t.position`;
