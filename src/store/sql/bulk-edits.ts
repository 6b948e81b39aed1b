/**
 * Statements that change many images at once and can be taken back.
 *
 * What changes is given as jsonb `{metadata: {field: text | null}, buckets: …, group?, mpp?: {y, x}}`; null clears.
 * Rows are locked in order of their ids, so that two such edits wait for each other instead of blocking each other.
 */

import { agentJson } from "./events.ts";

const keys = (part: string): string =>
  `ARRAY(SELECT jsonb_object_keys(coalesce(e.changes->'${part}', '{}')) ORDER BY 1)`;

/** The touched part of image `i` for the changes of `e`. */
const part = (alias: string): string =>
  `image_part(${alias}, ${keys("metadata")}, ${keys("buckets")}, e.changes ? 'group', e.changes ? 'mpp')`;

/** The same part as it is after the changes. */
const changedPart = `
jsonb_build_object('metadata', coalesce(e.changes->'metadata', '{}'), 'buckets', coalesce(e.changes->'buckets', '{}'))
  || CASE WHEN e.changes ? 'group' THEN jsonb_build_object('group', e.changes->'group') ELSE '{}' END
  || CASE WHEN e.changes ? 'mpp' THEN jsonb_build_object('mppY', e.changes->'mpp'->'y', 'mppX', e.changes->'mpp'->'x',
    'mppReason', NULL) ELSE '{}' END`;

export const insertBulkEdit = `
INSERT INTO bulk_edit (id, project_id, kind, query, changes, agent_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`;
export const finishBulkEdit = `
UPDATE bulk_edit SET finished_at = $2,
  image_count = (SELECT count(*) FROM bulk_edit_image WHERE bulk_edit_id = $1) WHERE id = $1`;

export const lockImages = `
SELECT id FROM image WHERE id = ANY($1::text[]) AND trashed_at IS NULL ORDER BY id FOR UPDATE`;

/** Notes before and after of the images ($2) that the edit ($1) changes. */
export const noteChanges = `
INSERT INTO bulk_edit_image (bulk_edit_id, image_id, before, after)
SELECT e.id, i.id, b.before, a.after
FROM bulk_edit e JOIN image i ON i.id = ANY($2::text[])
CROSS JOIN LATERAL (SELECT ${part("i")} AS before) b CROSS JOIN LATERAL (SELECT ${changedPart} AS after) a
WHERE e.id = $1 AND b.before <> a.after`;

/** A part of the notes onto its images. jsonb null clears a field. */
const writePart = (value: string): string => `
metadata = jsonb_strip_nulls(i.metadata || (${value}->'metadata')),
bucket_choices = jsonb_strip_nulls(i.bucket_choices || (${value}->'buckets')),
group_key = CASE WHEN ${value} ? 'group' THEN ${value}->>'group' ELSE i.group_key END,
mpp_y = CASE WHEN ${value} ? 'mppY' THEN (${value}->>'mppY')::double precision ELSE i.mpp_y END,
mpp_x = CASE WHEN ${value} ? 'mppX' THEN (${value}->>'mppX')::double precision ELSE i.mpp_x END,
mpp_reason = CASE WHEN ${value} ? 'mppY' THEN ${value}->>'mppReason' ELSE i.mpp_reason END`;

export const applyNotes = `
UPDATE image i SET ${writePart("b.after")} FROM bulk_edit_image b
WHERE b.bulk_edit_id = $1 AND b.image_id = ANY($2::text[]) AND i.id = b.image_id`;

export const selectBulkEdit = `
SELECT e.id, e.project_id AS "projectId", e.kind, e.query, e.changes, e.image_count AS "imageCount",
  ${agentJson("a")} AS agent, e.created_at AS "createdAt", e.undone_at AS "undoneAt"
FROM bulk_edit e JOIN agent a ON a.id = e.agent_id WHERE e.id = $1`;
export const selectBulkEdits = `
SELECT e.id, e.project_id AS "projectId", e.kind, e.query, e.changes, e.image_count AS "imageCount",
  ${agentJson("a")} AS agent, e.created_at AS "createdAt", e.undone_at AS "undoneAt"
FROM bulk_edit e JOIN agent a ON a.id = e.agent_id WHERE e.project_id = $1 ORDER BY e.id DESC LIMIT $2`;
export const lockBulkEdit = `SELECT undone_at AS "undoneAt" FROM bulk_edit WHERE id = $1 FOR UPDATE`;
export const markUndone = `UPDATE bulk_edit SET undone_at = $2, undone_by = $3 WHERE id = $1`;
export const selectNotedIds = `SELECT image_id AS id FROM bulk_edit_image WHERE bulk_edit_id = $1 ORDER BY image_id`;

/** Writes back where what the edit wrote still stands; returns the ids. */
export const takeBackNotes = `
UPDATE image i SET ${writePart("b.before")} FROM bulk_edit_image b JOIN bulk_edit e ON e.id = b.bulk_edit_id
WHERE b.bulk_edit_id = $1 AND b.image_id = ANY($2::text[]) AND i.id = b.image_id AND ${part("i")} = b.after
RETURNING i.id`;

/** Values that the fields of an edit have now, most frequent first, for images $1. */
export const selectPresentValues = `
SELECT f.field, coalesce(i.metadata->>f.field, '') AS value, count(*) AS images
FROM image i CROSS JOIN unnest($2::text[]) AS f (field) WHERE i.id = ANY($1::text[])
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`;
/** Images of $1 that the changes $2 would change. */
export const countChanging = `
SELECT count(*) AS images FROM (SELECT $2::jsonb AS changes) e, image i
CROSS JOIN LATERAL (SELECT 1) one
WHERE i.id = ANY($1::text[]) AND ${part("i")} <> (${changedPart})`;

export const noteTrash = `
INSERT INTO bulk_edit_image (bulk_edit_id, image_id, before, after)
SELECT $1, i.id, '{}', '{}' FROM image i WHERE i.id = ANY($2::text[]) AND i.trashed_at IS NULL`;
export const trashNoted = `
UPDATE image i SET trashed_at = $3 FROM bulk_edit_image b
WHERE b.bulk_edit_id = $1 AND b.image_id = ANY($2::text[]) AND i.id = b.image_id`;

/** Takes images of $1 out of the trash, but for those whose pixels came again or occur twice among them. */
export const restoreImages = `
UPDATE image i SET trashed_at = NULL WHERE i.id = ANY($1::text[]) AND i.trashed_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM image o WHERE o.project_id = i.project_id AND o.array_digest = i.array_digest
    AND o.id <> i.id AND (o.trashed_at IS NULL OR (o.id = ANY($1::text[]) AND o.id < i.id)))
RETURNING i.id`;

export const selectTrash = `
SELECT i.id, i.name, i.height, i.width, i.cell_count AS "cellCount", i.trashed_at AS "trashedAt"
FROM image i WHERE i.project_id = $1 AND i.trashed_at IS NOT NULL
  AND ($2::text IS NULL OR i.id < $2) ORDER BY i.id DESC LIMIT $3`;
export const countTrash = `
SELECT count(*) AS count FROM image WHERE project_id = $1 AND trashed_at IS NOT NULL`;

export const selectSavedQueries = `
SELECT q.id, q.project_id AS "projectId", q.name, q.query, q.search, ${agentJson("a")} AS owner,
  q.created_at AS "createdAt"
FROM saved_query q JOIN agent a ON a.id = q.owner_id WHERE q.project_id = $1 ORDER BY lower(q.name), q.id`;
export const selectSavedQuery = `
SELECT id, project_id AS "projectId", owner_id AS "ownerId" FROM saved_query WHERE id = $1`;
export const upsertSavedQuery = `
INSERT INTO saved_query (id, project_id, name, query, search, owner_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (project_id, name) DO UPDATE SET query = excluded.query, search = excluded.search RETURNING id`;
export const deleteSavedQuery = `DELETE FROM saved_query WHERE id = $1`;
