/** Statements about the log of a layer: edits as rows since the newest revision, packed in revisions before. */

/** Rows of the log from a sequence number on, without the edit of an import's births, which is never packed. */
export const selectLooseEdits = `
SELECT seq, operation_id AS "operationId", kind, tool, ms_spent AS "msSpent", undoes, agent_id AS "agentId", at,
  born_root AS "bornRoot"
FROM edit WHERE layer_id = $1 AND seq >= $2 ORDER BY seq`;
export const selectLooseChanges = `
SELECT c.seq, o.label, c.before, c.confidence
FROM edit_change c JOIN object o ON o.layer_id = c.layer_id AND o.uid = c.uid
WHERE c.layer_id = $1 AND c.seq >= $2 ORDER BY c.seq, c.position`;
/** Takes the rows out of the log to pack them; the births of an import stay. */
export const takeLooseChanges = `
WITH c AS (
  DELETE FROM edit_change c USING edit e
  WHERE c.layer_id = $1 AND e.layer_id = $1 AND e.seq = c.seq AND e.born_root IS NULL
  RETURNING c.seq, c.position, c.uid, c.before, c.confidence
)
SELECT c.seq, o.label, c.before, c.confidence FROM c JOIN object o ON o.layer_id = $1 AND o.uid = c.uid
ORDER BY c.seq, c.position`;
export const takeLooseEdits = `
WITH e AS (
  DELETE FROM edit WHERE layer_id = $1 AND born_root IS NULL
  RETURNING seq, operation_id, kind, tool, ms_spent, undoes, agent_id, at
)
SELECT seq, operation_id AS "operationId", kind, tool, ms_spent AS "msSpent", undoes, agent_id AS "agentId", at
FROM e ORDER BY seq`;

/** Packs that hold an edit from a sequence number on. */
export const selectPacks = `
SELECT agent_id AS "agentId", log_from AS "from", operation_ids AS "operationIds", log AS bytes
FROM layer_revision WHERE layer_id = $1 AND seq >= $2 AND log IS NOT NULL ORDER BY seq`;

/** Packs that hold one of the operations, by its 16 bytes. */
export const selectPacksOfOperations = `
SELECT agent_id AS "agentId", log_from AS "from", operation_ids AS "operationIds", log AS bytes
FROM layer_revision WHERE layer_id = $1 AND log IS NOT NULL
  AND EXISTS (SELECT FROM unnest($2::bytea[]) AS k (key) WHERE position(k.key IN operation_ids) > 0)`;

/** Every object ever born in the layer. */
export const selectEveryObject = `
SELECT uid, label, digest, cell_type AS "cellType" FROM object WHERE layer_id = $1`;
export const selectLabelOfObject = `SELECT label FROM object WHERE layer_id = $1 AND uid = $2`;
export const selectObjectsOfLabels = `
SELECT uid, label, digest, seq FROM object WHERE layer_id = $1 AND label = ANY($2)`;

/** Whole digests of shapes by their first bytes. The base type's ordering lets the index find them. */
export const selectDigestsByPrefix = `
SELECT p.prefix, s.digest FROM unnest($1::bytea[]) AS p (prefix)
JOIN object_shape s ON s.digest >= p.prefix AND s.digest <= p.prefix || decode(repeat('ff', 20), 'hex')`;

/** State before the first change since a sequence number, of every object that changed: for a commit. */
export const selectChangedSince = `
SELECT n.uid, b.digest AS "beforeDigest", b.bytes AS "beforeBytes", o.digest, o.t, o.z, o.y0, o.x0, o.y1, o.x1
FROM (
  SELECT DISTINCT ON (uid) uid, before FROM edit_change WHERE layer_id = $1 AND seq > $2
  ORDER BY uid, seq, position
) n
JOIN object o ON o.layer_id = $1 AND o.uid = n.uid
LEFT JOIN object_shape b ON b.digest = n.before`;

/** Present objects that begin in one of the given tiles. */
export const selectObjectsOfTiles = `
SELECT o.uid, o.digest, o.t, o.z, o.y0, o.x0
FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::integer[]) AS n (t, z, y, x)
JOIN object o ON o.layer_id = $1 AND o.digest IS NOT NULL AND o.t = n.t AND o.z = n.z
  AND o.y0 >= n.y AND o.y0 < n.y + $6 AND o.x0 >= n.x AND o.x0 < n.x + $6`;

/** Where a person accepted the labels, up to a place of the log. */
export const selectAcceptedPlaces = `
SELECT r.seq FROM layer_revision r JOIN agent a ON a.id = r.agent_id
WHERE r.layer_id = $1 AND r.seq <= $2 AND r.accepted AND a.kind = 'person'`;
