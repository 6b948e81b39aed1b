/** Statements about facts of images. */

import { stainWords, terms } from "./drafts.ts";

const channels = `
  (SELECT coalesce(jsonb_agg(jsonb_build_object('index', c.index, 'name', c.name, 'role', c.role) ORDER BY c.index), '[]')
    FROM channel c WHERE c.image_id = i.id) AS channels`;

export const selectImageFacts = `
SELECT i.id AS "imageId", i.height, i.width, ${channels}
FROM image i WHERE i.id = ANY($1)`;

export const selectImageKinds = `
SELECT k.channels, k.modality, count(*)::integer AS count FROM (
  SELECT ${channels}, i.metadata->>'modality' AS modality
  FROM image i WHERE i.project_id = $1 AND i.trashed_at IS NULL ORDER BY i.id DESC LIMIT $2) k
GROUP BY k.channels, k.modality`;

export const selectObjectSizes = `
SELECT r.id AS "revisionId",
  percentile_cont(0.5) WITHIN GROUP (ORDER BY sqrt((o.y1 - o.y0)::double precision * (o.x1 - o.x0))) AS "sizePx"
FROM layer_revision r JOIN object o ON o.layer_id = r.layer_id AND o.digest IS NOT NULL
WHERE r.id = ANY($1) GROUP BY r.id`;

/** As a draft has them, but for stains, which come as words. */
export const selectImageTerms = `
SELECT ${terms} AS terms, (SELECT coalesce(jsonb_agg(DISTINCT w.word), '[]') FROM ${stainWords} w (word)
  WHERE w.word IS NOT NULL) AS stains
FROM image i WHERE i.id = $1`;
