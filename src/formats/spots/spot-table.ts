/**
 * Spots as a table, for CSV and Parquet: where each is, of which kind, and which cell it belongs to.
 *
 * `cell_uid` and `cell_label` say the cell that counts, however it was found; `assigned_uid` only what a person said, so that
 * a table that is read back keeps the hand's word and computes the rest anew.
 */

import type { MeasureColumn, MeasureTable } from "#core/measure/index.ts";
import type { Spot } from "#core/spots/index.ts";
import type { TableText } from "../measure/index.ts";

export interface TabledSpot extends Spot {
  readonly uid: string;
  /** The cell it belongs to; null for none. */
  readonly cellUid: string | null;
  readonly cellLabel: number | null;
}

/** @param mpp  µm per pixel: adds places in µm, from the outer corner of the first pixel. */
export function spotTable(
  spots: readonly TabledSpot[],
  mpp: { readonly y: number; readonly x: number } | null,
): { readonly table: MeasureTable; readonly texts: readonly TableText[] } {
  const column = (
    key: string,
    unit: MeasureColumn["unit"],
    whole: boolean,
    of: (spot: TabledSpot) => number | null,
  ): MeasureColumn => ({
    ...{ key, title: key, unit, group: "spots", whole },
    values: Float64Array.from(spots, (spot) => of(spot) ?? Number.NaN),
  });
  const columns = [
    column("t", "", true, ({ t }) => t),
    column("z", "", true, ({ z }) => z),
    column("y_px", "px", false, ({ y }) => y),
    column("x_px", "px", false, ({ x }) => x),
    ...(mpp === null
      ? []
      : [
          column("y_um", "µm", false, ({ y }) => (y + 0.5) * mpp.y),
          column("x_um", "µm", false, ({ x }) => (x + 0.5) * mpp.x),
        ]),
    column("score", "", false, ({ score }) => score),
    column("cell_label", "", true, ({ cellLabel }) => cellLabel),
  ];
  const text = (key: string, of: (spot: TabledSpot) => string): TableText => ({ key, values: spots.map(of) });
  return {
    table: { ids: spots.map(({ uid }) => uid), columns },
    texts: [
      text("gene", ({ kind }) => kind),
      text("cell_uid", ({ cellUid }) => cellUid ?? ""),
      text("assigned_uid", ({ cell }) => (cell === "" ? "none" : (cell ?? ""))),
    ],
  };
}
