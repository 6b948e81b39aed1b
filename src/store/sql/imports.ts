/** Statements about imports and their files. */

import { agentJson } from "./events.ts";

export const insertImport = `
INSERT INTO import (id, project_id, job_id, title, format, licence, options, program, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (job_id) DO NOTHING RETURNING id`;
export const selectImportOfJob = `SELECT id FROM import WHERE job_id = $1`;

/** Digests lie joined in $4, 32 bytes each. */
export const insertImportFiles = `
INSERT INTO import_file (import_id, path, bytes, digest)
SELECT $1, n.path, n.bytes, substring($4::bytea FROM 32 * n.i::integer - 31 FOR 32)
FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS n (path, bytes, i)
ORDER BY n.path ON CONFLICT DO NOTHING`;

export const selectImagesOfImport = `SELECT id, name FROM image WHERE import_id = $1`;

export const selectImports = `
SELECT r.id, r.project_id AS "projectId", r.title, r.format, r.licence, r.options, r.program,
  ${agentJson("a")} AS agent, r.created_at AS "createdAt",
  (SELECT count(*) FROM image i WHERE i.import_id = r.id) AS "imageCount",
  (SELECT count(*) FROM import_file f WHERE f.import_id = r.id) AS "fileCount"
FROM import r JOIN agent a ON a.id = r.agent_id WHERE r.project_id = $1 ORDER BY r.id DESC`;

export const selectImportFiles = `
SELECT path, bytes, encode(digest, 'hex') AS digest FROM import_file WHERE import_id = $1 ORDER BY path`;

export const selectFilesByDigest = `
SELECT DISTINCT ON (f.digest) encode(f.digest, 'hex') AS digest, f.path
FROM import_file f JOIN import r ON r.id = f.import_id
WHERE r.project_id = $1 AND f.digest = ANY($2) ORDER BY f.digest, r.id`;
