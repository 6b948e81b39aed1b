/**
 * Types of cells as a table, for CSV and Parquet: one row per cell and type, with its term, its name and how it came there.
 *
 * A cell is named by uid and label, and by a pixel that is its own, so that the table can be laid over any picture of the
 * labels. Cells that nobody looked at have no row; a cell that someone looked at and could not tell has the term `unknown`.
 */

import type { CellTypes } from "#core/cell-types/index.ts";
import { type ObjectShape, pixelInside } from "#core/labels/index.ts";
import type { MeasureColumn, MeasureTable } from "#core/measure/index.ts";
import type { TableText } from "../measure/index.ts";

export interface TabledCell {
  readonly uid: string;
  readonly label: number;
  readonly shape: ObjectShape;
  readonly types?: CellTypes | null | undefined;
}

/** @param nameOf  name of a term for people. Cost: O(cells with types). */
export function cellTypeTable(
  cells: readonly TabledCell[],
  nameOf: (term: string) => string,
): { readonly table: MeasureTable; readonly texts: readonly TableText[] } {
  const rows = cells.flatMap(({ uid, label, shape, types }) =>
    (types ?? []).map(({ term, by }) => ({
      uid,
      label,
      term,
      by,
      ...pixelInside(shape),
      t: shape.t,
      z: shape.z,
    })),
  );
  type Row = (typeof rows)[number];
  const column = (key: string, unit: MeasureColumn["unit"], of: (row: Row) => number): MeasureColumn => ({
    ...{ key, title: key, unit, group: "place", whole: true },
    values: Float64Array.from(rows, of),
  });
  const text = (key: string, of: (row: Row) => string): TableText => ({ key, values: rows.map(of) });
  return {
    table: {
      ids: rows.map(({ uid }) => uid),
      columns: [
        column("label", "", ({ label }) => label),
        column("t", "", ({ t }) => t),
        column("z", "", ({ z }) => z),
        column("y_px", "px", ({ y }) => y),
        column("x_px", "px", ({ x }) => x),
      ],
    },
    texts: [
      text("term", ({ term }) => term),
      text("name", ({ term }) => nameOf(term)),
      text("by", ({ by }) => by),
    ],
  };
}
