/** Statements about branches and what leads from one revision to another. */

import { agentJson } from "./events.ts";

/** A layer like another one, without edits of its own; $6 the revision it begins at. */
export const insertBranch = `
INSERT INTO layer (id, image_id, compartment, name, kind, truth, coverage, region_digest, status, next_label, object_count,
  head_tree, branch_of, base_revision_id, overlap_allowed, created_by, created_at)
SELECT $1, l.image_id, l.compartment, $3, l.kind, l.truth, r.coverage, r.region_digest, l.status, l.next_label, r.object_count,
  CASE WHEN l.head_revision_id = r.id THEN l.head_tree END, l.id, r.id, l.overlap_allowed, $4, $5
FROM layer l JOIN layer_revision r ON r.id = $6 WHERE l.id = $2
ON CONFLICT (image_id, compartment, name) DO NOTHING RETURNING id`;

/** Columns of an object that do not follow from its shape. */
const kept = "agent_id, kind, confidence, base_prediction, touched, source_label, cell_type, manual";
const place = "digest, t, z, y0, x0, y1, x1";

/** All living objects of a layer that stands at the revision. */
export const copyObjects = `
INSERT INTO object (layer_id, uid, label, ${place}, seq, ${kept})
SELECT $1, uid, label, ${place}, 0, ${kept} FROM object WHERE layer_id = $2 AND digest IS NOT NULL`;

/** Objects as they were at an earlier revision. */
export const copyObjectsAt = `
INSERT INTO object (layer_id, uid, label, ${place}, seq, ${kept})
SELECT $1, o.uid, o.label, n.digest, n.t, n.z, n.y0, n.x0, n.y1, n.x1, 0,
  ${kept.replaceAll(/\w+/g, "o.$&")}
FROM unnest($3::text[], $4::bytea[], $5::integer[], $6::integer[], $7::integer[], $8::integer[], $9::integer[],
  $10::integer[]) AS n (uid, digest, t, z, y0, x0, y1, x1)
JOIN object o ON o.layer_id = $2 AND o.uid = n.uid`;

export const copyLinks = `
INSERT INTO link (layer_id, from_uid, to_uid, kind, confidence, agent_id)
SELECT $1, k.from_uid, k.to_uid, k.kind, k.confidence, k.agent_id FROM link k
JOIN object f ON f.layer_id = $1 AND f.uid = k.from_uid
JOIN object t ON t.layer_id = $1 AND t.uid = k.to_uid
WHERE k.layer_id = $2`;

const branchQuery = (where: string): string => `
SELECT l.id, l.name, l.branch_of AS "branchOf", l.image_id AS "imageId", l.compartment,
  l.base_revision_id AS "baseRevisionId", l.object_count AS "objectCount", l.seq,
  l.head_revision_id AS "headRevisionId", l.seq > l.head_seq AS dirty, ${agentJson("a")} AS agent,
  l.created_at AS "createdAt", l.closed_at AS "closedAt"
FROM layer l JOIN agent a ON a.id = l.created_by
WHERE ${where} ORDER BY l.id`;
export const selectBranch = branchQuery("l.id = $1 AND l.branch_of IS NOT NULL");
export const selectBranches = branchQuery("l.branch_of = $1");

export const renameBranch = `UPDATE layer SET name = $2 WHERE id = $1`;
export const closeBranch = `UPDATE layer SET closed_at = $2 WHERE id = $1`;

/** The newest revision that both lead back to. Ids grow with time, so the largest is no ancestor of another one. */
export const selectCommonAncestor = `
WITH RECURSIVE ours (id) AS (
  SELECT $1::text
  UNION SELECT p.id FROM ours o JOIN layer_revision r ON r.id = o.id
  CROSS JOIN LATERAL (VALUES (r.parent_id), (r.second_parent_id)) AS p (id) WHERE p.id IS NOT NULL
), theirs (id) AS (
  SELECT $2::text
  UNION SELECT p.id FROM theirs t JOIN layer_revision r ON r.id = t.id
  CROSS JOIN LATERAL (VALUES (r.parent_id), (r.second_parent_id)) AS p (id) WHERE p.id IS NOT NULL
)
SELECT r.id FROM ours JOIN theirs USING (id) JOIN layer_revision r USING (id)
ORDER BY r.created_at DESC, r.id DESC LIMIT 1`;

/** The layer at the start of a chain of branches. */
export const selectTrunk = `
WITH RECURSIVE up (id, branch_of) AS (
  SELECT id, branch_of FROM layer WHERE id = $1
  UNION SELECT l.id, l.branch_of FROM up u JOIN layer l ON l.id = u.branch_of
)
SELECT id FROM up WHERE branch_of IS NULL`;
