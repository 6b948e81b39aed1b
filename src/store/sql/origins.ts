/** Statements about which object goes on from which. */

/** Origins of the given objects, and what comes from the given objects, with whether it lives. */
export const selectOriginsNear = `
SELECT k.to_uid AS uid, k.from_uid AS "originUid", k.kind, k.confidence, o.digest IS NOT NULL AS lives,
  f.digest IS NOT NULL AS "originLives"
FROM link k JOIN object o ON o.layer_id = k.layer_id AND o.uid = k.to_uid
JOIN object f ON f.layer_id = k.layer_id AND f.uid = k.from_uid
WHERE k.layer_id = $1 AND (k.to_uid = ANY($2) OR k.from_uid = ANY($2))`;

/** Frames of objects ever born, and whether they live. */
export const selectFrames = `
SELECT uid, t, digest IS NOT NULL AS lives FROM object WHERE layer_id = $1 AND uid = ANY($2)`;

export const deleteOrigins = `DELETE FROM link WHERE layer_id = $1 AND to_uid = ANY($2)`;

export const insertOrigins = `
INSERT INTO link (layer_id, from_uid, to_uid, kind, confidence, agent_id)
SELECT $1, n.from_uid, n.to_uid, n.kind, n.confidence, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::double precision[]) AS n (from_uid, to_uid, kind, confidence)`;

export const insertOriginChanges = `
INSERT INTO edit_origin (layer_id, seq, position, uid, before_uid, before_kind, before_confidence, after_uid, after_kind,
  after_confidence)
SELECT $1, n.* FROM unnest($2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::double precision[],
  $8::text[], $9::text[], $10::double precision[]) AS n`;

export const selectOriginChanges = `
SELECT seq, uid, before_uid AS "beforeUid", before_kind AS "beforeKind", before_confidence AS "beforeConfidence",
  after_uid AS "afterUid", after_kind AS "afterKind", after_confidence AS "afterConfidence"
FROM edit_origin WHERE layer_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, position`;
