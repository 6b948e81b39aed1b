/** Statements about where layers are annotated. */

export const selectCoverage = `
SELECT coverage, region_digest AS "regionDigest" FROM layer WHERE id = $1`;
export const updateCoverage = `UPDATE layer SET coverage = $2, region_digest = $3 WHERE id = $1`;
/** Whether the layer says otherwise than its head does. */
export const selectCoverageChanged = `
SELECT (r.coverage, r.region_digest) IS DISTINCT FROM (l.coverage, l.region_digest) AS changed
FROM layer l JOIN layer_revision r ON r.id = l.head_revision_id WHERE l.id = $1`;
