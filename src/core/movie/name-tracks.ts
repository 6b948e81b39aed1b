/**
 * Names of cells as an annotator of the view would give them: a track is a cell as long as it is seen.
 *
 * A cell that leaves the view and comes back is a new track without a parent, because nobody who saw the movie could
 * tell. A daughter has a parent when both were seen, in frames that follow each other.
 */
import { type Track, withDaughters } from "../lineage/index.ts";
import type { Cell } from "./cell-state.ts";

export interface TrackNamer {
  /**
   * Names for the cells of the next frame.
   *
   * @param seenPx  pixels of each cell in view, in the order of `cells`.
   * @returns the label of each cell, 0 where too little of it is seen.
   */
  name(cells: readonly Cell[], seenPx: readonly number[]): Int32Array;
  /** Table of the frames so far. */
  tracks(): Track[];
}

/**
 * @param seenPxMin  a cell is in view from so many pixels on; to come in it must show twice as much, so that a cell at the
 *   edge does not flicker.
 */
export function createTrackNamer(seenPxMin: number): TrackNamer {
  const rows: { label: number; first: number; last: number; parent: number | null }[] = [];
  let before = new Map<number, number>();
  let t = 0;
  return {
    name: (cells, seenPx) => {
      const now = new Map<number, number>();
      const labels = Int32Array.from(cells, (cell, k) => {
        const known = before.get(cell.id);
        const mother = known === undefined ? before.get(cell.mother) : undefined;
        const enters = known === undefined && mother === undefined;
        if ((seenPx[k] as number) < seenPxMin * (enters ? 2 : 1)) return 0;
        const label = known ?? rows.length + 1;
        if (known === undefined) rows.push({ label, first: t, last: t, parent: mother ?? null });
        else rows[label - 1]!.last = t;
        now.set(cell.id, label);
        return label;
      });
      before = now;
      t++;
      return labels;
    },
    tracks: () => withDaughters(rows),
  };
}
