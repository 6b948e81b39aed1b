/** Statements about single cells that people accepted. */

export const insertAccepts = `
INSERT INTO edit_accept (layer_id, seq, uid, accepted)
SELECT $1, n.* FROM unnest($2::integer[], $3::text[], $4::boolean[]) AS n`;

/** What was taken back is a proposal again; what somebody drew or changed since stays theirs. */
export const touchAccepted = `
UPDATE object o SET touched = n.accepted FROM unnest($2::text[], $3::boolean[]) AS n (uid, accepted)
WHERE o.layer_id = $1 AND o.uid = n.uid AND o.digest IS NOT NULL AND (n.accepted OR o.kind = 'propose')`;

export const selectAccepts = `
SELECT seq, uid, accepted FROM edit_accept WHERE layer_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, uid`;

/** Newest acceptance of each cell up to a place of the log, where it was accepted. */
export const selectAcceptedCells = `
SELECT uid, seq FROM (
  SELECT DISTINCT ON (uid) uid, seq, accepted FROM edit_accept WHERE layer_id = $1 AND seq <= $2
  ORDER BY uid, seq DESC
) newest WHERE accepted`;
