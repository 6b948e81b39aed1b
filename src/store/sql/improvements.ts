/** Statements about improvements of a model, and about the edits that jobs of proposals made. */

/** A job that runs again after a crash finds its own edit. */
export const insertJobProposal = `
INSERT INTO job_proposal (job_id, layer_id, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

export const selectJobProposals = `
SELECT p.layer_id AS "layerId", p.seq, i.id AS "imageId", i.name AS "imageName"
FROM job_proposal p JOIN layer l ON l.id = p.layer_id JOIN image i ON i.id = l.image_id
WHERE p.job_id = $1 ORDER BY i.name, p.layer_id, p.seq DESC`;

export const insertPredictedPart = `INSERT INTO predicted_part (job_id, answer) VALUES ($1, $2)`;
export const selectPredictedPart = `SELECT answer FROM predicted_part WHERE job_id = $1`;

export const insertImprovement = `
INSERT INTO improvement (id, project_id, job_id, base_model_version_id, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (job_id) DO NOTHING`;

const columns = `
v.id, v.project_id AS "projectId", v.job_id AS "jobId", v.base_model_version_id AS "baseModelVersionId",
v.dataset_version_id AS "datasetVersionId", v.model_version_id AS "modelVersionId", v.verdict, v.reason,
v.used_by_job_id AS "usedByJobId", v.taken_back_by_job_id AS "takenBackByJobId", v.created_at AS "createdAt"`;

export const selectImprovement = `SELECT ${columns} FROM improvement v WHERE v.id = $1`;
export const selectImprovementOfJob = `SELECT ${columns} FROM improvement v WHERE v.job_id = $1`;
/** Newest first. */
export const selectImprovements = `
SELECT ${columns} FROM improvement v WHERE v.project_id = $1 ORDER BY v.id DESC LIMIT $2`;

/** What a version that came from an improvement was learnt from. */
export const selectBaseOfImproved = `
SELECT base_model_version_id AS "baseId" FROM improvement WHERE model_version_id = $1 ORDER BY id LIMIT 1`;

/** Fields that are not given stay. */
export const updateImprovement = `
UPDATE improvement SET dataset_version_id = coalesce($2, dataset_version_id),
  model_version_id = coalesce($3, model_version_id), verdict = coalesce($4, verdict), reason = coalesce($5, reason)
WHERE id = $1`;
/** Used anew: what was taken back before no longer is. */
export const setUsedBy = `
UPDATE improvement SET used_by_job_id = $2, taken_back_by_job_id = NULL WHERE id = $1`;
export const setTakenBackBy = `UPDATE improvement SET taken_back_by_job_id = $2 WHERE id = $1`;

/** Layers that people worked on; the newest $2. */
export const selectWorkedLayers = `
SELECT l.id AS "layerId", l.object_count AS "cellCount", i.id AS "imageId", i.name
FROM layer l JOIN image i ON i.id = l.image_id
WHERE i.project_id = $1 AND i.trashed_at IS NULL AND l.name = '' AND l.branch_of IS NULL
  AND l.status IN ('corrected', 'accepted') AND l.seq > 0
ORDER BY l.id DESC LIMIT $2`;
