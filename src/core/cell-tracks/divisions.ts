/** The divisions of a movie as a list: frame, parent, daughters, and how long the parent had lived since it was born. */

import type { CellTrack } from "./cell-tracks.ts";

export interface DivisionRow {
  /** Index of the parent's track. */
  readonly parent: number;
  /** Last frame of the parent, from 0. */
  readonly t: number;
  /** The parent's last object. */
  readonly uid: string;
  /** Indexes of the daughters' tracks. */
  readonly daughters: readonly number[];
  /** Frames from the division that the parent was born in to this one; null where its birth was not seen. */
  readonly cycleFrames: number | null;
}

/** In order of frames. Cost: O(n log n). */
export function divisionsOf(tracks: readonly CellTrack[]): DivisionRow[] {
  const rows = tracks.flatMap((track): DivisionRow[] => {
    const { index, last, daughters, parent } = track;
    if (daughters.length === 0) return [];
    const born = tracks[parent]?.last;
    const uid = (track.cells.at(-1) as CellTrack["cells"][number]).uid;
    return [{ parent: index, t: last, uid, daughters, cycleFrames: born === undefined ? null : last - born }];
  });
  return rows.sort((a, b) => a.t - b.t || a.parent - b.parent);
}

/**
 * The list as CSV; frames count from 0, as in all files of tracks.
 *
 * @param frameS  seconds from frame to frame; null where nobody has said: the column of seconds is empty then.
 */
export function divisionsCsv(
  rows: readonly DivisionRow[],
  tracks: readonly CellTrack[],
  frameS: number | null,
): string {
  const nameOf = (index: number): string => String(tracks[index]?.number ?? "");
  const lines = rows.map(({ parent, t, daughters, cycleFrames }) =>
    [
      t,
      nameOf(parent),
      daughters.map(nameOf).join(" "),
      cycleFrames ?? "",
      cycleFrames === null || frameS === null ? "" : cycleFrames * frameS,
    ].join(","),
  );
  return `${["frame,parent,daughters,cycle_frames,cycle_s", ...lines].join("\r\n")}\r\n`;
}
