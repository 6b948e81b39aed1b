/**
 * What is true of the candidates of a window, where it is known which cells each detection shows.
 *
 * In every frame a cell is shown by one detection: its mask; of a cell cut in two the union of the pieces where that is
 * offered, else the first piece; of two cells in one mask one of them, drawn at random, the other being missed. What shows
 * nobody appears and vanishes. A cell that comes from nothing that is among the candidates appears, because that is the
 * best a solver can choose.
 */
import type { Track } from "#core/lineage/index.ts";
import type { Rng } from "#core/rng.ts";
import type { CandidateWindow } from "#core/tracking/index.ts";
import type { WayTables } from "./link-tables.ts";

export interface WindowTargets {
  /** Of each way kept: 1 for a true link, 2 for a true division (both daughters). */
  readonly way: Float32Array;
  /** Of each detection. */
  readonly appears: Float32Array;
  readonly originWeight: Float32Array;
  readonly vanishes: Float32Array;
  readonly vanishesWeight: Float32Array;
  readonly real: Float32Array;
  readonly realWeight: Float32Array;
}

/** Labels of the tracks shown by each detection, by frame of the window and position. */
export type ShownCells = readonly (readonly (readonly number[])[])[];

/** Position of the detection that shows each cell, by frame; and -1 or the cell of each detection. */
function owners(
  { frames, offsets }: CandidateWindow,
  shown: ShownCells,
  random: Rng,
): { at: Map<number, number>[]; cellOf: Int32Array } {
  const cellOf = new Int32Array(offsets[frames.length]!).fill(-1);
  const at = frames.map((frame, f) => {
    const found = new Map<number, number>();
    const parts = frame.parts ?? [];
    const unions = new Set<number>();
    for (let k = 0; k < parts.length; k += 3) {
      const [union, first, second] = [parts[k]!, parts[k + 1]!, parts[k + 2]!];
      unions.add(union);
      const [a, b] = [shown[f]![first]!, shown[f]![second]!];
      if (a.length === 1 && b.length === 1 && a[0] === b[0]) found.set(a[0]!, union);
    }
    for (const [i, cells] of shown[f]!.entries()) {
      if (cells.length === 0 || unions.has(i)) continue;
      const cell = cells.length === 1 ? cells[0]! : random.pick(cells);
      if (!found.has(cell)) found.set(cell, i);
    }
    for (const [cell, i] of found) cellOf[offsets[f]! + i] = cell;
    return new Map([...found].map(([cell, i]) => [cell, offsets[f]! + i]));
  });
  return { at, cellOf };
}

/** @param tracks  of the movie, for parents. @param random  who stands for a merged mask. */
export function windowTargets(
  window: CandidateWindow,
  tables: WayTables,
  shown: ShownCells,
  tracks: ReadonlyMap<number, Track>,
  random: Rng,
): WindowTargets {
  const { frames, frameOf, offsets } = window;
  const count = frameOf.length;
  const { at, cellOf } = owners(window, shown, random);
  const wayOf = new Map<string, number>();
  for (let w = 0; w < tables.ways; w++) {
    const ends = [tables.targets[w]!, tables.targets[tables.ways + w]!].filter((end) => end >= 0);
    wayOf.set([tables.source[w]!, ...ends.sort((a, b) => a - b)].join(), w);
  }
  const way = new Float32Array(tables.ways);
  const [appears, continued] = [new Float32Array(count), new Uint8Array(count)];
  for (let j = 0; j < count; j++) {
    const ways = originsOf(j, cellOf, frameOf, at, tracks);
    const found = ways.map((key) => wayOf.get(key)).find((w) => w !== undefined);
    // The frames at the start of a window have no candidates of their own: nothing is learned from them.
    if (frameOf[j] === 0) continue;
    if (found === undefined || (found < tables.linkCount && continued[tables.source[found]!] === 1)) {
      appears[j] = 1;
      continue;
    }
    continued[tables.source[found]!] = 1;
    way[found]!++;
  }
  const exclusive = new Uint8Array(count);
  const optional = new Uint8Array(count);
  for (const [f, { conflicts = [] }] of frames.entries())
    for (let k = 0; k < conflicts.length; k += 2) {
      const [a, b] = [offsets[f]! + conflicts[k]!, offsets[f]! + conflicts[k + 1]!];
      optional[a] = 1;
      optional[b] = 1;
      if (cellOf[a] !== -1) exclusive[b] = 1;
      if (cellOf[b] !== -1) exclusive[a] = 1;
    }
  const real = Float32Array.from(cellOf, (cell, i) =>
    cell !== -1 || (exclusive[i] === 0 && !isUnion(window, i)) ? 1 : 0,
  );
  const last = frames.length - 1;
  return {
    way,
    appears: appears.map((value, i) => value * real[i]!),
    originWeight: real.map((value, i) => (frameOf[i] === 0 ? 0 : value)),
    vanishes: Float32Array.from(continued, (value) => 1 - value),
    vanishesWeight: real.map((value, i) => (frameOf[i] === last ? 0 : value)),
    real,
    realWeight: Float32Array.from(optional),
  };
}

function isUnion({ frames, frameOf, offsets }: CandidateWindow, i: number): boolean {
  const { parts = [] } = frames[frameOf[i]!]!;
  const place = i - offsets[frameOf[i]!]!;
  for (let k = 0; k < parts.length; k += 3) if (parts[k] === place) return true;
  return false;
}

/** Ways that would be true for detection `j`, best first, as the positions of their ends. */
function originsOf(
  j: number,
  cellOf: Int32Array,
  frameOf: Int32Array,
  at: readonly Map<number, number>[],
  tracks: ReadonlyMap<number, Track>,
): string[] {
  const cell = cellOf[j]!;
  if (cell === -1) return [];
  const f = frameOf[j]!;
  const lastSeen = (label: number): number => {
    for (let back = f - 1; back >= 0; back--) {
      const found = at[back]!.get(label);
      if (found !== undefined) return found;
    }
    return -1;
  };
  const before = lastSeen(cell);
  if (before !== -1) return [`${before},${j}`];
  const parentLabel = tracks.get(cell)?.parent ?? null;
  const parent = parentLabel === null ? -1 : lastSeen(parentLabel);
  if (parent === -1) return [];
  const sisters = [...at[f]!.keys()].filter(
    (label) => label !== cell && tracks.get(label)?.parent === parentLabel && lastSeen(label) === -1,
  );
  const pairs = sisters.map((label) => {
    const sister = at[f]!.get(label)!;
    return [parent, Math.min(j, sister), Math.max(j, sister)].join();
  });
  // A daughter alone goes on as the same cell, as far as a solver can tell.
  return sisters.length > 0 ? pairs : [`${parent},${j}`];
}
