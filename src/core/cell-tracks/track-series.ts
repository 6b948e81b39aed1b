/** What was measured of cells, told by track and frame: lines of a plot, and a table with one row per cell and frame. */

import type { MeasureTable } from "../measure/index.ts";
import type { CellTrack, PlacedCell } from "./cell-tracks.ts";

export interface TrackSeries {
  readonly track: CellTrack;
  /** By frame; frames without a value (a gap, nothing measured) are left out. */
  readonly points: readonly { readonly t: number; readonly uid: string; readonly value: number }[];
}

/** @param valueIn  value of an object; not a finite number where there is none. Cost: O(objects). */
export function trackSeries(track: CellTrack, valueIn: (cell: PlacedCell) => number): TrackSeries {
  const points = track.cells
    .map((cell) => ({ t: cell.t, uid: cell.uid, value: valueIn(cell) }))
    .filter(({ value }) => Number.isFinite(value));
  return { track, points };
}

export interface SpeedUnits {
  /** Micrometres per pixel; null: pixels. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** Seconds per frame; null: frames. */
  readonly frameS: number | null;
}

/** "µm/min", "px/frame" and what lies between. */
export const speedUnit = ({ mpp, frameS }: SpeedUnits): string =>
  `${mpp === null ? "px" : "µm"}/${frameS === null ? "frame" : "min"}`;

/**
 * Speed of every object of a track: the way from the one before over the time between; NaN for the first.
 *
 * The way is that of the centre of mass, so drift of the stage counts as movement. Cost: O(objects).
 */
export function speedsOf({ cells }: CellTrack, { mpp, frameS }: SpeedUnits): Map<string, number> {
  const perFrame = frameS === null ? 1 : frameS / 60;
  return new Map(
    cells.map((cell, k) => {
      const before = cells[k - 1];
      if (before === undefined) return [cell.uid, Number.NaN];
      const way = Math.hypot((cell.y - before.y) * (mpp?.y ?? 1), (cell.x - before.x) * (mpp?.x ?? 1));
      return [cell.uid, way / ((cell.t - before.t) * perFrame)];
    }),
  );
}

/**
 * One row per cell and frame of the given tracks: track, parent, frame (from 0), place, speed, and all columns of a table.
 *
 * @param table  measurements, by object id; objects without a row have empty columns. Cost: O(rows x columns).
 */
export function trackSeriesCsv(
  tracks: readonly CellTrack[],
  all: readonly CellTrack[],
  table: MeasureTable | null,
  units: SpeedUnits,
): string {
  const columns = (table?.columns ?? []).filter(
    ({ key }) => !["t", "label", "centroid_y", "centroid_x"].includes(key),
  );
  const rowOf = new Map((table?.ids ?? []).map((uid, row) => [uid, row]));
  const number = (value: number | undefined): string =>
    value === undefined || !Number.isFinite(value) ? "" : String(Number(value.toPrecision(7)));
  const head = ["track", "parent", "frame", "label", "y_px", "x_px", `speed_${speedUnit(units)}`];
  const lines = [[...head, ...columns.map(({ key }) => key)].join(",")];
  for (const track of tracks) {
    const speeds = speedsOf(track, units);
    for (const cell of track.cells) {
      const row = rowOf.get(cell.uid);
      const parent = all[track.parent]?.number ?? "";
      const own = [track.number ?? "", parent, cell.t, cell.label ?? "", number(cell.y), number(cell.x)];
      const values = columns.map(({ values: list }) => number(row === undefined ? undefined : list[row]));
      lines.push([...own, number(speeds.get(cell.uid)), ...values].join(","));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}
