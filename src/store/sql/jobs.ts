/** Statements about jobs. A worker may change a job only while it holds the lease. */

import { agentJson } from "./events.ts";

export const insertJob = `
INSERT INTO job (id, kind, project_id, title, params, progress, agent_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const jobQuery = `
SELECT j.id, j.kind, j.state, j.project_id AS "projectId", j.title, j.params, j.progress, j.result, j.error, j.attempt,
  ${agentJson("a")} AS agent, j.created_at AS "createdAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"
FROM job j JOIN agent a ON a.id = j.agent_id`;

export const selectJob = `${jobQuery} WHERE j.id = $1`;
export const selectJobs = `${jobQuery} WHERE $1::text IS NULL OR j.state = $1 ORDER BY j.id DESC LIMIT $2`;

/**
 * Of each job the first $2 items, and the first $2 that are not done: an import of 20,000 images is looked at while it
 * runs, and its result has the counts.
 */
export const selectItems = `
SELECT j.id AS "jobId", i.name, i.state, i.error, i.entity_id AS id
FROM unnest($1::text[]) AS j (id) CROSS JOIN LATERAL (
  (SELECT * FROM job_item WHERE job_id = j.id ORDER BY position LIMIT $2)
  UNION
  (SELECT * FROM job_item WHERE job_id = j.id AND state <> 'done' ORDER BY position LIMIT $2)
) i ORDER BY j.id, i.position`;

/** $2 lease, $3 its end, $4 now. */
export const takeJob = `
UPDATE job SET state = 'running', lease_id = $2, lease_until = $3, attempt = attempt + 1,
  started_at = coalesce(started_at, $4)
WHERE id = $1 AND (state = 'waiting' OR (state = 'running' AND lease_until < $4))
RETURNING id`;

/** What a lease holder may do; all return no row when the lease is someone else's. */
const held = `WHERE id = $1 AND lease_id = $2 AND state = 'running' RETURNING id`;
export const extendLease = `UPDATE job SET lease_until = $3 ${held}`;
/** The attempt does not count: nothing went wrong. A cancel that was asked for meanwhile is carried out. */
export const giveBackJob = `
UPDATE job SET attempt = attempt - 1, lease_id = NULL, lease_until = NULL,
  state = CASE WHEN cancel_requested THEN 'canceled' ELSE 'waiting' END,
  finished_at = CASE WHEN cancel_requested THEN $3::timestamptz END ${held}`;
export const setProgress = `UPDATE job SET progress = $3 ${held}`;
export const finishJob = `
UPDATE job SET state = 'done', result = $3, progress = $4, finished_at = $5, lease_id = NULL, lease_until = NULL ${held}`;
export const failJob = `
UPDATE job SET state = $3, error = $4, finished_at = $5, lease_id = NULL, lease_until = NULL ${held}`;
export const lockHeldJob = `SELECT id FROM job WHERE id = $1 AND lease_id = $2 AND state = 'running' FOR UPDATE`;

export const insertItems = `
INSERT INTO job_item (job_id, position, name, state, error, entity_id)
SELECT $1, (SELECT coalesce(max(position), 0) FROM job_item WHERE job_id = $1) + n.i, n.name, n.state, n.error, n.id
FROM unnest($2::text[], $3::text[], $4::jsonb[], $5::text[]) WITH ORDINALITY AS n (name, state, error, id, i)`;

/** A job tried again begins its list of items anew. */
export const deleteItems = `DELETE FROM job_item WHERE job_id = $1`;

export const requestCancel = `
UPDATE job SET cancel_requested = true,
  state = CASE state WHEN 'waiting' THEN 'canceled' ELSE state END,
  finished_at = CASE state WHEN 'waiting' THEN $2 ELSE finished_at END
WHERE id = $1 AND state IN ('waiting', 'running') RETURNING id`;
export const selectCancelRequested = `SELECT cancel_requested AS requested FROM job WHERE id = $1`;

export const selectTakeable = `
SELECT id FROM job WHERE state = 'waiting' OR (state = 'running' AND lease_until < $1) ORDER BY id`;

export const notifyJob = `SELECT pg_notify('cellfoundry_job', $1)`;
