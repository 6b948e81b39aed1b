/** Statements about projects. */

export const insertProject = `
INSERT INTO project (id, name, created_by, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING RETURNING id`;

export const selectProjectId = `SELECT id FROM project WHERE name = $1`;

/** Projects with their counts; all when $1 is null. */
export const selectProjects = `
SELECT p.id, p.name, p.created_at AS "createdAt",
  coalesce(c.images, 0)::integer AS "imageCount",
  coalesce(c.accepted, 0)::integer AS "acceptedCount",
  coalesce(c.cells, 0)::integer AS "cellCount",
  ARRAY(SELECT i.id FROM image i WHERE i.project_id = p.id AND i.trashed_at IS NULL ORDER BY i.id LIMIT 4)
    AS "coverImageIds"
FROM project p LEFT JOIN (
  SELECT project_id, count(*) AS images, count(*) FILTER (WHERE status = 'accepted') AS accepted,
    sum(cell_count) AS cells
  FROM image WHERE trashed_at IS NULL GROUP BY project_id
) c ON c.project_id = p.id
WHERE $1::text IS NULL OR p.id = $1
ORDER BY p.id`;
