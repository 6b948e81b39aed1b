/**
 * Tracks of the objects of a layer, made from their origins.
 *
 * An object lives in one frame; a track is a chain of objects joined by links, a lineage is tracks joined by divisions.
 * Where `core/lineage` speaks of labels, this speaks of objects by their ids, because edits do. Only living objects count:
 * what comes from a deleted one begins a track.
 */

import type { OriginIndex } from "../edits/index.ts";

/** A living object of a movie. */
export interface PlacedCell {
  readonly uid: string;
  /** Frame. */
  readonly t: number;
  /** Centre of mass in pixels; pixel centres lie at whole numbers. */
  readonly y: number;
  readonly x: number;
  /** Pixels. */
  readonly area: number;
  /** Its box reaches the edge of the image. */
  readonly atEdge: boolean;
  /** Pixel value in exports; null until the server gave it. */
  readonly label: number | null;
}

export interface CellTrack {
  /** Position in the list of tracks: by first frame, then by the order of the cells. */
  readonly index: number;
  /** What it is called: the label of its first object. */
  readonly number: number | null;
  /** Its objects by time. */
  readonly cells: readonly PlacedCell[];
  readonly first: number;
  readonly last: number;
  /** Index of the track it came from by division; -1 for none. */
  readonly parent: number;
  /** Indexes of the tracks that came from it by division. */
  readonly daughters: readonly number[];
  /** Index of the first track of its lineage. */
  readonly root: number;
}

export interface CellTracks {
  readonly tracks: readonly CellTrack[];
  /** Track of an object. */
  readonly trackOf: (uid: string) => CellTrack | undefined;
  readonly cellOf: (uid: string) => PlacedCell | undefined;
}

/** @param cells  living objects, in any order. Cost: O(n log n) in objects. */
export function buildCellTracks(cells: Iterable<PlacedCell>, origins: OriginIndex): CellTracks {
  const ordered = [...cells].sort((a, b) => a.t - b.t || byLabel(a, b));
  const placed = new Map(ordered.map((cell) => [cell.uid, cell]));
  const indexOf = new Map<string, number>();
  const made: { cells: PlacedCell[]; parent: number; daughters: number[]; root: number }[] = [];
  for (const cell of ordered) {
    const origin = origins.originOf(cell.uid);
    const from = origin === null ? undefined : indexOf.get(origin.uid);
    if (from !== undefined && origin?.kind === "link") {
      made[from]?.cells.push(cell);
      indexOf.set(cell.uid, from);
      continue;
    }
    const index = made.length;
    const parent = from ?? -1;
    made.push({ cells: [cell], parent, daughters: [], root: made[parent]?.root ?? index });
    made[parent]?.daughters.push(index);
    indexOf.set(cell.uid, index);
  }
  const tracks = made.map((track, index): CellTrack => {
    const [first, last] = [track.cells[0] as PlacedCell, track.cells.at(-1) as PlacedCell];
    return { ...track, index, number: first.label, first: first.t, last: last.t };
  });
  return {
    tracks,
    trackOf: (uid) => tracks[indexOf.get(uid) ?? -1],
    cellOf: (uid) => placed.get(uid),
  };
}

/** Cells without a label yet come last; ids settle the rest, so that the order does not depend on how they arrive. */
function byLabel(a: PlacedCell, b: PlacedCell): number {
  const difference = (a.label ?? Infinity) - (b.label ?? Infinity);
  // Infinity minus infinity is no number.
  return difference || (a.uid < b.uid ? -1 : 1);
}

/** The track with its ancestors and everything that came from it. Cost: O(lineage). */
export function relativesOf(tracks: readonly CellTrack[], index: number): Set<number> {
  const found = new Set<number>();
  for (let at = index; at >= 0 && !found.has(at); at = tracks[at]?.parent ?? -1) found.add(at);
  const open = [...(tracks[index]?.daughters ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.add(next);
    open.push(...(tracks[next]?.daughters ?? []));
  }
  return found;
}

/** Runs of frames in which a track is seen, both ends included: more than one where it has gaps. */
export function runsOfTrack({ cells }: CellTrack): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const { t } of cells) {
    const run = runs.at(-1);
    if (run !== undefined && t <= run[1] + 1) run[1] = t;
    else runs.push([t, t]);
  }
  return runs;
}

/** The object of a track in a frame; else the last one before it, else its first. */
export function cellNear({ cells }: CellTrack, t: number): PlacedCell {
  return cells.findLast((cell) => cell.t <= t) ?? (cells[0] as PlacedCell);
}
