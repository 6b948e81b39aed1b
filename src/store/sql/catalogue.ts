/**
 * Statements that count and list images.
 *
 * A selection is a condition on combinations of words (`combination`) and one on images (`row`), with the number of
 * tables the latter needs. Parameters: $1 the project, then those of the two conditions, then the statement's own.
 */

import type { Level } from "./catalogue-targets.ts";
import { summaryColumns } from "./images.ts";

export interface Selection {
  /** Condition on `c`; null: every combination. */
  readonly combination: string | null;
  /** The same on `k`, when the combinations are known by id. */
  readonly byId: string | null;
  /** Condition on `k`, `g`, `i`; null: none. */
  readonly row: string | null;
  /** Condition on `x`, the free text; null: none. */
  readonly text: string | null;
  readonly level: Level;
  readonly params: readonly unknown[];
}

/** Number of a statement's own n-th parameter (from 1). */
export const own = ({ params }: Selection, n: number): string => `$${params.length + n}`;

const groupJoin = `JOIN image_group g ON g.id = k.group_id`;

/** Images of a selection as `k`, with `i`, `g`, `x` where the selection or the statement needs them. */
export function rows(
  selection: Selection,
  needs: { readonly image?: boolean; readonly group?: boolean } = {},
): string {
  const { combination, byId, row, text, level } = selection;
  const chosen = `k.combination_id IN (SELECT c.id FROM facet_combination c WHERE c.project_id = $1 AND ${combination})`;
  return [
    "FROM catalogue k",
    needs.image === true || level >= 3 ? "JOIN image i ON i.id = k.image_id" : "",
    needs.group === true || level >= 2 ? groupJoin : "",
    text === null ? "" : "JOIN image_text x ON x.image_id = k.image_id",
    "WHERE k.project_id = $1",
    combination === null ? "" : `AND ${byId ?? chosen}`,
    row === null ? "" : `AND ${row}`,
    text === null ? "" : `AND ${text}`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** Images and cells of each combination of a selection; from counts alone when no image has to be looked at. */
export function counted(selection: Selection): string {
  const { combination, row, text } = selection;
  if (row === null && text === null) {
    return `counted AS MATERIALIZED (
  SELECT c.id, c.status, c.words, sum(n.images)::bigint AS images, sum(n.cells)::bigint AS cells
  FROM facet_combination c JOIN facet_count n ON n.combination_id = c.id
  WHERE c.project_id = $1 AND ${combination ?? "true"} GROUP BY c.id HAVING sum(n.images) > 0)`;
  }
  return `picked AS (
  SELECT k.combination_id, count(*) AS images, sum(k.cells) AS cells ${rows(selection)} GROUP BY k.combination_id),
counted AS MATERIALIZED (
  SELECT c.id, c.status, c.words, p.images, p.cells FROM picked p JOIN facet_combination c ON c.id = p.combination_id)`;
}

/** Rows of (field, word, curie, state, images, cells): every word, every status, and the total with field ''. */
export const selectCounts = (selection: Selection): string => `
WITH ${counted(selection)}
SELECT w.field, w.word, w.curie, w.state, n.images, n.cells
FROM (SELECT u.id, sum(images)::bigint AS images, sum(cells)::bigint AS cells
  FROM counted, unnest(words) AS u (id) GROUP BY u.id) n JOIN facet_word w ON w.id = n.id
UNION ALL
SELECT 'status', status, NULL, 'plain', sum(images)::bigint, sum(cells)::bigint FROM counted GROUP BY status
UNION ALL
SELECT '', '', NULL, 'plain', coalesce(sum(images), 0)::bigint, coalesce(sum(cells), 0)::bigint FROM counted`;

/** Images per role of their group; '' for groups without one. */
export const selectSplitCounts = (selection: Selection): string => `
SELECT coalesce(g.role, '') AS word, count(*) AS images, sum(k.cells)::bigint AS cells
${rows(selection, { group: true })} GROUP BY 1`;

export const hasRoles = `SELECT EXISTS (SELECT FROM group_split WHERE project_id = $1) AS found`;

export const selectGroupCounts = (selection: Selection): string => `
SELECT g.key AS word, n.images, n.cells FROM (
  SELECT k.group_id, count(*) AS images, sum(k.cells)::bigint AS cells ${rows(selection)} GROUP BY 1
  LIMIT ${own(selection, 1)}
) n JOIN image_group g ON g.id = n.group_id`;

/** Number of groups a project has or had, counted no further than $2. */
export const countGroups = `
SELECT count(*) AS count FROM (SELECT FROM image_group WHERE project_id = $1 LIMIT $2) g`;

/** Values of the metadata fields that are no facets, for fields of at most `max` values. */
export const selectOtherFields = (selection: Selection): string => `
WITH pairs AS (
  SELECT m.key AS field, m.value AS word, count(*) AS images, sum(k.cells)::bigint AS cells
  FROM (SELECT k.image_id, k.cells ${rows(selection)}) k JOIN image i ON i.id = k.image_id,
    jsonb_each_text(i.metadata) m
  WHERE m.key <> ALL(facet_fields()) GROUP BY 1, 2
)
SELECT field, word, images, cells FROM (
  SELECT *, count(*) OVER (PARTITION BY field) AS distinct_words FROM pairs
) p WHERE distinct_words <= ${own(selection, 1)}`;

export const selectTotal = (selection: Selection): string => `SELECT count(*) AS images ${rows(selection)}`;

/** Ids of the combinations of a selection, at most as many as its own parameter says. */
export const selectCombinations = (selection: Selection): string => `
SELECT c.id FROM facet_combination c WHERE c.project_id = $1 AND ${selection.combination ?? "true"}
LIMIT ${own(selection, 1)}`;

/** Total without looking at an image; only for a selection without row condition and text. */
export const selectCombinationTotal = (selection: Selection): string => `
SELECT coalesce(sum(n.images), 0)::bigint AS images
FROM facet_combination c JOIN facet_count n ON n.combination_id = c.id
WHERE c.project_id = $1 AND ${selection.combination ?? "true"}`;

export const selectIds = (selection: Selection): string =>
  `SELECT k.image_id AS id ${rows(selection)} ORDER BY k.image_id`;

/** How a list may be ordered: expression, and whether it is unique by itself. */
const orders = {
  imported: { sql: "k.image_id", type: "text" },
  name: { sql: "lower(left(i.name, 200))", type: "text" },
  cells: { sql: "k.cells", type: "integer" },
  mpp: { sql: "coalesce(k.mpp, 0)", type: "double precision" },
} as const;

export type Order = keyof typeof orders;

/**
 * A page. Its own parameters: the limit, then, when it goes on from another page, the last id of that one and (unless in
 * order of import) its `key`. The page is cut before the summary is read.
 */
export function selectPage(
  selection: Selection,
  order: Order,
  { descending, goesOn }: { readonly descending: boolean; readonly goesOn: boolean },
): string {
  const { sql, type } = orders[order];
  const id = order === "name" ? "i.id" : "k.image_id";
  const way = descending ? "DESC" : "ASC";
  const sign = descending ? "<" : ">";
  const limits: string[] = order === "name" ? ["AND i.project_id = $1"] : [];
  if (goesOn && order === "imported") limits.push(`AND ${id} ${sign} ${own(selection, 2)}`);
  if (goesOn && order !== "imported") {
    limits.push(`AND (${sql}, ${id}) ${sign} (${own(selection, 3)}::${type}, ${own(selection, 2)})`);
  }
  const sorted = (key: string, last: string): string =>
    `ORDER BY ${order === "imported" ? "" : `${key} ${way}, `}${last} ${way}`;
  return `
WITH page AS MATERIALIZED (
  SELECT k.image_id, ${sql} AS key ${rows(selection, { image: order === "name" })} ${limits.join(" ")}
  ${sorted(sql, id)} LIMIT ${own(selection, 1)})
SELECT ${summaryColumns}, p.key FROM page p JOIN image i ON i.id = p.image_id
LEFT JOIN group_split g ON g.project_id = i.project_id AND g.group_key = i.group_key
${sorted("p.key", "p.image_id")}`;
}
