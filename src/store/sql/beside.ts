/** Statements about what edits change beside shapes and origins: types of cells, and spots. */

export const selectTypesOf = `
SELECT uid, marks FROM object_types WHERE layer_id = $1 AND uid = ANY($2)`;
export const selectSpotsOf = `
SELECT uid, t, z, y, x, kind, score, cell FROM spot WHERE layer_id = $1 AND uid = ANY($2)`;
export const countSpots = `SELECT count(*)::integer AS count FROM spot WHERE layer_id = $1`;

export const selectKnownUids = `SELECT uid FROM object WHERE layer_id = $1 AND uid = ANY($2)`;

export const insertValues = `
INSERT INTO edit_value (layer_id, seq, part, position, uid, before, after)
SELECT $1, n.seq, n.part, n.position, n.uid, n.before::jsonb, n.after::jsonb
FROM unnest($2::integer[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[])
  AS n (seq, part, position, uid, before, after)`;

export const deleteTypes = `DELETE FROM object_types WHERE layer_id = $1 AND uid = ANY($2)`;
export const insertTypes = `
INSERT INTO object_types (layer_id, uid, marks, terms, agent_id, seq)
SELECT $1, n.uid, n.marks::jsonb,
  ARRAY(SELECT m->>'term' FROM jsonb_array_elements(n.marks::jsonb) m WHERE m->>'term' <> 'unknown'), $2, n.seq
FROM unnest($3::text[], $4::text[], $5::integer[]) AS n (uid, marks, seq)`;
/** A later proposal leaves alone what a person has named. */
export const touchTyped = `
UPDATE object SET touched = true WHERE layer_id = $1 AND uid = ANY($2) AND NOT touched`;

export const deleteSpots = `DELETE FROM spot WHERE layer_id = $1 AND uid = ANY($2)`;
export const insertSpots = `
INSERT INTO spot (layer_id, uid, t, z, y, x, kind, score, cell, agent_id, seq)
SELECT $1, n.uid, n.t, n.z, n.y, n.x, n.kind, n.score, n.cell, $2, n.seq
FROM unnest($3::text[], $4::integer[], $5::integer[], $6::double precision[], $7::double precision[], $8::text[],
  $9::double precision[], $10::text[], $11::integer[]) AS n (uid, t, z, y, x, kind, score, cell, seq)`;

export const selectValueChanges = `
SELECT seq, part, uid, before, after FROM edit_value
WHERE layer_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, part, position`;

/** What each value was before its first change after a place of the log. */
export const selectValuesBefore = `
SELECT DISTINCT ON (uid) uid, before FROM edit_value
WHERE layer_id = $1 AND part = $3 AND seq > $2 ORDER BY uid, seq, position`;
export const selectAllTypes = `SELECT uid, marks FROM object_types WHERE layer_id = $1`;
export const selectLivingTypes = `
SELECT y.uid, y.marks FROM object_types y JOIN object o USING (layer_id, uid)
WHERE y.layer_id = $1 AND o.digest IS NOT NULL`;
export const selectAllSpots = `
SELECT uid, t, z, y, x, kind, score, cell FROM spot WHERE layer_id = $1 ORDER BY uid`;
export const hasValuesSince = `
SELECT EXISTS (SELECT FROM edit_value WHERE layer_id = $1 AND seq > $2) AS changed`;

/** Who said what a cell is, by uid. */
export const selectTypeAuthors = `
SELECT uid, agent_id AS "agentId", seq FROM object_types WHERE layer_id = $1`;

export const copyTypes = `
INSERT INTO object_types (layer_id, uid, marks, terms, agent_id, seq)
SELECT $1, y.uid, y.marks, y.terms, y.agent_id, 0 FROM object_types y
JOIN object o ON o.layer_id = $1 AND o.uid = y.uid WHERE y.layer_id = $2`;
export const copySpots = `
INSERT INTO spot (layer_id, uid, t, z, y, x, kind, score, cell, agent_id, seq)
SELECT $1, uid, t, z, y, x, kind, score, cell, agent_id, 0 FROM spot WHERE layer_id = $2`;

/** Values whose present state is not what their last change made, or whose changes do not follow each other. */
export const selectBrokenValues = `
WITH steps AS (
  SELECT layer_id, part, uid, before, after, seq,
    lag(after) OVER w AS earlier, lag(seq) OVER w AS earlier_seq, lead(seq) OVER w AS later_seq
  FROM edit_value WINDOW w AS (PARTITION BY layer_id, part, uid ORDER BY seq, position)
), present AS (
  SELECT layer_id, 'types' AS part, uid, marks AS value FROM object_types
  UNION ALL
  SELECT layer_id, 'spots', uid, jsonb_build_object('t', t, 'z', z, 'y', y, 'x', x, 'kind', kind, 'score', score, 'cell', cell)
  FROM spot
)
SELECT s.layer_id AS "layerId", s.part, s.uid, s.seq FROM steps s
WHERE s.earlier_seq IS NOT NULL AND s.earlier IS DISTINCT FROM s.before
UNION
SELECT s.layer_id, s.part, s.uid, s.seq FROM steps s
LEFT JOIN present p ON p.layer_id = s.layer_id AND p.part = s.part AND p.uid = s.uid
WHERE s.later_seq IS NULL AND s.after IS DISTINCT FROM p.value
ORDER BY 1, 2, 3 LIMIT 1000`;

/** Who wrote the layer's newest value: stands for all of an earlier state, whose authors the log knows. */
export const selectAnyAgent = `
SELECT agent_id AS "agentId" FROM (
  SELECT agent_id, seq FROM object_types WHERE layer_id = $1
  UNION ALL SELECT agent_id, seq FROM spot WHERE layer_id = $1
  UNION ALL SELECT created_by, -1 FROM layer WHERE id = $1
) a ORDER BY seq DESC LIMIT 1`;
export const deleteAllTypes = `DELETE FROM object_types WHERE layer_id = $1`;
export const deleteAllSpots = `DELETE FROM spot WHERE layer_id = $1`;
export const insertTypesOfLiving = `
INSERT INTO object_types (layer_id, uid, marks, terms, agent_id, seq)
SELECT $1, n.uid, n.marks::jsonb,
  ARRAY(SELECT m->>'term' FROM jsonb_array_elements(n.marks::jsonb) m WHERE m->>'term' <> 'unknown'), $2, 0
FROM unnest($3::text[], $4::text[]) AS n (uid, marks) JOIN object o ON o.layer_id = $1 AND o.uid = n.uid`;
