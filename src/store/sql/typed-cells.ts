/** Statements about what the cells of images are; `typed_cells` is settled before it is read. */

import { cellsTypeField } from "#core/select/index.ts";
import { rows, type Selection } from "./catalogue.ts";

export const settle = `SELECT typed_cells_settle($1)`;
export const selectCellTerms = `SELECT term FROM cell_term WHERE project_id = $1 ORDER BY term`;

export const hasTypedCells = `SELECT EXISTS (SELECT FROM typed_cells WHERE project_id = $1) AS found`;

/**
 * Cells of the selected images by the terms they bear together. A cell and its nucleus are in two layers of an image:
 * the larger number counts, as for `cells`.
 */
const chosen = (selection: Selection): string => `
WITH chosen AS MATERIALIZED (
  SELECT y.image_id, y.terms, max(y.cells) AS cells
  FROM (SELECT k.image_id ${rows(selection)}) k JOIN typed_cells y ON y.image_id = k.image_id
  GROUP BY 1, 2)`;

/** Rows of (terms, images, cells): terms that images have together, and terms that cells have together. */
export const selectTypeCounts = (selection: Selection): string => `${chosen(selection)}
SELECT terms, count(*) AS images, 0::bigint AS cells FROM (
  SELECT image_id, array_agg(DISTINCT t.term ORDER BY t.term) AS terms
  FROM chosen, unnest(terms) AS t (term) GROUP BY 1) i GROUP BY 1
UNION ALL
SELECT terms, 0, sum(cells)::bigint FROM chosen GROUP BY 1`;

/** Terms of the cells of the pinned revisions, beside the frozen terms of an item. */
export const pinCellTerms = `
UPDATE draft_item d SET terms = d.terms || jsonb_build_object('${cellsTypeField}', s.curies) FROM (
  SELECT p.image_id, jsonb_agg(DISTINCT t.term ORDER BY t.term) AS curies FROM (
    SELECT image_id, layer_revision_id AS id FROM draft_item
    UNION ALL
    SELECT image_id, m->>'layerRevisionId' FROM draft_item, jsonb_array_elements(more_layers) m
  ) p JOIN layer_revision r ON r.id = p.id, unnest(r.cell_terms) AS t (term)
  GROUP BY 1
) s WHERE s.image_id = d.image_id`;

/** Layers whose counts are not those of their cells. Marked ones are counted by the next question. */
export const selectWrongTypedCells = `
WITH truth AS (
  SELECT y.layer_id, y.terms, count(*) AS cells FROM object_types y
  JOIN object o ON o.layer_id = y.layer_id AND o.uid = y.uid JOIN layer l ON l.id = y.layer_id
  WHERE o.digest IS NOT NULL AND cardinality(y.terms) > 0 AND l.name = '' GROUP BY 1, 2
)
SELECT DISTINCT coalesce(c.layer_id, t.layer_id) AS id, '' AS what
FROM (SELECT layer_id, terms, cells FROM typed_cells) c
FULL JOIN truth t ON t.layer_id = c.layer_id AND t.terms = c.terms
LEFT JOIN typed_layer m ON m.layer_id = coalesce(c.layer_id, t.layer_id)
WHERE c.cells IS DISTINCT FROM t.cells AND m.stale IS NOT TRUE LIMIT $1`;
