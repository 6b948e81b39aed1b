/** Statements about terms, the words that stand for them, and combinations of words. */

import { meaningsLock } from "../migrations/0003-catalogue.ts";

export const selectVocabularyVersion = `SELECT version FROM vocabulary_state`;
export const raiseVocabularyVersion = `UPDATE vocabulary_state SET version = version + 1`;
export const selectTerms = `SELECT body, is_local AS "isLocal" FROM term ORDER BY curie`;
export const selectInstalledSources = `
SELECT t.body->>'source' AS source, t.body->>'release' AS release, count(*)::integer AS terms,
  max(t.created_at) AS "at", min(a.name) AS agent
FROM term t JOIN agent a ON a.id = t.created_by WHERE NOT t.is_local GROUP BY 1, 2 ORDER BY 1, 2`;
export const upsertTerms = `
INSERT INTO term (curie, body, is_local, created_by, created_at)
SELECT n.body->>'curie', n.body, $2, $3, $4 FROM jsonb_array_elements($1::jsonb) AS n (body)
ON CONFLICT (curie) DO UPDATE SET body = excluded.body, created_by = excluded.created_by,
  created_at = excluded.created_at WHERE term.is_local = excluded.is_local`;
export const deleteInstalled = `
DELETE FROM term WHERE NOT is_local AND body->>'source' = ANY($1::text[])`;

/** Waits for every transaction that writes down what words mean, and keeps new ones away until the end. */
export const lockMeanings = `SELECT pg_advisory_xact_lock(${meaningsLock})`;

export const selectMissingWords = `
SELECT n.field, n.word FROM unnest($2::text[], $3::text[]) AS n (field, word)
WHERE NOT EXISTS (SELECT FROM facet_word w WHERE w.project_id = $1 AND w.field = n.field
  AND hashtextextended(w.word, 0) = hashtextextended(n.word, 0))`;
export const insertWords = `
INSERT INTO facet_word (project_id, field, word, curie, bucket, state)
SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  AS n (field, word, curie, bucket, state)
ORDER BY field, word ON CONFLICT DO NOTHING`;

/** Words nobody has looked up yet; a partial index makes this free when there are none. */
export const selectNewWords = `
SELECT id, field, word, curie, bucket, state FROM facet_word WHERE state = 'new' AND project_id = $1`;
export const hasStale = `SELECT EXISTS (SELECT FROM facet_combination WHERE stale) AS found`;
export const selectAllWords = `
SELECT id, project_id AS "projectId", field, word, curie, bucket, state FROM facet_word WHERE state NOT IN ('plain', 'chosen')`;
export const selectChosenWords = `
SELECT id, field, word, curie, bucket, state FROM facet_word WHERE state = 'chosen' AND curie = $1`;
export const selectWordsLike = `
SELECT id, field, word, curie, bucket, state FROM facet_word
WHERE project_id = $1 AND field = $2 AND lower(word) = lower($3::text)`;

export const updateWords = `
UPDATE facet_word w SET curie = n.curie, bucket = n.bucket, state = n.state
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[]) AS n (id, curie, bucket, state) WHERE w.id = n.id`;
export const followWords = `SELECT facet_words_changed($1::integer[])`;

/** Gives images of stale combinations their terms, some at a time; returns how many. */
export const followStaleImages = `
WITH late AS (
  SELECT k.image_id, c.terms, c.buckets || i.bucket_choices AS buckets FROM facet_combination c JOIN catalogue k ON k.combination_id = c.id
  JOIN image i ON i.id = k.image_id
  WHERE c.stale AND (i.terms <> c.terms OR i.buckets <> c.buckets || i.bucket_choices) ORDER BY k.image_id LIMIT $1
)
UPDATE image i SET terms = late.terms, buckets = late.buckets FROM late WHERE i.id = late.image_id RETURNING i.id`;
export const clearStale = `UPDATE facet_combination SET stale = false WHERE stale`;

/** Words of a project that stand for no term, with the images that have them. */
export const selectWordsWithoutTerm = `
SELECT w.field, w.word, w.state, sum(n.images)::bigint AS images
FROM facet_word w JOIN facet_combination c ON c.project_id = $1 AND c.words @> ARRAY[w.id]
JOIN facet_count n ON n.combination_id = c.id
WHERE w.project_id = $1 AND w.state IN ('new', 'ambiguous', 'unknown')
GROUP BY w.id HAVING sum(n.images) > 0 ORDER BY images DESC, w.field, w.word LIMIT $2`;
