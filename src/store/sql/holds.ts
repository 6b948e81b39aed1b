/** Statements about parts of images that someone holds for a while. */

import { agentJson } from "./events.ts";

const columns = `
h.id, h.layer_id AS "layerId", ${agentJson("a")} AS agent, h.t, h.z, h.y0, h.x0, h.y1, h.x1,
h.made_at AS "madeAt", h.expires_at AS "expiresAt"`;

/** Those that have not expired at $2, oldest first. */
export const selectHolds = `
SELECT ${columns} FROM region_hold h JOIN agent a ON a.id = h.agent_id
WHERE h.layer_id = $1 AND h.expires_at > $2 ORDER BY h.id`;
export const selectHold = `
SELECT ${columns} FROM region_hold h JOIN agent a ON a.id = h.agent_id WHERE h.id = $1 AND h.expires_at > $2`;
export const insertHold = `
INSERT INTO region_hold (id, layer_id, agent_id, t, z, y0, x0, y1, x1, made_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
export const renewHold = `UPDATE region_hold SET expires_at = $2 WHERE id = $1`;
export const deleteHold = `DELETE FROM region_hold WHERE id = $1`;
/** Expired ones of a layer are of no use to anyone. */
export const deleteExpired = `DELETE FROM region_hold WHERE layer_id = $1 AND expires_at <= $2`;
