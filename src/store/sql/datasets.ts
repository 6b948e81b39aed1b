/** Statements about datasets and their versions. */

import { agentJson } from "./events.ts";

export const selectGroupRoles = `SELECT group_key AS key, role FROM group_split WHERE project_id = $1`;

/** Roles of the draft's groups that have none yet. */
export const insertGroupRoles = `
INSERT INTO group_split (project_id, group_key, role, set_by, set_at)
SELECT $1, g.group_key, g.role, $2, $3 FROM draft_group g ON CONFLICT DO NOTHING`;

/** Keeps the reason and changes the role; a group without a role gets it with no record of a change. */
export const changeGroupRole = `
WITH before AS (SELECT role FROM group_split WHERE project_id = $2 AND group_key = $3),
recorded AS (
  INSERT INTO group_role_change (id, project_id, group_key, from_role, to_role, reason, agent_id, at)
  SELECT $1, $2, $3, role, $4, $5, $6, $7 FROM before WHERE role <> $4
)
UPDATE group_split SET role = $4, set_by = $6, set_at = $7 WHERE project_id = $2 AND group_key = $3`;

/** Held while a version is frozen, so that two freezes do not give one group two roles. */
export const lockProject = `SELECT id FROM project WHERE id = $1 FOR UPDATE`;

export const insertDataset = `
INSERT INTO dataset (id, project_id, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;
export const selectDataset = `SELECT id FROM dataset WHERE project_id = $1 AND name = $2`;
export const selectDatasets = `SELECT id, name FROM dataset WHERE project_id = $1 ORDER BY name`;

export const insertVersion = `
INSERT INTO dataset_version (id, dataset_id, number, version, parent_id, digest, split_digest, query, seed, message,
  licence, split, changes, agent_id, created_at, item_count, options, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;

const versionQuery = (where: string, more = ""): string => `
SELECT v.id, v.dataset_id AS "datasetId", d.project_id AS "projectId", d.name, v.version, v.number, v.digest, v.query,
  v.message, v.licence, v.split, v.split_digest AS "splitDigest", v.item_count AS "itemCount", v.changes,
  ${agentJson("a")} AS agent, v.created_at AS "createdAt"${more}
FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id JOIN agent a ON a.id = v.agent_id
WHERE ${where} ORDER BY v.number DESC`;

export const selectVersion = versionQuery("v.id = $1", `, v.parent_id AS "parentId", v.options, v.report`);
export const selectVersionsOfProject = versionQuery("d.project_id = $1");
/** $1 name, $2 version (null: all), $3 project (null: any). */
export const selectVersionsByName = versionQuery(
  "d.name = $1 AND ($2::text IS NULL OR v.version = $2) AND ($3::text IS NULL OR d.project_id = $3)",
);

export const selectItemPage = `
SELECT t.position, t.image_id AS "imageId", t.name, t.array_digest AS "arrayDigest",
  t.layer_revision_id AS "layerRevisionId", encode(t.layer_root, 'hex') AS "layerRoot", t.group_key AS "group", t.role,
  t.cell_count AS "cellCount", t.mpp_y AS "mppY", t.mpp_x AS "mppX", t.strata, t.terms, t.region_digest AS "regionDigest",
  coalesce(t.more_layers, '[]') AS "moreLayers"
FROM dataset_item t
WHERE t.dataset_version_id = $1 AND t.position > $2 AND ($4::text IS NULL OR t.role = $4)
ORDER BY t.position LIMIT $3`;

/** What became of images since the parent; names as the version that still has them knew them. */
export const selectImageChanges = `
SELECT c.image_id AS "imageId", coalesce(i.name, '') AS name, c.kind, c.verbs
FROM dataset_change c LEFT JOIN image i ON i.id = c.image_id
WHERE c.dataset_version_id = $1 ORDER BY c.kind, i.name, c.image_id LIMIT $2`;

export const selectGroupsOfVersion = `
SELECT role, group_key AS key FROM dataset_item WHERE dataset_version_id = $1
GROUP BY role, group_key ORDER BY role, group_key LIMIT $2`;
