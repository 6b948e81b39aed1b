/** Statements about pinned images and what model versions see in them. */

export const insertPinned = `
INSERT INTO pinned_image (project_id, image_id, agent_id, created_at)
SELECT $1, i.id, $3, $4 FROM image i WHERE i.id = ANY($2) AND i.project_id = $1 ON CONFLICT DO NOTHING RETURNING image_id`;
export const deletePinned = `
DELETE FROM pinned_image WHERE project_id = $1 AND image_id = ANY($2) RETURNING image_id`;
export const countPinned = `SELECT count(*)::integer AS count FROM pinned_image WHERE project_id = $1`;

export const selectPinned = `
SELECT i.id AS "imageId", i.name, i.array_digest AS "arrayDigest", i.height, i.width, i.mpp_y AS "mppY", i.mpp_x AS "mppX",
  p.created_at AS "pinnedAt"
FROM pinned_image p JOIN image i ON i.id = p.image_id
WHERE p.project_id = $1 AND i.trashed_at IS NULL ORDER BY i.name, i.id`;

export const selectMissing = `
SELECT DISTINCT i.array_digest AS "arrayDigest"
FROM pinned_image p JOIN image i ON i.id = p.image_id
WHERE p.project_id = $1 AND i.trashed_at IS NULL AND NOT EXISTS (
  SELECT FROM pinned_result r WHERE r.model_version_id = $2 AND r.array_digest = i.array_digest)
ORDER BY 1`;

export const insertResult = `
INSERT INTO pinned_result (model_version_id, array_digest, compartment, object_count, outcome_digest, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`;

export const selectResults = `
SELECT r.array_digest AS "arrayDigest", r.compartment, r.object_count AS "objectCount", r.outcome_digest AS "outcomeDigest"
FROM pinned_result r WHERE r.model_version_id = $1 AND r.array_digest = ANY($2)`;
