/**
 * Numbers for charts: two facets crossed, and how images are spread over cell counts, pixel sizes and months.
 *
 * The cross comes from combinations of words; the spreads from one pass over the selected catalogue rows. Exact.
 */

import { findSelection, type ImageFilter } from "./select-images.ts";
import type { FacetField } from "./sql/catalogue-targets.ts";
import * as text from "./sql/statistics.ts";
import type { Store } from "./store.ts";
import { loadVocabulary } from "./vocabulary.ts";

export interface StatisticsOptions extends ImageFilter {
  readonly rows: FacetField | "status";
  readonly columns: FacetField | "status";
}

/** One value of a facet: a term, or a word that stands for none; "" where an image has neither. */
export interface FacetKey {
  readonly key: string;
  readonly label: string;
}

export interface CrossCell {
  /** Index into `rows`, `columns`. */
  readonly row: number;
  readonly column: number;
  readonly images: number;
  readonly cells: number;
}

export interface Bin {
  /** Half-open [low, high); null for images whose value is not known. */
  readonly low: number | null;
  readonly high: number | null;
  readonly images: number;
  readonly cells: number;
}

export interface ImageStatistics {
  readonly images: number;
  readonly cells: number;
  /** Rows and columns with most cells first. */
  readonly cross: {
    readonly rows: readonly FacetKey[];
    readonly columns: readonly FacetKey[];
    readonly cells: readonly CrossCell[];
  };
  readonly cellsPerImage: readonly Bin[];
  /** µm per pixel. */
  readonly pixelSize: readonly Bin[];
  /** By month of import, `YYYY-MM`, oldest first. */
  readonly imported: readonly { readonly month: string; readonly images: number; readonly cells: number }[];
  /** Longer side of a cell's bounding box in µm, per compartment; null when there are too many cells to read. */
  readonly cellLength: readonly { readonly compartment: string; readonly bins: readonly Bin[] }[] | null;
}

/** Boxes read for one chart: about half a second. */
const cellsReadMax = 300_000;

interface CrossRow {
  readonly row: string;
  readonly column: string;
  readonly images: number;
  readonly cells: number;
}

/** @throws FoundryError `query.term`. */
export async function imageStatistics(store: Store, options: StatisticsOptions): Promise<ImageStatistics> {
  const selection = await findSelection(store, options);
  const vocabulary = await loadVocabulary(store);
  const label = (key: string): string => vocabulary.term(key)?.label ?? key;
  const [pairs, spread] = await Promise.all([
    store.sql.query<CrossRow>(text.selectCross(selection), [
      ...selection.params,
      options.rows,
      options.columns,
    ]),
    store.sql.query<SpreadRow>(text.selectSpread(selection), selection.params),
  ]);
  const rows = axisOf(pairs, "row", label);
  const columns = axisOf(pairs, "column", label);
  const at = (keys: readonly FacetKey[]): Map<string, number> => new Map(keys.map(({ key }, i) => [key, i]));
  const [rowAt, columnAt] = [at(rows), at(columns)];
  const cells = pairs.reduce((sum, pair) => sum + pair.cells, 0);
  return {
    images: pairs.reduce((sum, pair) => sum + pair.images, 0),
    cells,
    cross: {
      rows,
      columns,
      cells: pairs.map(({ row, column, images, cells }) => ({
        row: rowAt.get(row) as number,
        column: columnAt.get(column) as number,
        images,
        cells,
      })),
    },
    cellsPerImage: toBins(
      spread.flatMap((row) => (row.of === "cells" ? [{ ...row, bin: row.cellsBin }] : [])),
      text.cellEdges,
    ),
    pixelSize: toBins(
      spread.flatMap((row) => (row.of === "mpp" ? [{ ...row, bin: row.mppBin }] : [])),
      text.mppEdges,
    ),
    cellLength: cells > cellsReadMax ? null : await cellLengths(store, selection),
    imported: spread
      .flatMap(({ month, images, cells }) => (month === null ? [] : [{ month, images, cells }]))
      .sort((a, b) => (a.month < b.month ? -1 : 1)),
  };
}

function axisOf(
  pairs: readonly CrossRow[],
  side: "row" | "column",
  label: (key: string) => string,
): FacetKey[] {
  const sums = new Map<string, number>();
  for (const pair of pairs) sums.set(pair[side], (sums.get(pair[side]) ?? 0) + pair.cells);
  return [...sums]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([key]) => ({ key, label: label(key) }));
}

interface SpreadRow {
  readonly cellsBin: number | null;
  readonly mppBin: number | null;
  readonly month: string | null;
  readonly of: "cells" | "mpp" | "month";
  readonly images: number;
  readonly cells: number;
}

interface BinRow {
  readonly bin: number | null;
  readonly images: number;
  readonly cells: number;
}

/** Bins between the edges, empty ones within the range included, the unknown last. */
function toBins(rows: readonly BinRow[], edges: readonly number[]): Bin[] {
  const byBin = new Map(rows.map((row) => [row.bin, row]));
  const known = [...byBin.keys()].filter((bin) => bin !== null);
  const result: Bin[] = [];
  for (let bin = Math.min(...known); bin <= Math.max(...known); bin++) {
    const { images, cells } = byBin.get(bin) ?? { images: 0, cells: 0 };
    result.push({ low: edges[bin - 1] ?? 0, high: edges[bin] ?? null, images, cells });
  }
  const unknown = byBin.get(null);
  if (unknown !== undefined)
    result.push({ low: null, high: null, images: unknown.images, cells: unknown.cells });
  return result;
}

async function cellLengths(
  store: Store,
  selection: Parameters<typeof text.selectLengths>[0],
): Promise<ImageStatistics["cellLength"]> {
  const rows = await store.sql.query<BinRow & { readonly compartment: string }>(
    text.selectLengths(selection),
    selection.params,
  );
  return [...Map.groupBy(rows, ({ compartment }) => compartment)]
    .map(([compartment, own]) => ({ compartment, bins: toBins(own, text.lengthEdges) }))
    .sort((a, b) => (a.compartment < b.compartment ? -1 : 1));
}
