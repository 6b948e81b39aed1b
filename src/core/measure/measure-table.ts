/**
 * A table of measurements: one row per cell, one column per feature, each with its unit.
 *
 * Columns are Float64Array, so a table crosses from a worker to the page without a copy and writes to a file without
 * loss. What is not known is NaN: no value, never 0. Keys are those of exported data sets where both have the column.
 */

export type MeasureUnit = "" | "px" | "µm" | "µm²" | "°" | "intensity";

/** What a column is about: the shape, the cells around, spots in the cell, its place on a map of likeness, light of a channel. */
export type MeasureGroupName =
  | "place"
  | "shape"
  | "neighbours"
  | "compartments"
  | "spots"
  | "umap"
  | `c${number}`;

export interface MeasureColumn {
  /** Unique in its table; name of the column in files, such as `area_um2` or `c0_nuclear_mean`. */
  readonly key: string;
  /** For people, without the unit: `Area`, `DAPI nuclear mean`. */
  readonly title: string;
  readonly unit: MeasureUnit;
  readonly group: MeasureGroupName;
  /** Only whole numbers (and NaN). */
  readonly whole: boolean;
  /** One value per row; NaN where it is not known. */
  readonly values: Float64Array;
}

export interface MeasureTable {
  /** The cells' ids, one per row. */
  readonly ids: readonly string[];
  readonly columns: readonly MeasureColumn[];
}

/** A new column full of NaN. */
export function emptyColumn(column: Omit<MeasureColumn, "values">, rows: number): MeasureColumn {
  return { ...column, values: new Float64Array(rows).fill(Number.NaN) };
}

/** Column of a key, or undefined. */
export function columnNamed(table: MeasureTable, key: string): MeasureColumn | undefined {
  return table.columns.find((column) => column.key === key);
}

/** The same table with only some of its rows, in the order given. Cost: O(rows x columns). */
export function tableRows(table: MeasureTable, rows: readonly number[]): MeasureTable {
  return {
    ids: rows.map((row) => table.ids[row] as string),
    columns: table.columns.map((column) => ({
      ...column,
      values: Float64Array.from(rows, (row) => column.values[row] as number),
    })),
  };
}

/** What is known of a cell without measuring it. */
export interface CellFacts {
  /** Pixel value in label images; null when it has none yet. */
  readonly label: number | null;
  /** 0..1; null where no model said. */
  readonly confidence: number | null;
}

/** The same table with label and confidence of each cell as its first columns. */
export function withCellFacts(
  table: MeasureTable,
  factsOf: (id: string) => CellFacts | undefined,
): MeasureTable {
  const facts = table.ids.map(factsOf);
  const column = (key: keyof CellFacts, title: string, whole: boolean): MeasureColumn => ({
    key,
    title,
    unit: "",
    group: "place",
    whole,
    values: Float64Array.from(facts, (fact) => fact?.[key] ?? Number.NaN),
  });
  return {
    ids: table.ids,
    columns: [column("label", "Label", true), column("confidence", "Confidence", false), ...table.columns],
  };
}
