/**
 * Statements about a draft: what a version would hold, in temporary tables of one transaction.
 *
 * Everything that is true for each image is done by the database in one statement; only groups, of which there are far
 * fewer, are dealt with outside.
 */

import { type Selection, selectIds } from "./catalogue.ts";
import { facetFields } from "./catalogue-targets.ts";

/** Sorts and joins of a million rows stay in memory; given back at the end of the transaction. */
export const giveWorkMemory = `SET LOCAL work_mem = '192MB'`;

export const dropDraft = `DROP TABLE IF EXISTS draft_item, draft_group`;

export const createDraft = `
CREATE TEMP TABLE draft_item (
  image_id text NOT NULL, name text NOT NULL, array_digest text NOT NULL,
  layer_revision_id text NOT NULL, layer_root bytea NOT NULL, group_key text NOT NULL, cell_count integer NOT NULL,
  mpp_y double precision, mpp_x double precision, strata jsonb NOT NULL, source_id text NOT NULL, terms jsonb NOT NULL,
  region_digest text, more_layers jsonb
) ON COMMIT DROP`;

export const createDraftGroups = `
CREATE TEMP TABLE draft_group (group_key text NOT NULL, role text NOT NULL) ON COMMIT DROP`;

/** Fields whose values are frozen with an item; `compartment` comes from the layer. No personal data among them. */
const strataFields = [
  "kind",
  "organ",
  "cellLine",
  "species",
  "disease",
  "modality",
  "platform",
  "lab",
] as const;

/** `coverage` and `review` are there only where not everything is labelled, or accepted: training weighs by them. */
const strata = `jsonb_strip_nulls(jsonb_build_object(${strataFields
  .map((field) => `'${field}', i.metadata->>'${field}'`)
  .join(", ")}, 'compartment', l.compartment, 'coverage', nullif(r.coverage, 'exhaustive'),
  'review', CASE WHEN r.accepted THEN NULL ELSE 'corrected' END))`;

/**
 * What the frozen words stood for. Taking fields off is three times as fast as building the object anew, and a version may
 * have a million items.
 */
export const terms = `(i.terms - ARRAY[${facetFields
  .filter((field) => !(strataFields as readonly string[]).includes(field))
  .map((field) => `'${field}'`)
  .join(", ")}])`;

/** Where stains stand: of the image, and of the channels that a picture of a stained slide has. */
const stainFields = ["stain", "channel1Fluor", "channel2Fluor", "channel3Fluor"] as const;
export const stainWords = `LATERAL (VALUES ${stainFields.map((field) => `(i.metadata->>'${field}')`).join(", ")})`;
const hasStain = `i.metadata ?| ARRAY[${stainFields.map((field) => `'${field}'`).join(", ")}]`;

export const selectStainWords = `
SELECT DISTINCT w.word FROM draft_item d JOIN image i ON i.id = d.image_id, ${stainWords} w (word)
WHERE ${hasStain} AND w.word IS NOT NULL ORDER BY 1 LIMIT $1`;

/** $1 words, $2 the term of each. */
export const updateStains = `
UPDATE draft_item d SET terms = d.terms || jsonb_build_object('stain', s.curies) FROM (
  SELECT i.id, jsonb_agg(DISTINCT n.curie ORDER BY n.curie) AS curies
  FROM draft_item o JOIN image i ON i.id = o.image_id, ${stainWords} w (word), unnest($1::text[], $2::text[]) AS n (word, curie)
  WHERE ${hasStain} AND n.word = w.word GROUP BY i.id
) s WHERE s.id = d.image_id`;

const onlyCorrected = `(l.status = 'corrected'
  AND NOT EXISTS (SELECT FROM layer_revision a WHERE a.layer_id = l.id AND a.accepted))`;

/** Main layers of a project that somebody corrected, that nobody accepted, with edits since their newest revision. */
export const selectUncommitted = `
SELECT l.id FROM layer l JOIN image i ON i.id = l.image_id
WHERE i.project_id = $1 AND i.trashed_at IS NULL AND l.name = '' AND l.closed_at IS NULL AND l.seq > l.head_seq
  AND ${onlyCorrected} ORDER BY l.id`;

/** Groups that hold no accepted image: they can only train. */
export const selectGroupsOnlyCorrected = `
SELECT group_key AS key FROM draft_item GROUP BY group_key
HAVING bool_and(strata->>'review' IS NOT DISTINCT FROM 'corrected')`;

/** Images that are only corrected and lie in a group that judges: half a truth cannot judge. */
export const deleteCorrectedJudges = `
DELETE FROM draft_item d USING draft_group g
WHERE g.group_key = d.group_key AND g.role <> 'train' AND d.strata->>'review' = 'corrected'`;

/**
 * Newest accepted revision of each selected image; images without one are left out. Of several main
 * layers the first in the order nuclear, wholeCell, cytoplasm counts. Parameters: those of `selectIds`.
 *
 * @param corrected  of images without an accepted revision, the newest one of a layer that somebody corrected.
 */
export const fillDraft = (selection: Selection, corrected: boolean): string => `
INSERT INTO draft_item
SELECT DISTINCT ON (i.id) i.id, i.name, i.array_digest, r.id, r.root, i.group_key, r.object_count, i.mpp_y, i.mpp_x,
  ${strata}, i.source_id, ${terms}, r.region_digest
FROM (${selectIds(selection)}) c JOIN image i ON i.id = c.id
JOIN layer l ON l.image_id = i.id AND l.name = ''
JOIN layer_revision r ON r.layer_id = l.id AND (r.accepted${corrected ? ` OR ${onlyCorrected}` : ""})
ORDER BY i.id, r.accepted DESC, array_position(ARRAY['nuclear', 'wholeCell', 'cytoplasm'], l.compartment), r.number DESC`;

/** Images of the draft with pixels of more bytes than $1: those that may be too large to be read whole. */
export const selectDraftForms = `
SELECT i.id, i.shape, i.dtype FROM draft_item d JOIN image i ON i.id = d.image_id
JOIN blob b ON b.digest = i.array_digest WHERE b.bytes > $1`;
export const deleteFromDraft = "DELETE FROM draft_item WHERE image_id = ANY($1)";

/** Newest accepted revisions of the other main layers of images whose first one is accepted. */
export const pinMoreLayers = `
UPDATE draft_item d SET more_layers = m.layers FROM (
  SELECT n.image_id, jsonb_agg(jsonb_build_object('compartment', n.compartment, 'layerRevisionId', n.id,
    'layerRoot', encode(n.root, 'hex')) || jsonb_strip_nulls(jsonb_build_object(
      'coverage', nullif(n.coverage, 'exhaustive'), 'regionDigest', n.region_digest)) ORDER BY n.compartment) AS layers
  FROM (
    SELECT DISTINCT ON (l.id) o.image_id, l.compartment, r.id, r.root, r.coverage, r.region_digest
    FROM draft_item o JOIN layer l ON l.image_id = o.image_id AND l.name = '' AND l.compartment <> o.strata->>'compartment'
    JOIN layer_revision r ON r.layer_id = l.id AND r.accepted
    WHERE o.strata->>'review' IS NULL
    ORDER BY l.id, r.number DESC
  ) n GROUP BY n.image_id
) m WHERE m.image_id = d.image_id`;

/**
 * What the labels of an item are, for its digest: the first root and its region, and after it each other compartment with
 * its root. What is as usual (labelled everywhere) has no words.
 */
const labelRoots = `encode(layer_root, 'hex') || coalesce(' in ' || region_digest, '')
  || coalesce(' types ' || (SELECT v.types_digest FROM layer_revision v WHERE v.id = layer_revision_id), '')
  || CASE WHEN more_layers IS NULL THEN '' ELSE (
    SELECT string_agg(' ' || (m->>'compartment') || ' ' || (m->>'layerRoot') || coalesce(' ' || (m->>'coverage'), '')
      || coalesce(' in ' || (m->>'regionDigest'), ''), '' ORDER BY m->>'compartment')
    FROM jsonb_array_elements(more_layers) m) END`;

/** Layers of items whose cells may overlap, those of further compartments too. */
export const selectOverlapping = (items: string): string => `
SELECT t.image_id AS "imageId", t.name, l.compartment, r.id AS "revisionId", r.object_count AS objects
FROM ${items} t
CROSS JOIN LATERAL (SELECT t.layer_revision_id AS id
  UNION ALL SELECT m->>'layerRevisionId' FROM jsonb_array_elements(t.more_layers) m) p
JOIN layer_revision r ON r.id = p.id JOIN layer l ON l.id = r.layer_id AND l.overlap_allowed
ORDER BY t.name, t.image_id, l.compartment`;

export const countSelected = (selection: Selection): string =>
  `SELECT count(*) AS count FROM (${selectIds(selection)}) c`;

export const analyzeDraft = `ANALYZE draft_item`;
export const analyzeDraftGroups = `ANALYZE draft_group`;

/**
 * Groups that no test can rest on: nothing tells what their images share with others, or a model that people may start
 * from has seen one of them.
 */
export const selectTestlessGroups = `
SELECT DISTINCT d.group_key AS key FROM draft_item d JOIN image i ON i.id = d.image_id
WHERE NOT i.group_known OR d.group_key = 'image ' || d.image_id
UNION
SELECT d.group_key FROM model_print m JOIN plane_print p ON p.dihedral = m.dihedral
JOIN draft_item d ON d.array_digest = p.array_digest`;

/** Weight of each group per frozen description; an empty image still is one that must lie on one side. */
export const selectDraftGroups = `
SELECT group_key AS key, strata, sum(greatest(1, cell_count)) AS weight
FROM draft_item GROUP BY group_key, strata ORDER BY group_key, strata`;

export const insertDraftGroups = `
INSERT INTO draft_group SELECT * FROM unnest($1::text[], $2::text[])`;

/** The draft with roles, as a table expression; names as in `dataset_item`. */
export const draftItems = `(SELECT d.*, g.role FROM draft_item d JOIN draft_group g ON g.group_key = d.group_key)`;

export const selectCounts = (items: string): string => `
SELECT role, count(*) AS images, coalesce(sum(cell_count), 0) AS cells, count(DISTINCT group_key) AS groups
FROM ${items} t GROUP BY role`;

export const selectStrata = (items: string): string => `
SELECT strata, role, count(*) AS images, coalesce(sum(cell_count), 0) AS cells FROM ${items} t GROUP BY strata, role`;

export const selectDraftSources = `
SELECT s.title, s.licence, s.url, count(*) AS images FROM draft_item d JOIN source s ON s.id = d.source_id
GROUP BY s.id ORDER BY s.title, s.id`;

/** What a digest is made of, in the order of the pixels' digests, which no renaming or renumbering changes. */
export const digestCursor = (items: string): string => `
DECLARE digest_rows NO SCROLL CURSOR FOR
SELECT array_digest AS "array", ${labelRoots} AS labels, mpp_y AS "mppY", mpp_x AS "mppX", role,
  strata::text AS strata, nullif(terms, '{}')::text AS terms
FROM ${items} t ORDER BY array_digest COLLATE "C"`;
export const fetchDigestRows = (count: number): string => `FETCH ${count} FROM digest_rows`;
export const closeDigestCursor = `CLOSE digest_rows`;

export const insertDraftItems = `
INSERT INTO dataset_item (dataset_version_id, position, image_id, name, array_digest, layer_revision_id, layer_root,
  group_key, role, cell_count, mpp_y, mpp_x, strata, terms, region_digest, more_layers)
SELECT $1, row_number() OVER (ORDER BY d.array_digest COLLATE "C") - 1, d.image_id, d.name, d.array_digest, d.layer_revision_id,
  d.layer_root, d.group_key, d.role, d.cell_count, d.mpp_y, d.mpp_x, d.strata, d.terms, d.region_digest, d.more_layers
FROM ${draftItems} d ORDER BY d.array_digest COLLATE "C"`;

/** Items of the version $1 beside those of the draft. */
const beside = `
(SELECT * FROM dataset_item WHERE dataset_version_id = $1) o FULL JOIN ${draftItems} n
  ON n.array_digest = o.array_digest`;

/** Words, terms, size of pixels, and what the labels speak for. */
const description = (
  item: "o" | "n",
): string => `(${item}.strata, ${item}.terms, ${item}.mpp_y, ${item}.mpp_x,
  ${item}.region_digest, jsonb_path_query_array(${item}.more_layers, '$[*].coverage'),
  jsonb_path_query_array(${item}.more_layers, '$[*].regionDigest'))`;
const redescribed = `${description("o")} IS DISTINCT FROM ${description("n")}`;

/** Labels of any compartment; revisions of the same labels are the same. */
const relabelled = `(o.layer_root <> n.layer_root OR o.image_id IS NOT NULL AND n.image_id IS NOT NULL
  AND jsonb_path_query_array(o.more_layers, '$[*].layerRoot') IS DISTINCT FROM
      jsonb_path_query_array(n.more_layers, '$[*].layerRoot'))`;

export const countChanges = `
SELECT count(*) FILTER (WHERE o.image_id IS NULL) AS "imagesAdded",
  count(*) FILTER (WHERE n.image_id IS NULL) AS "imagesRemoved",
  count(*) FILTER (WHERE ${relabelled}) AS "imagesRelabelled",
  count(*) FILTER (WHERE o.role <> n.role) AS "imagesMoved",
  count(*) FILTER (WHERE o.image_id IS NOT NULL AND n.image_id IS NOT NULL AND ${redescribed}) AS "imagesRedescribed",
  coalesce(sum(n.cell_count) FILTER (WHERE o.image_id IS NULL), 0) AS "cellsAdded",
  coalesce(sum(o.cell_count) FILTER (WHERE n.image_id IS NULL), 0) AS "cellsRemoved"
FROM ${beside}`;

/** Images whose labels differ, with both revisions. */
export const selectRelabelled = `
SELECT n.image_id AS "imageId", o.layer_revision_id AS before, n.layer_revision_id AS after
FROM ${beside} WHERE o.layer_root <> n.layer_root ORDER BY n.array_digest COLLATE "C" LIMIT $2`;

/** Touched images of the kinds that follow from the items alone. $1 parent, $2 new version. */
export const insertChanges = `
INSERT INTO dataset_change (dataset_version_id, image_id, kind)
SELECT $2, coalesce(n.image_id, o.image_id), k.kind
FROM ${beside} CROSS JOIN LATERAL (VALUES
  ('removed', n.image_id IS NULL),
  ('relabelled', ${relabelled}),
  ('moved', o.role <> n.role),
  ('redescribed', o.image_id IS NOT NULL AND n.image_id IS NOT NULL AND ${redescribed})
) k (kind, holds)
WHERE k.holds`;
export const updateVerbs = `
UPDATE dataset_change c SET verbs = n.verbs::jsonb FROM unnest($2::text[], $3::text[]) AS n (image_id, verbs)
WHERE c.dataset_version_id = $1 AND c.kind = 'relabelled' AND c.image_id = n.image_id`;
