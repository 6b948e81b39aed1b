/** Statements about members, their tokens and sessions. */

const memberColumns = `m.id, a.name, m.role, m.suspended, m.created_at AS "createdAt"`;
const memberTables = `member m JOIN agent a ON a.id = m.id`;

export const insertLab = `INSERT INTO lab (name, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
export const selectLab = `SELECT name FROM lab`;

/** Keeps two processes from each making a first owner. */
export const lockMembers = `LOCK TABLE member IN SHARE ROW EXCLUSIVE MODE`;
export const insertMember = `INSERT INTO member (id, role, created_at) VALUES ($1, $2, $3)`;
export const selectMember = `SELECT ${memberColumns} FROM ${memberTables} WHERE m.id = $1`;
export const selectMembers = `SELECT ${memberColumns} FROM ${memberTables} ORDER BY m.id`;
export const selectFirstOwner = `
SELECT ${memberColumns} FROM ${memberTables} WHERE m.role = 'owner' AND NOT m.suspended ORDER BY m.id LIMIT 1`;
export const countOwners = `SELECT count(*) AS count FROM member WHERE role = 'owner' AND NOT suspended`;
export const updateMember = `UPDATE member SET role = $2, suspended = $3 WHERE id = $1`;

export const insertSignInToken = `
INSERT INTO sign_in_token (id, token_digest, member_id, one_time, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)`;

/** Marks the token used and names its member; a one-time token works once, whoever asks at the same time. */
export const useSignInToken = `
UPDATE sign_in_token SET used_at = $2
WHERE token_digest = $1 AND expires_at > $2 AND (used_at IS NULL OR NOT one_time)
RETURNING member_id AS "memberId"`;

const inviteColumns = `id, role, note, expires_at AS "expiresAt", used_at AS "usedAt"`;
export const insertInvite = `
INSERT INTO invite (id, token_digest, role, note, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${inviteColumns}`;
export const selectInvites = `SELECT ${inviteColumns} FROM invite ORDER BY id DESC`;
export const selectOpenInvite = `
SELECT id, role FROM invite WHERE token_digest = $1 AND expires_at > $2 AND used_at IS NULL FOR UPDATE`;
export const useInvite = `UPDATE invite SET used_at = $2, used_by = $3 WHERE id = $1`;
export const deleteInvite = `DELETE FROM invite WHERE id = $1 AND used_at IS NULL RETURNING id`;

export const insertSession = `
INSERT INTO session (token_digest, member_id, created_at, seen_at) VALUES ($1, $2, $3, $3)`;
export const selectSession = `
SELECT ${memberColumns}, s.seen_at AS "seenAt"
FROM session s JOIN ${memberTables} ON m.id = s.member_id
WHERE s.token_digest = $1 AND s.seen_at > $2 AND s.created_at > $3 AND NOT m.suspended`;
export const touchSession = `UPDATE session SET seen_at = $2 WHERE token_digest = $1`;
export const deleteSession = `DELETE FROM session WHERE token_digest = $1`;
export const deleteMemberSessions = `DELETE FROM session WHERE member_id = $1`;
export const deleteOldSessions = `DELETE FROM session WHERE seen_at <= $1 OR created_at <= $2`;

const tokenColumns = `t.id, t.name, t.scope, t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt"`;
export const insertApiToken = `
INSERT INTO api_token AS t (id, token_digest, member_id, name, scope, created_at)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${tokenColumns}`;
export const selectApiTokens = `
SELECT ${tokenColumns} FROM api_token t WHERE t.member_id = $1 AND t.revoked_at IS NULL ORDER BY t.id`;
export const revokeApiToken = `
UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND member_id = $2 AND revoked_at IS NULL RETURNING id`;
export const selectTokenMember = `
SELECT ${memberColumns}, t.scope, t.last_used_at AS "lastUsedAt"
FROM api_token t JOIN ${memberTables} ON m.id = t.member_id
WHERE t.token_digest = $1 AND t.revoked_at IS NULL AND NOT m.suspended`;
export const touchApiToken = `UPDATE api_token SET last_used_at = $2 WHERE token_digest = $1`;
