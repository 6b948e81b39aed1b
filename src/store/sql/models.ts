/** Statements about models, training runs and evaluations. */

import { agentJson } from "./events.ts";

export const insertModel = `INSERT INTO model (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
/** Held while a version is added or the released one changes. */
export const lockModel = `SELECT id FROM model WHERE name = $1 FOR UPDATE`;

export const insertVersion = `
INSERT INTO model_version (id, model_id, number, version, stage, project_id, origin, weights_digest, onnx_digest,
  architecture, contract, card, licence, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;
export const selectNewestVersion = `
SELECT number, version FROM model_version WHERE model_id = $1 ORDER BY number DESC LIMIT 1`;
export const setStage = `UPDATE model_version SET stage = $2 WHERE id = $1`;
export const retireReleased = `
UPDATE model_version SET stage = 'retired' WHERE model_id = $1 AND stage = 'released' AND id <> $2 RETURNING id`;
export const selectProjectOfVersion = `SELECT project_id AS "projectId" FROM model_version WHERE id = $1`;
export const selectCard = `SELECT card FROM model_version WHERE id = $1`;

const versionQuery = (where: string): string => `
SELECT v.id, v.model_id AS "modelId", v.project_id IS NULL AS shipped, m.name, v.version, v.stage, v.weights_digest AS "weightsDigest",
  v.onnx_digest AS "onnxDigest", b.bytes::integer AS "onnxBytes", v.architecture, v.contract, v.licence,
  CASE WHEN d.id IS NULL THEN NULL ELSE json_build_object(
    'versionId', d.id, 'name', s.name, 'version', d.version, 'digest', d.digest) END AS dataset,
  CASE WHEN t.id IS NULL THEN NULL ELSE json_build_object(
    'runId', t.id, 'view', coalesce(t.inputs->>'view', 'whole'), 'seed', t.seed, 'steps', t.steps, 'config', t.config, 'splitDigest', d.split_digest,
    'codeVersion', t.code_version, 'lockDigest', t.lock_digest, 'device', t.device,
    'baseModel', bm.name || '@' || bv.version) END AS training,
  ${agentJson("a")} AS agent, v.created_at AS "createdAt"
FROM model_version v
JOIN model m ON m.id = v.model_id
JOIN blob b ON b.digest = v.onnx_digest
JOIN agent a ON a.id = v.agent_id
LEFT JOIN training_run t ON t.model_version_id = v.id
LEFT JOIN dataset_version d ON d.id = t.dataset_version_id
LEFT JOIN dataset s ON s.id = d.dataset_id
LEFT JOIN model_version bv ON bv.id = t.base_model_version_id
LEFT JOIN model bm ON bm.id = bv.model_id
WHERE ${where} ORDER BY m.name, v.number DESC`;

export const selectVersion = versionQuery("v.id = $1");
export const selectVersionByName = versionQuery("m.name = $1 AND v.version = $2");
export const selectReleased = versionQuery("m.name = $1 AND v.stage = 'released'");
export const selectReleasedOfModel = versionQuery("v.model_id = $1 AND v.stage = 'released'");
/** Models with a version of project $1 or without a project; all when $1 is null. */
export const selectVersions = versionQuery(`$1::text IS NULL OR EXISTS (
  SELECT FROM model_version o WHERE o.model_id = v.model_id AND (o.project_id = $1 OR o.project_id IS NULL))`);

// Training runs -----------------------------------------------------------------------------------------------------

export const insertRun = `
INSERT INTO training_run (id, job_id, project_id, model_name, dataset_version_id, seed, steps, config,
  base_model_version_id, code_version, lock_digest, device, agent_id, created_at, inputs)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (job_id) DO NOTHING`;

const runQuery = (where: string): string => `
SELECT r.id, r.job_id AS "jobId", r.project_id AS "projectId", r.model_name AS "modelName",
  r.dataset_version_id AS "datasetVersionId", r.seed, r.steps, r.step, r.config, r.inputs,
  r.base_model_version_id AS "baseModelVersionId",
  r.model_version_id AS "modelVersionId", r.created_at AS "createdAt"
FROM training_run r WHERE ${where} ORDER BY r.id DESC`;

export const selectRun = runQuery("r.id = $1");
export const selectRunOfJob = runQuery("r.job_id = $1");
export const selectRuns = runQuery("r.project_id = $1");
export const lockRun = `SELECT id FROM training_run WHERE id = $1 FOR UPDATE`;
export const advanceRun = `UPDATE training_run SET step = greatest(step, $2) WHERE id = $1`;
export const endRun = `UPDATE training_run SET model_version_id = $2, step = steps WHERE id = $1`;

export const upsertCurve = `
INSERT INTO curve_point (run_id, step, loss, learning_rate, validation)
SELECT $1, n.step, n.loss, n.rate, n.validation
FROM unnest($2::integer[], $3::double precision[], $4::double precision[], $5::jsonb[]) AS n (step, loss, rate, validation)
ON CONFLICT (run_id, step) DO UPDATE SET loss = excluded.loss, learning_rate = excluded.learning_rate,
  validation = excluded.validation`;
export const selectCurves = `
SELECT run_id AS "runId", step, loss, learning_rate AS "learningRate", validation
FROM curve_point WHERE run_id = ANY($1) ORDER BY run_id, step`;

export const insertCheckpoint = `
INSERT INTO checkpoint (run_id, step, digest, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (run_id, step) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at`;
/** Only the two newest are kept: the one to resume from, and one to fall back to. */
export const deleteOldCheckpoints = `
DELETE FROM checkpoint WHERE run_id = $1 AND step NOT IN (
  SELECT step FROM checkpoint WHERE run_id = $1 ORDER BY step DESC LIMIT 2)`;
export const selectCheckpoints = `SELECT step, digest FROM checkpoint WHERE run_id = $1 ORDER BY step DESC`;
