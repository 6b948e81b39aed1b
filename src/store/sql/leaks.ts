/**
 * Statements of the leak audit. Each takes items as a table expression with the columns of `dataset_item`, so that a
 * draft and a frozen version are looked at by the same words.
 */

/** Items of one frozen version; the id is checked by its caller, since a table expression takes no parameters. */
export const frozenItems = (versionId: string): string =>
  `(SELECT * FROM dataset_item WHERE dataset_version_id = '${versionId}')`;

const item = (alias: string): string => `
json_build_object('imageId', ${alias}.image_id, 'name', ${alias}.name, 'group', ${alias}.group_key, 'role', ${alias}.role)`;

/** At most $1 keys; of each at most a few items, one of each role first. */
const sharedKeys = (from: string, key: string): string => `
WITH shared AS (
  SELECT ${key} AS key, count(*) AS count, count(*) OVER () AS total FROM ${from}
  GROUP BY ${key} HAVING min(t.role) <> max(t.role) ORDER BY ${key} LIMIT $1
), ranked AS (
  SELECT s.key, s.count, s.total, t.image_id, t.name, t.group_key, t.role,
    row_number() OVER (PARTITION BY s.key, t.role ORDER BY t.image_id) AS rank
  FROM shared s JOIN ${from} ON ${key} = s.key
)
SELECT key::text AS key, count, total, json_agg(${item("r")} ORDER BY r.rank, r.role) AS items
FROM ranked r WHERE rank <= 3 GROUP BY key, count, total ORDER BY key`;

export const groupsInTwoRoles = (items: string): string => sharedKeys(`${items} t`, "t.group_key");

export const samePixels = (items: string): string => `
WITH shared AS (
  SELECT p.dihedral FROM ${items} t JOIN plane_print p ON p.array_digest = t.array_digest
  WHERE p.dihedral IS NOT NULL GROUP BY p.dihedral HAVING min(t.role) <> max(t.role)
), planes AS (
  SELECT DISTINCT p.dihedral, t.image_id, t.name, t.group_key, t.role
  FROM shared s JOIN plane_print p ON p.dihedral = s.dihedral JOIN ${items} t ON t.array_digest = p.array_digest
), ranked AS (
  SELECT p.*, count(*) OVER (PARTITION BY p.dihedral) AS count,
    row_number() OVER (PARTITION BY p.dihedral, p.role ORDER BY p.image_id) AS rank
  FROM planes p
), listed AS (
  SELECT dihedral, count, json_agg(${item("x")} ORDER BY rank, role)::text AS items
  FROM ranked x WHERE rank <= 3 GROUP BY dihedral, count
)
SELECT min(encode(dihedral, 'hex')) AS key, max(count) AS count, items FROM listed
GROUP BY items ORDER BY key LIMIT $1`;

/** Roles that the same pixels had in other versions of the project $2, except in version $3. */
export const changedRoles = (items: string): string => `
WITH changed AS (
  SELECT DISTINCT t.image_id, t.name, t.group_key, t.role, e.role AS earlier, c.reason
  FROM ${items} t
  JOIN dataset_item e ON e.array_digest = t.array_digest AND e.role <> t.role
  JOIN dataset_version v ON v.id = e.dataset_version_id AND v.id <> $3
  JOIN dataset d ON d.id = v.dataset_id AND d.project_id = $2
  LEFT JOIN LATERAL (
    SELECT c.reason FROM group_role_change c
    WHERE c.project_id = $2 AND c.group_key = t.group_key AND c.from_role = e.role AND c.to_role = t.role
    ORDER BY c.at DESC LIMIT 1
  ) c ON true
)
SELECT group_key AS key, earlier, role, reason, count(*) AS count, count(*) OVER () AS total,
  (json_agg(${item("x")} ORDER BY x.image_id))::text AS items
FROM (SELECT *, row_number() OVER (PARTITION BY group_key, earlier, role ORDER BY image_id) AS rank FROM changed) x
GROUP BY group_key, earlier, role, reason ORDER BY group_key, earlier LIMIT $1`;

/** Images of which nothing tells what they share with others. */
export const unknownGroups = (items: string): string => `
WITH unknown AS (
  SELECT t.image_id, t.name, t.group_key, t.role,
    row_number() OVER (PARTITION BY t.role ORDER BY t.image_id) AS rank
  FROM ${items} t JOIN image i ON i.id = t.image_id
  WHERE NOT i.group_known OR t.group_key = 'image ' || t.image_id
)
SELECT role AS key, count(*) AS count,
  json_agg(${item("u")} ORDER BY u.image_id) FILTER (WHERE rank <= 6) AS items
FROM unknown u GROUP BY role ORDER BY role`;

/** Items that could be frames: their movie by metadata, or a name with a counter in it. */
export const possibleFrames = (items: string): string => `
SELECT t.image_id AS "imageId", t.name, t.group_key AS "group", t.role, i.source_id AS "sourceId",
  CASE WHEN i.metadata ?| ARRAY['movie', 'sequence', 'series', 'timelapse', 'stack'] THEN i.metadata END AS metadata
FROM ${items} t JOIN image i ON i.id = t.image_id
WHERE i.metadata ?| ARRAY['movie', 'sequence', 'series', 'timelapse', 'stack']
  -- A quick look first: the words for time end in one of these letters.
  OR (t.name ~ '[tpezTPEZ][_-]?[0-9]'
    AND t.name ~* '(^|[_. /-])(t|tp|time|timepoint|frame|z|slice)[_-]?[0-9]{1,6}($|[_. /-])')
  OR (t.name LIKE '%d__h__m%' AND t.name ~ '[0-9]{2}d[0-9]{2}h[0-9]{2}m')`;

export const hashCursor = (items: string): string => `
DECLARE hash_rows NO SCROLL CURSOR FOR
SELECT t.image_id AS "imageId", t.role, p.array_digest AS "arrayDigest", p.plane, p.hash_high AS high,
  p.hash_low AS low
FROM ${items} t JOIN plane_print p ON p.array_digest = t.array_digest
WHERE p.hash_high IS NOT NULL ORDER BY t.array_digest COLLATE "C", p.plane`;
export const fetchHashRows = (count: number): string => `FETCH ${count} FROM hash_rows`;
export const closeHashCursor = `CLOSE hash_rows`;

export const selectMiniatures = `
SELECT p.array_digest AS "arrayDigest", p.plane, p.miniature
FROM unnest($1::text[], $2::integer[]) AS n (array_digest, plane)
JOIN plane_print p ON p.array_digest = n.array_digest AND p.plane = n.plane`;

export const selectItems = (items: string): string => `
SELECT t.image_id AS "imageId", t.name, t.group_key AS "group", t.role FROM ${items} t WHERE t.image_id = ANY($1)`;

/** Anchors, the first $1 of each plane. */
export const selectAnchors = (items: string): string => `
SELECT t.image_id AS "imageId", t.role, p.array_digest AS "arrayDigest", p.plane,
  substring(p.anchors FROM 1 FOR $1::integer * 16) AS anchors
FROM ${items} t JOIN plane_print p ON p.array_digest = t.array_digest
WHERE octet_length(p.anchors) > 0 ORDER BY t.array_digest COLLATE "C", p.plane`;

/** Pixels of the items nobody has looked at yet. */
export const missingPrints = (items: string): string => `
SELECT DISTINCT t.array_digest AS "arrayDigest" FROM ${items} t
WHERE NOT EXISTS (SELECT FROM plane_print p WHERE p.array_digest = t.array_digest AND p.plane = 0) LIMIT $1`;
export const countMissingPrints = (items: string): string => `
SELECT count(DISTINCT t.array_digest) AS count FROM ${items} t
WHERE NOT EXISTS (SELECT FROM plane_print p WHERE p.array_digest = t.array_digest AND p.plane = 0)`;

export const missingPrintsOfImport = `
SELECT DISTINCT i.array_digest AS "arrayDigest" FROM image i
WHERE i.import_id = $1
  AND NOT EXISTS (SELECT FROM plane_print p WHERE p.array_digest = i.array_digest AND p.plane = 0) LIMIT $2`;

export const insertPrints = `
INSERT INTO plane_print (array_digest, plane, dihedral, hash_high, hash_low, miniature, anchors)
SELECT * FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::integer[], $5::integer[], $6::bytea[], $7::bytea[])
ON CONFLICT DO NOTHING`;

/**
 * Items that a model saw in training or validation: planes with the prints of its dataset version's items, or of its
 * card. $1 limit, $2 model version and those it started from.
 */
export const seenByModel = (items: string): string => `
WITH RECURSIVE line AS (
  SELECT unnest($2::text[]) AS id
  UNION SELECT r.base_model_version_id FROM line l JOIN training_run r ON r.model_version_id = l.id
  WHERE r.base_model_version_id IS NOT NULL
), trained AS (
  SELECT DISTINCT p.dihedral FROM line l JOIN training_run r ON r.model_version_id = l.id
  JOIN dataset_item e ON e.dataset_version_id = r.dataset_version_id AND e.role <> 'test'
  JOIN plane_print p ON p.array_digest = e.array_digest WHERE p.dihedral IS NOT NULL
  UNION SELECT m.dihedral FROM line l JOIN model_print m ON m.model_version_id = l.id
), seen AS (
  SELECT DISTINCT t.image_id, t.name, t.group_key, t.role FROM ${items} t
  JOIN plane_print p ON p.array_digest = t.array_digest JOIN trained s ON s.dihedral = p.dihedral
  WHERE t.role <> 'train'
), ranked AS (SELECT *, row_number() OVER (PARTITION BY role ORDER BY image_id) AS rank FROM seen)
SELECT role AS key, count(*) AS count, json_agg(${item("x")} ORDER BY x.image_id) FILTER (WHERE rank <= $1) AS items
FROM ranked x GROUP BY role ORDER BY role`;

export const insertModelPrints = `
INSERT INTO model_print (model_version_id, dihedral) SELECT $1, unnest($2::bytea[]) ON CONFLICT DO NOTHING`;

/** Prints of what a model version was trained on, for its card. */
export const selectTrainingPrints = `
SELECT DISTINCT encode(p.dihedral, 'hex') AS dihedral FROM training_run r
JOIN dataset_item e ON e.dataset_version_id = r.dataset_version_id AND e.role <> 'test'
JOIN plane_print p ON p.array_digest = e.array_digest
WHERE r.model_version_id = $1 AND p.dihedral IS NOT NULL ORDER BY 1`;
