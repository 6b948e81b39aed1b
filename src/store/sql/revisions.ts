/** Statements about layer revisions and the nodes of their trees. */

import { agentJson } from "./events.ts";

export const selectNodeDigests = `SELECT digest FROM revision_node WHERE digest = ANY($1)`;
export const selectNodes = `SELECT digest, body FROM revision_node WHERE digest = ANY($1)`;
export const insertNodes = `
INSERT INTO revision_node (digest, body)
SELECT * FROM unnest($1::bytea[], $2::bytea[]) AS n (digest, body) ORDER BY digest ON CONFLICT DO NOTHING`;

/** Numbers count within the layer, and the lock on the layer keeps them in step. */
export const insertRevision = `
INSERT INTO layer_revision (id, layer_id, number, parent_id, root, seq, object_count, added, removed, reshaped,
  message, accepted, agent_id, created_at, second_parent_id, log_from, operation_ids, log, coverage, region_digest,
  types_digest, cell_terms)
SELECT $1, l.id, 1 + coalesce((SELECT max(number) FROM layer_revision WHERE layer_id = l.id), 0),
  $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, l.coverage, l.region_digest, $18, $19
FROM layer l WHERE l.id = $2`;
export const acceptRevision = `UPDATE layer_revision SET accepted = true WHERE id = $1`;

const revisionQuery = (where: string): string => `
SELECT r.id, r.layer_id AS "layerId", r.number, r.parent_id AS "parentId",
  r.second_parent_id AS "secondParentId", r.root, r.object_count AS "objectCount",
  r.message, ${agentJson("a")} AS agent, r.created_at AS "createdAt", r.accepted,
  json_build_object('added', r.added, 'removed', r.removed, 'reshaped', r.reshaped) AS changes
FROM layer_revision r JOIN agent a ON a.id = r.agent_id
WHERE ${where} ORDER BY r.number DESC`;

export const selectRevision = revisionQuery("r.id = $1");
export const selectRevisions = revisionQuery("r.layer_id = $1");
export const selectRevisionPlace = `SELECT layer_id AS "layerId", seq, root FROM layer_revision WHERE id = $1`;
