/** Statements of the doctor; all of them only read. */

export const selectForeignKeys = `
SELECT c.relname AS child, p.relname AS parent, k.convalidated AS validated,
  (SELECT array_agg(a.attname::text ORDER BY x.n) FROM unnest(k.conkey) WITH ORDINALITY x (att, n)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.att) AS "childColumns",
  (SELECT array_agg(a.attname::text ORDER BY x.n) FROM unnest(k.confkey) WITH ORDINALITY x (att, n)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.att) AS "parentColumns"
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND n.nspname = $1 ORDER BY c.relname, k.conname`;

/** Names come from the catalogue of our own schema, quoted all the same. */
export function countOrphans(key: {
  readonly child: string;
  readonly parent: string;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
}): string {
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const pairs = key.childColumns.map(
    (column, i) => `p.${quote(key.parentColumns[i] ?? "")} = c.${quote(column)}`,
  );
  const filled = key.childColumns.map((column) => `c.${quote(column)} IS NOT NULL`);
  return `SELECT count(*) AS count FROM ${quote(key.child)} c
    WHERE ${filled.join(" AND ")} AND NOT EXISTS (SELECT FROM ${quote(key.parent)} p WHERE ${pairs.join(" AND ")})`;
}

export const selectBlobs = `SELECT digest, bytes FROM blob WHERE digest > $1 ORDER BY digest LIMIT $2`;

/** What refers to a blob, for the message. */
export const selectBlobUsers = `
SELECT 'image "' || name || '"' AS user FROM image WHERE array_digest = $1
UNION ALL SELECT 'weights of model ' || m.name || '@' || v.version FROM model_version v JOIN model m ON m.id = v.model_id
  WHERE v.weights_digest = $1
UNION ALL SELECT 'ONNX file of model ' || m.name || '@' || v.version FROM model_version v JOIN model m ON m.id = v.model_id
  WHERE v.onnx_digest = $1
UNION ALL SELECT 'checkpoint of training run ' || run_id || ' at step ' || step FROM checkpoint WHERE digest = $1
UNION ALL SELECT 'prediction for "' || name || '"' FROM prediction
  WHERE $1 IN (input_digest, image_digest, label_digest)
UNION ALL SELECT 'prediction for "' || p.name || '"' FROM prediction_part r JOIN prediction p ON p.id = r.prediction_id
  WHERE r.digest = $1
UNION ALL SELECT 'annotated region of image "' || i.name || '"' FROM layer l JOIN image i ON i.id = l.image_id
  WHERE l.region_digest = $1 OR EXISTS (SELECT FROM layer_revision r WHERE r.layer_id = l.id AND r.region_digest = $1)
UNION ALL SELECT 'evaluation of image "' || name || '"' FROM evaluation_image WHERE outcome_digest = $1
UNION ALL SELECT 'pinned image as seen by ' || m.name || '@' || v.version FROM pinned_result p
  JOIN model_version v ON v.id = p.model_version_id JOIN model m ON m.id = v.model_id WHERE p.outcome_digest = $1
LIMIT 5`;

export const selectLayerCounts = `
SELECT l.id, l.seq, l.next_label AS "nextLabel", l.object_count AS "objectCount", l.head_seq AS "headSeq",
  l.head_revision_id AS "headRevisionId", h.layer_id AS "headLayerId",
  coalesce(o.live, 0) AS live, coalesce(o.label, 0) AS "largestLabel",
  coalesce(e.count, 0) + coalesce(p.count, 0) AS edits, greatest(e.last, p.last, 0) AS "lastSeq"
FROM layer l
LEFT JOIN layer_revision h ON h.id = l.head_revision_id
LEFT JOIN (SELECT layer_id, count(*) FILTER (WHERE digest IS NOT NULL) AS live, max(label) AS label
  FROM object GROUP BY layer_id) o ON o.layer_id = l.id
LEFT JOIN (SELECT layer_id, count(*) AS count, max(seq) AS last FROM edit GROUP BY layer_id) e ON e.layer_id = l.id
LEFT JOIN (SELECT layer_id, sum(seq - log_from + 1)::bigint AS count, max(seq) AS last FROM layer_revision
  WHERE log IS NOT NULL GROUP BY layer_id) p ON p.layer_id = l.id
ORDER BY l.id`;

export const selectShapePage = `SELECT digest, bytes FROM object_shape WHERE digest > $1 ORDER BY digest LIMIT $2`;

/** Rows that name a shape which is not there; no constraint of the database watches over them. */
export const countMissingShapes = `
SELECT count(*) AS count FROM (
  SELECT digest FROM object WHERE digest IS NOT NULL
  UNION ALL SELECT base_prediction FROM object WHERE base_prediction IS NOT NULL
  UNION ALL SELECT before FROM edit_change WHERE before IS NOT NULL
  UNION ALL SELECT after FROM edit_change WHERE after IS NOT NULL
) n WHERE NOT EXISTS (SELECT FROM object_shape s WHERE s.digest = n.digest)`;

export const selectHeadObjects = `SELECT uid, label, digest FROM object WHERE layer_id = $1`;

export const selectRevisionRows = `
SELECT r.id, r.layer_id AS "layerId", r.number, r.root, r.object_count AS "objectCount", r.seq,
  p.layer_id AS "parentLayerId", p.number AS "parentNumber", r.parent_id AS "parentId",
  l.base_revision_id AS "baseRevisionId"
FROM layer_revision r JOIN layer l ON l.id = r.layer_id LEFT JOIN layer_revision p ON p.id = r.parent_id
ORDER BY r.layer_id, r.number`;

export const selectDatasetVersions = `
SELECT v.id, d.name || '@' || v.version AS name, d.project_id AS "projectId", v.query, v.digest,
  v.split_digest AS "splitDigest", v.split
FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id ORDER BY v.id`;

/** Items whose copies are not what the rows they name have: labels, pixels, or no such rows at all. */
export const selectWrongRoots = `
SELECT t.dataset_version_id AS "versionId", t.image_id AS "imageId"
FROM dataset_item t LEFT JOIN layer_revision r ON r.id = t.layer_revision_id LEFT JOIN image i ON i.id = t.image_id
WHERE r.root IS DISTINCT FROM t.layer_root OR r.region_digest IS DISTINCT FROM t.region_digest
  OR NOT r.accepted AND t.strata->>'review' IS NULL OR i.array_digest IS DISTINCT FROM t.array_digest
UNION
SELECT t.dataset_version_id, t.image_id
FROM dataset_item t CROSS JOIN LATERAL jsonb_array_elements(t.more_layers) m
LEFT JOIN layer_revision r ON r.id = m->>'layerRevisionId'
WHERE encode(r.root, 'hex') IS DISTINCT FROM m->>'layerRoot' OR r.region_digest IS DISTINCT FROM m->>'regionDigest'
  OR NOT r.accepted`;

/** Items in another role than their group has. */
export const selectWrongRoles = `
SELECT t.dataset_version_id AS "versionId", t.image_id AS "imageId", t.role, g.role AS "groupRole"
FROM dataset_item t JOIN dataset_version v ON v.id = t.dataset_version_id JOIN dataset d ON d.id = v.dataset_id
LEFT JOIN group_split g ON g.project_id = d.project_id AND g.group_key = t.group_key
WHERE g.role IS DISTINCT FROM t.role AND NOT EXISTS (
  -- A change of role that was recorded with its reason leaves earlier versions as they were.
  SELECT FROM group_role_change c
  WHERE c.project_id = d.project_id AND c.group_key = t.group_key AND c.from_role = t.role AND c.at >= v.created_at)`;

/** Versions from training that no run explains, and runs that end in a version of another model. */
export const selectOddModels = `
SELECT v.id, m.name || '@' || v.version AS name,
  CASE WHEN t.id IS NULL THEN 'no training run leads to it' ELSE 'its training run is of another model' END AS problem
FROM model_version v JOIN model m ON m.id = v.model_id LEFT JOIN training_run t ON t.model_version_id = v.id
WHERE (t.id IS NULL AND v.origin = 'training') OR t.model_name <> m.name`;

export const countModels = `SELECT count(*) AS count FROM model_version`;
