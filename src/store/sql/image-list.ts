/** Statements that list images; each takes a condition whose parameters come first. */

import type { Condition } from "./compile-query.ts";
import { summaryColumns, summaryTables } from "./images.ts";

/** Images of project $1 that are not in the trash, contain $2 (null: any) in name or metadata, and meet a condition. */
const selection = (condition: Condition): string => `
FROM ${summaryTables}
WHERE i.project_id = $1 AND i.trashed_at IS NULL
  AND ($2::text IS NULL OR position(lower($2) in lower(i.name)) > 0 OR EXISTS (
    SELECT FROM jsonb_each_text(i.metadata) m WHERE position(lower($2) in lower(m.value)) > 0))
  AND ${condition.sql}`;

/** Number of the first parameter the condition may use. */
export const firstConditionParam = 3;

/** A page after id `cursor`. */
export const selectPage = (condition: Condition): string => {
  const next = firstConditionParam + condition.params.length;
  return `SELECT ${summaryColumns} ${selection(condition)}
    AND ($${next}::text IS NULL OR i.id > $${next}) ORDER BY i.id LIMIT $${next + 1}`;
};

export const countImages = (condition: Condition): string =>
  `SELECT count(*) AS count ${selection(condition)}`;

export const selectIds = (condition: Condition): string =>
  `SELECT i.id ${selection(condition)} ORDER BY i.id`;

/** Values of each field with their counts, for fields of at most `max` values; most frequent first. */
export const selectFacets = (condition: Condition): string => `
WITH chosen AS (SELECT i.status, i.group_key, g.role, i.metadata ${selection(condition)}),
pairs AS (
  SELECT 'status' AS field, status AS value FROM chosen
  UNION ALL SELECT 'split', role FROM chosen WHERE role IS NOT NULL
  UNION ALL SELECT 'group', group_key FROM chosen
  UNION ALL SELECT m.key, m.value FROM chosen, jsonb_each_text(metadata) m
),
counted AS (
  SELECT field, value, count(*) AS count, count(*) OVER (PARTITION BY field) AS distinct_values
  FROM pairs GROUP BY field, value
)
SELECT field, value, count FROM counted WHERE distinct_values <= $${firstConditionParam + condition.params.length}
ORDER BY field, count DESC, value`;
