/** Statements about what is marked at objects: entry, exit, death, fusion. */

/** Events of the given objects. */
export const selectEventsNear = `
SELECT uid, side, kind, into_uid AS "into" FROM object_event WHERE layer_id = $1 AND uid = ANY($2)`;

/** Events of living objects. */
export const selectEvents = `
SELECT e.uid, e.side, e.kind, e.into_uid AS "into"
FROM object_event e JOIN object o ON o.layer_id = e.layer_id AND o.uid = e.uid
WHERE e.layer_id = $1 AND o.digest IS NOT NULL`;

export const deleteEvents = `
DELETE FROM object_event e USING unnest($2::text[], $3::text[]) AS n (uid, side)
WHERE e.layer_id = $1 AND e.uid = n.uid AND e.side = n.side`;

export const insertEvents = `
INSERT INTO object_event (layer_id, agent_id, uid, side, kind, into_uid)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS n`;

export const insertEventChanges = `
INSERT INTO edit_event (layer_id, seq, position, uid, side, before_kind, before_into, after_kind, after_into)
SELECT $1, n.* FROM unnest($2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::text[]) AS n`;

export const selectEventChanges = `
SELECT seq, uid, side, before_kind AS "beforeKind", before_into AS "beforeInto", after_kind AS "afterKind",
  after_into AS "afterInto"
FROM edit_event WHERE layer_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, position`;

export const copyEvents = `
INSERT INTO object_event (layer_id, uid, side, kind, into_uid, agent_id)
SELECT $1, e.uid, e.side, e.kind, e.into_uid, e.agent_id FROM object_event e
JOIN object o ON o.layer_id = $1 AND o.uid = e.uid
LEFT JOIN object i ON i.layer_id = $1 AND i.uid = e.into_uid
WHERE e.layer_id = $2 AND (e.into_uid IS NULL OR i.uid IS NOT NULL)`;
