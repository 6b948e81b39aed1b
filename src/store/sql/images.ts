/** Statements about images. */

export const insertBlob = `
INSERT INTO blob (digest, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

export const insertSource = `
INSERT INTO source (id, project_id, title, licence, url, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (project_id, title, licence, url) DO NOTHING`;
export const selectSource = `
SELECT id FROM source WHERE project_id = $1 AND title = $2 AND licence = $3 AND url = $4`;

export const updateChannels = `
UPDATE channel SET name = n.name, role = n.role
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS n (name, role, position)
WHERE image_id = $1 AND index = n.position - 1`;
export const selectChannels = `SELECT index, name, role FROM channel WHERE image_id = $1 ORDER BY index`;

/** Columns of a summary; needs image `i` and group_split `g`. */
export const summaryColumns = `
i.id, i.project_id AS "projectId", i.name, i.height, i.width, i.status, i.cell_count AS "cellCount",
i.group_key AS "group", g.role AS split, i.metadata, i.created_at AS "createdAt"`;

const summaryTables = `
image i LEFT JOIN group_split g ON g.project_id = i.project_id AND g.group_key = i.group_key`;

export const selectImage = `
SELECT ${summaryColumns}, i.axes, i.shape, i.dtype, i.mpp_y AS "mppY", i.mpp_x AS "mppX",
  i.mpp_reason AS "mppReason", i.array_digest AS "arrayDigest",
  json_build_object('title', s.title, 'licence', s.licence) AS source, i.trashed_at AS "trashedAt",
  (SELECT max(p.id) FROM image p WHERE p.project_id = i.project_id AND p.id < i.id AND p.trashed_at IS NULL)
    AS "previousId",
  (SELECT min(n.id) FROM image n WHERE n.project_id = i.project_id AND n.id > i.id AND n.trashed_at IS NULL)
    AS "nextId"
FROM ${summaryTables} JOIN source s ON s.id = i.source_id
WHERE i.id = $1`;

export const selectImageDigest = `SELECT array_digest AS "arrayDigest" FROM image WHERE id = $1`;

export const updateImage = `
UPDATE image SET name = $2, group_key = $3, mpp_y = $4, mpp_x = $5, mpp_reason = $6, metadata = $7 WHERE id = $1`;
export const trashImage = `
UPDATE image SET trashed_at = $2 WHERE id = $1 AND trashed_at IS NULL RETURNING id`;
export const restoreImage = `
UPDATE image SET trashed_at = NULL WHERE id = $1 AND trashed_at IS NOT NULL RETURNING id`;

/** Status and count of an image follow from its main layers; branches and named layers do not count. */
export const refreshImage = `
UPDATE image SET
  cell_count = l.cells,
  status = CASE
    WHEN l.labelled = 0 THEN 'unlabelled'
    WHEN l.accepted = l.labelled THEN 'accepted'
    WHEN l.proposed = l.labelled THEN 'proposed'
    ELSE 'corrected' END
FROM (
  SELECT coalesce(max(object_count), 0) AS cells,
    count(*) FILTER (WHERE status <> 'unlabelled') AS labelled,
    count(*) FILTER (WHERE status = 'accepted') AS accepted,
    count(*) FILTER (WHERE status = 'proposed') AS proposed
  FROM layer WHERE image_id = $1 AND name = ''
) l WHERE image.id = $1`;
