/** Statements about findings of the checks. */

import { agentJson } from "./events.ts";

/** Main layers of an image that people work on, with where their last check stood. */
export const selectLayersToCheck = `
SELECT l.id, i.project_id AS "projectId", l.compartment, l.seq, l.head_seq AS "headSeq",
  l.head_revision_id AS "headRevisionId", l.status, l.coverage, l.object_count AS "objectCount", l.overlap_allowed AS "overlapAllowed", i.height, i.width,
  c.seq AS "checkedSeq", c.rules, c.usual_px AS "usualPx", c.tallest_px AS "tallestPx", c.object_count AS "checkedCount",
  EXISTS (SELECT FROM link k WHERE k.layer_id = l.id) AS tracked
FROM layer l JOIN image i ON i.id = l.image_id LEFT JOIN layer_check c ON c.layer_id = l.id
WHERE l.image_id = $1 AND l.name = '' AND l.closed_at IS NULL
ORDER BY array_position(ARRAY['nuclear', 'wholeCell', 'cytoplasm'], l.compartment) FOR UPDATE OF l`;

export const upsertLayerCheck = `
INSERT INTO layer_check (layer_id, seq, revision_id, rules, usual_px, tallest_px, object_count, checked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (layer_id) DO UPDATE SET seq = excluded.seq, revision_id = excluded.revision_id, rules = excluded.rules, usual_px = excluded.usual_px,
  tallest_px = excluded.tallest_px, object_count = excluded.object_count, checked_at = excluded.checked_at`;
export const upsertImageCheck = `
INSERT INTO image_check (image_id, rules, checked_at) VALUES ($1, $2, $3)
ON CONFLICT (image_id) DO UPDATE SET rules = excluded.rules, checked_at = excluded.checked_at`;
export const selectImageCheck = `SELECT rules FROM image_check WHERE image_id = $1`;

/**
 * Objects with their shapes whose box meets one of the boxes in the same frame and plane, or with one of the uids. The
 * index knows where objects begin, not where they end, so the tallest one says how far above to look.
 */
export const selectObjectsAround = `
WITH k AS (
  SELECT unnest($2::text[]) AS uid UNION
  SELECT o.uid
  FROM unnest($3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::integer[])
    AS b (t, z, y0, x0, y1, x1)
  JOIN object o ON o.layer_id = $1 AND o.digest IS NOT NULL AND o.y0 < b.y1
    AND o.y0 >= b.y0 - coalesce((SELECT tallest_px FROM layer_check WHERE layer_id = $1), 1000000)
    AND o.y1 > b.y0 AND o.x0 < b.x1 AND o.x1 > b.x0 AND o.t = b.t AND o.z = b.z
)
SELECT o.uid, o.label, o.digest, s.bytes FROM k JOIN object o ON o.layer_id = $1 AND o.uid = k.uid
JOIN object_shape s ON s.digest = o.digest`;

/** Findings $1 as they are found now. A waiver holds while the shapes are the same; what was mended opens again. */
export const upsertFindings = `
INSERT INTO finding (id, project_id, image_id, layer_id, rule, scope, severity, rules, key, uids, state, value, detail,
  channel, t, z, box, status, found_at)
SELECT n.id, $2, n.image_id, n.layer_id, n.rule, n.scope, n.severity, $3, n.key, n.uids, decode(n.state, 'hex'),
  n.value, n.detail, n.channel, n.t, n.z, n.box, 'open', $4
FROM jsonb_to_recordset($1::jsonb) AS n (id text, image_id text, layer_id text, rule text, scope text, severity text,
  key text, uids text[], state text, value double precision, detail text, channel integer, t integer, z integer,
  box integer[])
ON CONFLICT (image_id, key) DO UPDATE SET
  severity = excluded.severity, rules = excluded.rules, state = excluded.state, value = excluded.value,
  detail = excluded.detail, t = excluded.t, z = excluded.z, box = excluded.box,
  status = CASE WHEN finding.status = 'waived' AND finding.state IS NOT DISTINCT FROM excluded.state
    THEN 'waived' ELSE 'open' END,
  found_at = CASE WHEN finding.status = 'fixed' THEN excluded.found_at ELSE finding.found_at END,
  ended_at = CASE WHEN finding.status = 'waived' AND finding.state IS NOT DISTINCT FROM excluded.state
    THEN finding.ended_at END`;

/** Findings of the image, the scopes and the layer (all when null) that are not among the keys any more. */
export const endFindings = `
UPDATE finding SET status = 'fixed', ended_at = $6
WHERE image_id = $1 AND scope = ANY($2) AND ($3::text IS NULL OR layer_id = $3) AND status <> 'fixed'
  AND NOT key = ANY($4) AND ($5::text[] IS NULL OR uids && $5)`;
/** Findings of one rule over a whole project that are not among the keys (image id, key) any more. */
export const endFindingsOfRules = `
UPDATE finding f SET status = 'fixed', ended_at = $5
WHERE f.project_id = $1 AND f.rule = ANY($2) AND f.status <> 'fixed'
  AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS n (image_id, key)
    WHERE n.image_id = f.image_id AND n.key = f.key)`;

const findingColumns = `
f.id, f.project_id AS "projectId", f.image_id AS "imageId", i.name AS "imageName", i.height, i.width,
f.layer_id AS "layerId", l.compartment, f.rule, f.severity, f.uids, f.value, f.detail, f.channel, f.t, f.z, f.box,
f.status, f.found_at AS "foundAt", f.ended_at AS "endedAt", f.waived_why AS "waivedWhy",
CASE WHEN f.waived_by IS NULL THEN NULL ELSE ${agentJson("a")} END AS "waivedBy"`;
const findingTables = `
finding f JOIN image i ON i.id = f.image_id LEFT JOIN layer l ON l.id = f.layer_id LEFT JOIN agent a ON a.id = f.waived_by`;

/** Worst first: $1 project, $2 status, $3 rule or null, $4 images or null, $5 cursor value, $6 cursor id, $7 limit. */
export const selectFindings = `
SELECT ${findingColumns} FROM ${findingTables}
WHERE f.project_id = $1 AND f.status = $2 AND ($3::text IS NULL OR f.rule = $3)
  AND ($4::text[] IS NULL OR f.image_id = ANY($4)) AND i.trashed_at IS NULL
  AND ($5::double precision IS NULL OR f.value < $5 OR (f.value = $5 AND f.id > $6))
ORDER BY f.value DESC, f.id LIMIT $7`;
export const selectFinding = `SELECT ${findingColumns} FROM ${findingTables} WHERE f.id = $1`;

/** Counts per rule and status. */
export const countFindings = `
SELECT f.rule, f.status, count(*) AS count, count(DISTINCT f.image_id) AS images
FROM finding f JOIN image i ON i.id = f.image_id
WHERE f.project_id = $1 AND ($2::text[] IS NULL OR f.image_id = ANY($2)) AND i.trashed_at IS NULL
GROUP BY f.rule, f.status`;

/** How much of the project the findings are true for: $2 version of the rules. */
export const countChecked = `
SELECT count(*) AS layers, count(*) FILTER (WHERE c.seq = l.seq AND c.rules = $2) AS checked
FROM layer l JOIN image i ON i.id = l.image_id LEFT JOIN layer_check c ON c.layer_id = l.id
WHERE i.project_id = $1 AND i.trashed_at IS NULL AND l.name = '' AND l.object_count > 0`;

const chosen = `
f.project_id = $1 AND f.rule = $2 AND ($3::text[] IS NULL OR f.id = ANY($3))
  AND ($4::text[] IS NULL OR f.image_id = ANY($4))
  AND EXISTS (SELECT FROM image i WHERE i.id = f.image_id AND i.trashed_at IS NULL)`;

export const waiveFindings = `
UPDATE finding f SET status = 'waived', ended_at = $5, waived_by = $6, waived_why = $7
WHERE ${chosen} AND f.status = 'open' RETURNING f.id`;
export const reopenFindings = `
UPDATE finding f SET status = 'open', ended_at = NULL, waived_by = NULL, waived_why = NULL
WHERE f.project_id = $1 AND f.id = ANY($2) AND f.status = 'waived' RETURNING f.id`;

/** Open findings to mend, layer by layer. */
export const selectToMend = `
SELECT f.id, f.image_id AS "imageId", f.layer_id AS "layerId", f.rule, f.uids, f.value, f.detail, f.t, f.z, f.box
FROM finding f WHERE ${chosen} AND f.status = 'open' AND f.layer_id IS NOT NULL ORDER BY f.layer_id, f.id`;

export const insertMend = `
INSERT INTO mend (id, project_id, rule, fix, agent_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)`;
export const countMend = `
UPDATE mend SET finding_count = finding_count + $2, layer_count = layer_count + 1 WHERE id = $1`;
export const insertMendChanges = `
INSERT INTO mend_change (mend_id, layer_id, was_accepted, operation_id, uid, before, after)
SELECT $1, $2, $3, n.* FROM unnest($4::text[], $5::text[], $6::bytea[], $7::bytea[]) AS n`;
const mendColumns = `
m.id, m.project_id AS "projectId", m.rule, m.fix, ${agentJson("a")} AS agent, m.created_at AS "createdAt",
m.finding_count AS "findingCount", m.layer_count AS "layerCount", m.undone_at AS "undoneAt"`;
export const selectMend = `SELECT ${mendColumns} FROM mend m JOIN agent a ON a.id = m.agent_id WHERE m.id = $1`;
export const selectMends = `
SELECT ${mendColumns} FROM mend m JOIN agent a ON a.id = m.agent_id WHERE m.project_id = $1 ORDER BY m.id DESC LIMIT $2`;
export const lockMend = `SELECT undone_at AS "undoneAt" FROM mend WHERE id = $1 FOR UPDATE`;
export const markMendUndone = `UPDATE mend SET undone_at = $2, undone_by = $3 WHERE id = $1`;
export const selectMendChanges = `
SELECT c.layer_id AS "layerId", c.operation_id AS "operationId", c.uid, c.was_accepted AS "wasAccepted",
  b.digest AS "beforeDigest", b.bytes AS "beforeBytes", n.digest AS "afterDigest", n.bytes AS "afterBytes"
FROM mend_change c LEFT JOIN object_shape b ON b.digest = c.before LEFT JOIN object_shape n ON n.digest = c.after
WHERE c.mend_id = $1 ORDER BY c.layer_id, c.operation_id, c.uid`;

/** Images of accepted labels with what is usual for their group, for `checkSiblings`. */
export const selectSiblings = `
SELECT i.id, i.group_key AS "group", l.object_count AS "cellCount", i.height::double precision * i.width AS "areaPx",
  l.coverage = 'exhaustive' AS exhaustive, l.id AS "layerId"
FROM image i JOIN LATERAL (
  SELECT l.id, l.object_count, l.coverage FROM layer l WHERE l.image_id = i.id AND l.name = '' AND l.closed_at IS NULL
    AND l.status IN ('corrected', 'accepted')
  ORDER BY array_position(ARRAY['nuclear', 'wholeCell', 'cytoplasm'], l.compartment) LIMIT 1
) l ON true
WHERE i.project_id = $1 AND i.trashed_at IS NULL`;

/** Images with a plane that an earlier image of the project shows too, as it is, turned or mirrored. */
export const selectTwins = `
WITH planes AS (
  SELECT DISTINCT p.dihedral, i.id, i.name FROM image i JOIN plane_print p ON p.array_digest = i.array_digest
  WHERE i.project_id = $1 AND i.trashed_at IS NULL AND p.dihedral IS NOT NULL
), first AS (
  SELECT dihedral, min(id) AS id FROM planes GROUP BY dihedral HAVING count(*) > 1
)
SELECT p.id, min(o.name) AS twin, count(*) AS planes FROM first f
JOIN planes p ON p.dihedral = f.dihedral AND p.id <> f.id JOIN planes o ON o.dihedral = f.dihedral AND o.id = f.id
GROUP BY p.id, o.id`;

/** Image ids of a project, as a table expression that `makeMissingPrints` takes. The id is checked by its caller. */
export const imagesOf = (projectId: string): string =>
  `(SELECT array_digest FROM image WHERE project_id = '${projectId}' AND trashed_at IS NULL)`;

/** Items ($1 version of the rules) for whose revision the findings are not true, and whether it is the present state. */
const unchecked = (items: string): string => `
${items} d LEFT JOIN layer_check c ON c.revision_id = d.layer_revision_id AND c.rules = $1
WHERE c.layer_id IS NULL`;
export const countUnchecked = (items: string): string => `
SELECT count(*) AS layers, coalesce(sum(d.cell_count), 0) AS objects FROM ${unchecked(items)}`;
export const selectUnchecked = (items: string): string => `
SELECT u.image_id AS "imageId", u.layer_revision_id AS "revisionId", l.id AS "layerId",
  l.head_revision_id = u.layer_revision_id AND l.head_seq = l.seq AS present
FROM (SELECT d.image_id, d.layer_revision_id FROM ${unchecked(items)}) u
JOIN layer_revision r ON r.id = u.layer_revision_id JOIN layer l ON l.id = r.layer_id`;
/** Errors ($1 version of the rules, $2 project, $3 status) of items for whose revision the findings are true. */
export const selectErrors = (items: string): string => `
SELECT f.rule, f.image_id AS "imageId", d.name, f.detail
FROM finding f JOIN layer_check c ON c.layer_id = f.layer_id AND c.rules = $1
JOIN ${items} d ON d.layer_revision_id = c.revision_id
WHERE f.project_id = $2 AND f.severity = 'error' AND f.status <> 'fixed' AND f.status = $3`;
/** Waivers of a layer: what was waived, in which state. */
export const selectWaivers = `
SELECT key, state FROM finding WHERE layer_id = $1 AND status = 'waived'`;
