/** Statements about predictions. */

export const insertPrediction = `
INSERT INTO prediction (id, job_id, model_version_id, name, input_digest, image_digest, label_digest, height, width,
  cell_count, agent_id, created_at, file, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

export const insertPredictionPart = `
INSERT INTO prediction_part (prediction_id, part, digest) VALUES ($1, $2, $3)`;

export const selectPredictionPart = `
SELECT digest FROM prediction_part WHERE prediction_id = $1 AND part = $2`;

const columns = `
p.id, p.job_id AS "jobId", p.file, p.name, p.model_version_id AS "modelVersionId",
  m.name || '@' || v.version AS "modelVersion", p.height, p.width, p.cell_count AS "cellCount", p.facts,
  p.input_digest AS "inputDigest", p.image_digest AS "imageDigest", p.label_digest AS "labelDigest",
  p.created_at AS "createdAt"`;

export const selectPrediction = `
SELECT ${columns}
FROM prediction p JOIN model_version v ON v.id = p.model_version_id JOIN model m ON m.id = v.model_id
WHERE p.job_id = $1 AND p.file = $2`;
