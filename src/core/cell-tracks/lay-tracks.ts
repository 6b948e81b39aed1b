/**
 * Rows of a chart of tracks: one under the other, or as trees in which a parent stands between its daughters.
 *
 * Time is the other axis and needs no layout. Rows are whole numbers for tracks without daughters, so that trees need as many
 * rows as they have leaves.
 */

import type { CellTrack } from "./cell-tracks.ts";

export interface ChartRow {
  /** Index of the track. */
  readonly track: number;
  /** Row of its line; a fraction between those of its daughters. */
  readonly row: number;
}

export interface ChartLayout {
  /** By row, ascending. */
  readonly rows: readonly ChartRow[];
  readonly rowCount: number;
}

/** One row a track, in the order given by `compare` (default: by beginning). Cost: O(n log n). */
export function layRows(
  tracks: readonly CellTrack[],
  compare: (a: CellTrack, b: CellTrack) => number = (a, b) => a.index - b.index,
): ChartLayout {
  const rows = [...tracks].sort(compare).map(({ index }, row) => ({ track: index, row }));
  return { rows, rowCount: rows.length };
}

/**
 * Lineages as trees, in the order of their first tracks.
 *
 * @param tracks  all of them, by index. @param isShown  which lineages, by the index of their first track.
 * Cost: O(n log n).
 */
export function layTree(
  tracks: readonly CellTrack[],
  isShown: (root: CellTrack) => boolean = () => true,
): ChartLayout {
  const rowOf = new Map<number, number>();
  let next = 0;
  for (const root of tracks) {
    if (root.root !== root.index || !isShown(root)) continue;
    // Without recursion: a lineage of a long movie may be deep.
    const open: { readonly index: number; readonly seen: boolean }[] = [{ index: root.index, seen: false }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const { daughters } = tracks[step.index] as CellTrack;
      const [first, last] = [daughters[0], daughters.at(-1)];
      if (first === undefined || last === undefined) rowOf.set(step.index, next++);
      else if (step.seen)
        rowOf.set(step.index, ((rowOf.get(first) as number) + (rowOf.get(last) as number)) / 2);
      else {
        open.push({ index: step.index, seen: true });
        for (const index of daughters.toReversed()) open.push({ index, seen: false });
      }
    }
  }
  const rows = [...rowOf].map(([track, row]) => ({ track, row }));
  return { rows: rows.sort((a, b) => a.row - b.row || a.track - b.track), rowCount: next };
}

/** Rows between two, both included, from a list sorted by row. Cost: O(log rows + found). */
export function rowsBetween(rows: readonly ChartRow[], from: number, to: number): ChartRow[] {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as ChartRow).row < from) low = middle + 1;
    else high = middle;
  }
  const found: ChartRow[] = [];
  for (let k = low; k < rows.length && (rows[k] as ChartRow).row <= to; k++) found.push(rows[k] as ChartRow);
  return found;
}
