/** Statements behind the charts of a selection of images. */

import { counted, own, rows, type Selection } from "./catalogue.ts";

/** Lower edges of bins; 1, 2, 5 steps read well on an axis. */
export const cellEdges: readonly number[] = [
  0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
];
/** µm per pixel: from electron microscopes to slide overviews, finer where light microscopes work. */
export const mppEdges: readonly number[] = [
  0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.5, 2, 5, 10, 100,
];

/** µm. */
export const lengthEdges: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 200,
];

/** Term of a facet, else its word, else ''. */
const key = (field: string): string => `CASE WHEN ${field}::text = 'status' THEN n.status
  ELSE coalesce(c.terms->>${field}::text, c.fields->>${field}::text, '') END`;

/** Own parameters: the two fields. */
export const selectCross = (selection: Selection): string => `
WITH ${counted(selection)}
SELECT ${key(own(selection, 1))} AS "row", ${key(own(selection, 2))} AS "column",
  sum(n.images)::bigint AS images, sum(n.cells)::bigint AS cells
FROM counted n JOIN facet_combination c ON c.id = n.id GROUP BY 1, 2`;

const edges = (list: readonly number[], type: string): string => `ARRAY[${list.join(", ")}]::${type}[]`;

/** One pass, three ways of counting. */
export const selectSpread = (selection: Selection): string => `
WITH k AS (
  SELECT width_bucket(k.cells, ${edges(cellEdges, "integer")}) AS "cellsBin",
    width_bucket(k.mpp, ${edges(mppEdges, "double precision")}) AS "mppBin",
    date_trunc('month', k.imported)::date AS month, k.cells ${rows(selection)}
)
SELECT "cellsBin", "mppBin", to_char(month, 'YYYY-MM') AS month,
  CASE WHEN grouping("cellsBin") = 0 THEN 'cells' WHEN grouping("mppBin") = 0 THEN 'mpp' ELSE 'month' END AS of,
  count(*) AS images, sum(cells)::bigint AS cells
FROM k GROUP BY GROUPING SETS (("cellsBin"), ("mppBin"), (month))`;

/** Longer side of the bounding box of every cell in the main layers, in bins; null where the pixel size is not known. */
export const selectLengths = (selection: Selection): string => `
SELECT l.compartment, width_bucket(greatest((o.y1 - o.y0) * k.mpp_y, (o.x1 - o.x0) * k.mpp_x),
    ${edges(lengthEdges, "double precision")}) AS bin, count(DISTINCT k.image_id) AS images, count(*) AS cells
FROM (SELECT k.image_id, i.mpp_y, i.mpp_x ${rows(selection, { image: true })}) k
JOIN layer l ON l.image_id = k.image_id AND l.name = '' JOIN object o ON o.layer_id = l.id AND o.digest IS NOT NULL
GROUP BY 1, 2`;
