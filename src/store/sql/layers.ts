/** Statements about layers, their objects and their edit log. */

export const insertLayer = `
INSERT INTO layer (id, image_id, compartment, truth, created_by, created_at, name, overlap_allowed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (image_id, compartment, name) DO NOTHING RETURNING id`;

const layerColumns = `
l.id, l.image_id AS "imageId", l.compartment, l.kind, l.truth, l.coverage, l.status,
l.object_count AS "objectCount", l.seq, l.next_label AS "nextLabel", l.head_revision_id AS "headRevisionId",
l.head_seq AS "headSeq", l.name, l.branch_of AS "branchOf", l.base_revision_id AS "baseRevisionId",
l.closed_at AS "closedAt", l.overlap_allowed AS "overlapAllowed", i.height, i.width, i.axes, i.shape`;

export const selectLayer = `
SELECT ${layerColumns} FROM layer l JOIN image i ON i.id = l.image_id WHERE l.id = $1`;
export const selectLayerForUpdate = `${selectLayer} FOR UPDATE OF l`;
export const selectLayerOfImage = `
SELECT ${layerColumns} FROM layer l JOIN image i ON i.id = l.image_id
WHERE l.image_id = $1 AND l.compartment = $2 AND l.name = $3`;
/** Open layers, main ones first, then named ones, then branches. */
export const selectLayersOfImage = `
SELECT ${layerColumns} FROM layer l JOIN image i ON i.id = l.image_id
WHERE l.image_id = $1 AND l.closed_at IS NULL
ORDER BY l.name <> '', l.branch_of IS NOT NULL, l.id`;

export const updateLayer = `
UPDATE layer SET seq = $2, next_label = $3, object_count = $4, status = $5 WHERE id = $1`;
/** Tells every server that cells of a layer, or holds in it, have changed; heard when the transaction is through. */
export const notifyLayer = `SELECT pg_notify('cellfoundry_layer', $1)`;
export const acceptLayer = `
UPDATE layer SET status = 'accepted', truth = CASE truth WHEN 'prediction' THEN 'gold' ELSE truth END WHERE id = $1`;
export const touchObjects = `
UPDATE object SET touched = true WHERE layer_id = $1 AND digest IS NOT NULL AND NOT touched`;
export const moveHead = `
UPDATE layer SET head_revision_id = $2, head_seq = $3, head_tree = $4 WHERE id = $1`;
export const selectHeadTree = `SELECT head_tree AS "headTree" FROM layer WHERE id = $1`;

const objectColumns = `
o.uid, o.label, o.digest, o.agent_id AS "agentId", o.kind, o.confidence, o.touched`;

/** Present objects with their shapes, by label. */
export const selectObjects = `
SELECT ${objectColumns}, s.bytes FROM object o JOIN object_shape s ON s.digest = o.digest
WHERE o.layer_id = $1 ORDER BY o.label`;

/** The same with the layer's sequence number of that very moment. */
export const selectObjectsAndSeq = `
SELECT ${objectColumns}, s.bytes, l.seq AS "layerSeq", k.from_uid AS "originUid", k.kind AS "originKind",
  k.confidence AS "originConfidence", y.marks
FROM object o JOIN object_shape s ON s.digest = o.digest JOIN layer l ON l.id = o.layer_id
LEFT JOIN link k ON k.layer_id = o.layer_id AND k.to_uid = o.uid
LEFT JOIN object_types y ON y.layer_id = o.layer_id AND y.uid = o.uid
WHERE o.layer_id = $1 ORDER BY o.label`;

/** Present objects in time, without their shapes. */
export const selectCells = `
SELECT o.uid, o.t, o.label, k.from_uid AS "originUid", k.kind AS "originKind", k.confidence AS "originConfidence"
FROM object o
LEFT JOIN link k ON k.layer_id = o.layer_id AND k.to_uid = o.uid
WHERE o.layer_id = $1 AND o.digest IS NOT NULL ORDER BY o.t, o.label`;

/** Present objects of a frame with their shapes. */
export const selectFrameObjects = `
SELECT o.uid, o.label, o.digest, s.bytes FROM object o JOIN object_shape s ON s.digest = o.digest
WHERE o.layer_id = $1 AND o.t = $2 AND o.digest IS NOT NULL ORDER BY o.label`;

/**
 * Present objects of the given uids, and all whose box meets one of the given boxes of a frame and plane.
 *
 * Few objects are longer than 256 pixels, and those have an index of their own; all others that meet a box begin at
 * most 256 pixels before it, which the index on places can tell. So the cost follows what lies about the box.
 */
export const selectObjectsNear = `
WITH b AS (
  SELECT * FROM unnest($3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::integer[])
    AS b (y0, x0, y1, x1, t, z)
), near AS (
  SELECT o.uid FROM object o WHERE o.layer_id = $1 AND o.uid = ANY($2)
  UNION
  SELECT o.uid FROM b JOIN object o ON o.layer_id = $1 AND o.digest IS NOT NULL
    AND o.t = b.t AND o.z = b.z
    AND o.y0 < b.y1 AND o.y0 > b.y0 - 256 AND o.x0 < b.x1 AND o.x0 > b.x0 - 256 AND o.y1 > b.y0 AND o.x1 > b.x0
  UNION
  SELECT o.uid FROM b JOIN object o ON o.layer_id = $1 AND o.digest IS NOT NULL
    AND o.t = b.t AND o.z = b.z
    AND (o.y1 - o.y0 > 256 OR o.x1 - o.x0 > 256)
    AND o.y0 < b.y1 AND o.y1 > b.y0 AND o.x0 < b.x1 AND o.x1 > b.x0
)
SELECT ${objectColumns}, s.bytes FROM near n
JOIN object o ON o.layer_id = $1 AND o.uid = n.uid JOIN object_shape s ON s.digest = o.digest`;

/** Every object ever born under the given uids, tombstones included. */
export const selectKnownObjects = `
SELECT uid, label, base_prediction AS "basePrediction" FROM object WHERE layer_id = $1 AND uid = ANY($2)`;

/** What a commit needs of the present objects. */
export const selectTiledObjects = `
SELECT uid, digest, t, z, y0, x0 FROM object WHERE layer_id = $1 AND digest IS NOT NULL`;

export const selectLabels = `SELECT uid, label FROM object WHERE layer_id = $1 AND uid = ANY($2)`;

/** Sorted, so that two transactions bringing the same shapes take their locks in one order. */
export const insertShapes = `
INSERT INTO object_shape (digest, bytes)
SELECT * FROM unnest($1::bytea[], $2::bytea[]) AS n (digest, bytes) ORDER BY digest
ON CONFLICT DO NOTHING`;
export const selectShapes = `SELECT digest, bytes FROM object_shape WHERE digest = ANY($1)`;

export const upsertObjects = `
INSERT INTO object (layer_id, uid, label, digest, t, z, y0, x0, y1, x1, seq, agent_id, kind, confidence,
  base_prediction, touched)
SELECT $1, n.uid, n.label, n.digest, n.t, n.z, n.y0, n.x0, n.y1, n.x1, n.seq, $2, n.kind, n.confidence,
  n.base_prediction, n.touched
FROM unnest($3::text[], $4::integer[], $5::bytea[], $6::integer[], $7::integer[], $8::integer[], $9::integer[],
  $10::integer[], $11::integer[], $12::integer[], $13::text[], $14::real[], $15::bytea[], $16::boolean[])
  AS n (uid, label, digest, t, z, y0, x0, y1, x1, seq, kind, confidence, base_prediction, touched)
ON CONFLICT (layer_id, uid) DO UPDATE SET digest = excluded.digest, t = excluded.t, z = excluded.z,
  y0 = excluded.y0, x0 = excluded.x0, y1 = excluded.y1, x1 = excluded.x1, seq = excluded.seq,
  agent_id = excluded.agent_id, kind = excluded.kind, confidence = excluded.confidence,
  base_prediction = excluded.base_prediction, touched = excluded.touched`;

export const insertEdits = `
INSERT INTO edit (layer_id, seq, operation_id, kind, tool, ms_spent, undoes, agent_id, at)
SELECT $1, n.seq, n.operation_id, n.kind, n.tool, n.ms_spent, n.undoes, $2, $3
FROM unnest($4::integer[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::text[])
  AS n (seq, operation_id, kind, tool, ms_spent, undoes)`;

export const insertChanges = `
INSERT INTO edit_change (layer_id, seq, position, uid, before, after, confidence)
SELECT $1, n.* FROM unnest($2::integer[], $3::integer[], $4::text[], $5::bytea[], $6::bytea[], $7::real[]) AS n`;

/** Answer of edits that were saved before, by operation id. */
export const selectSavedEdits = `
SELECT e.operation_id AS "operationId", e.seq,
  coalesce(json_object_agg(o.uid, o.label) FILTER (WHERE o.uid IS NOT NULL), '{}') AS labels
FROM edit e
LEFT JOIN edit_change c ON c.layer_id = e.layer_id AND c.seq = e.seq AND c.before IS NULL
LEFT JOIN object o ON o.layer_id = c.layer_id AND o.uid = c.uid
WHERE e.layer_id = $1 AND e.operation_id = ANY($2)
GROUP BY e.layer_id, e.seq`;
