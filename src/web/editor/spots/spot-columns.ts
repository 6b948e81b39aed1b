/** Spots of each cell as columns of the table of measurements, one per kind. */

import type { MeasureColumn } from "#core/measure/index.ts";
import { countSpots } from "#core/spots/index.ts";
import type { PlaneAt } from "../model/planes.ts";
import type { SpotDesk } from "./spot-desk.ts";

/** @param planes  the planes whose cells are rows. Cost: O(spots of these planes). */
export function spotColumns(
  desk: SpotDesk,
  planes: readonly PlaneAt[],
  ids: readonly string[],
): MeasureColumn[] {
  const { kinds } = desk;
  if (kinds.length === 0) return [];
  const assigned = planes.flatMap((plane) => {
    const cells = desk.cellsOf(plane);
    return desk.spotsAt(plane).map(({ uid, kind }) => ({ kind, cell: cells.get(uid) ?? null }));
  });
  const { byCell } = countSpots(assigned, kinds);
  return kinds.map((kind, k) => ({
    key: `spots_${kind.replaceAll(/[^\p{L}\p{N}]+/gu, "_")}`,
    title: `${kind} spots`,
    unit: "",
    group: "spots",
    whole: true,
    values: Float64Array.from(ids, (uid) => byCell.get(uid)?.[k] ?? 0),
  }));
}
