/** Statements about evaluations and their images. */

export const insertEvaluation = `
INSERT INTO evaluation (id, model_version_id, dataset_version_id, split, compartment, metric_version, image_count, scores,
  errors, groups, report, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (model_version_id, dataset_version_id, split, metric_version, compartment) DO UPDATE SET
  image_count = excluded.image_count, scores = excluded.scores, errors = excluded.errors, groups = excluded.groups,
  report = excluded.report, agent_id = excluded.agent_id, created_at = excluded.created_at
RETURNING id`;
export const deleteImages = `DELETE FROM evaluation_image WHERE evaluation_id = $1`;
export const insertImages = `
INSERT INTO evaluation_image (evaluation_id, position, image_id, name, array_digest, layer_revision_id, group_key, facets,
  tally, human_tally, outcome_digest)
SELECT $1, n.* FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
  $9::jsonb[], $10::jsonb[], $11::text[]) AS n`;

const evaluationColumns = `e.id, e.model_version_id AS "modelVersionId", e.dataset_version_id AS "datasetVersionId",
  s.name || '@' || d.version AS dataset, e.split, e.compartment, e.metric_version AS "metricVersion",
  e.image_count AS "imageCount", e.scores, e.errors, e.groups, e.created_at AS "createdAt"`;

const evaluationQuery = (where: string, more = "", join = ""): string => `
SELECT ${evaluationColumns}${more}
FROM evaluation e
JOIN dataset_version d ON d.id = e.dataset_version_id JOIN dataset s ON s.id = d.dataset_id ${join}
WHERE ${where}
ORDER BY e.created_at DESC, array_position(ARRAY['nuclear', 'wholeCell', 'cytoplasm'], e.compartment), e.id DESC`;

export const selectEvaluation = evaluationQuery(
  "e.id = $1",
  `, m.name || '@' || v.version AS model, s.project_id AS "projectId", e.report`,
  "JOIN model_version v ON v.id = e.model_version_id JOIN model m ON m.id = v.model_id",
);
export const selectEvaluationsOf = evaluationQuery("e.model_version_id = ANY($1)");
export const selectEvaluationsFor = evaluationQuery(
  "e.model_version_id = $1 AND e.dataset_version_id = $2 AND e.split = $3",
);

const imageColumns = `i.position, i.image_id AS "imageId", i.name, i.array_digest AS "arrayDigest",
  i.layer_revision_id AS "layerRevisionId",
  (SELECT r.layer_id FROM layer_revision r WHERE r.id = i.layer_revision_id) AS "layerId", i.group_key AS "group", i.facets, i.tally, i.human_tally AS human,
  i.outcome_digest AS "outcomeDigest"`;
export const selectImages = `
SELECT ${imageColumns} FROM evaluation_image i WHERE i.evaluation_id = $1 ORDER BY i.position`;
export const selectImage = `
SELECT ${imageColumns} FROM evaluation_image i WHERE i.evaluation_id = $1 AND i.position = $2`;
