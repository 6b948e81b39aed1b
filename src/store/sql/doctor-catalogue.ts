/** What doctor asks to compare the catalogue with the images it is made from. */

export const countCatalogue = `SELECT count(*) AS count FROM catalogue`;

/** Images whose catalogue row is missing, too much, or not what they are. */
export const selectWrongRows = `
SELECT coalesce(i.id, k.image_id) AS id, CASE
  WHEN i.id IS NULL OR k.image_id IS NULL THEN 'presence'
  WHEN (k.cells, k.height, k.width, k.project_id) <> (i.cell_count, i.height, i.width, i.project_id)
    OR k.mpp IS DISTINCT FROM i.mpp_y THEN 'size or number of cells'
  WHEN g.key <> i.group_key THEN 'group'
  WHEN c.status <> i.status OR c.words <> i.words THEN 'status or words'
  ELSE 'term' END AS what
FROM (SELECT * FROM image WHERE trashed_at IS NULL) i
FULL JOIN catalogue k ON k.image_id = i.id
LEFT JOIN facet_combination c ON c.id = k.combination_id LEFT JOIN image_group g ON g.id = k.group_id
WHERE i.id IS NULL OR k.image_id IS NULL
  OR (k.cells, k.height, k.width, k.project_id) <> (i.cell_count, i.height, i.width, i.project_id)
  OR k.mpp IS DISTINCT FROM i.mpp_y OR g.key <> i.group_key OR c.status <> i.status OR c.words <> i.words
  OR (NOT c.stale AND (c.terms <> i.terms OR c.buckets || i.bucket_choices <> i.buckets))
LIMIT $1`;

/** Combinations whose folded counts are not those of their rows. */
export const selectWrongCounts = `
SELECT coalesce(k.id, n.id)::text AS id,
  'counts ' || coalesce(n.images, 0) || ' images with ' || coalesce(n.cells, 0) || ' cells, has ' ||
  coalesce(k.images, 0) || ' with ' || coalesce(k.cells, 0) AS what
FROM (SELECT combination_id AS id, count(*) AS images, sum(cells) AS cells FROM catalogue GROUP BY 1) k
FULL JOIN (SELECT combination_id AS id, sum(images) AS images, sum(cells) AS cells FROM facet_count GROUP BY 1) n
  ON n.id = k.id
WHERE coalesce(k.images, 0) <> coalesce(n.images, 0) OR coalesce(k.cells, 0) <> coalesce(n.cells, 0)
LIMIT $1`;

export const selectWrongRoles = `
SELECT g.id::text AS id, '' AS what
FROM image_group g LEFT JOIN group_split s ON s.project_id = g.project_id AND s.group_key = g.key
WHERE g.role IS DISTINCT FROM s.role LIMIT $1`;
