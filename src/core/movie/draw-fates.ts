/**
 * Which cells of a frame get which fault: decided on places and sizes alone, so that label images and bare detections have
 * the same faults.
 */
import type { Rng } from "../rng.ts";
import type { ErrorShares } from "./error-shares.ts";

export interface FateCell {
  readonly label: number;
  readonly areaPx: number;
  /** Pixels. */
  readonly y: number;
  readonly x: number;
}

/** Neighbours nearer than this many mean diameters, centre to centre, can be taken for one. */
const mergeReach = 1.5;

export interface Fate {
  readonly kind: "split" | "merge" | "miss";
  /** The neighbour it is merged with. */
  readonly partner?: FateCell;
}

/** At most one fault per cell; cells without one are not in the answer. Cost: O(cells x neighbours). */
export function drawFates(cells: readonly FateCell[], shares: ErrorShares, random: Rng): Map<number, Fate> {
  const fates = new Map<number, Fate>();
  const nearest = nearestNeighbours(cells);
  for (const [k, cell] of cells.entries()) {
    // Drawn for every cell, so that one fault does not decide over the next cell's.
    const [fate, other] = [random.next(), nearest[k]];
    if (fates.has(cell.label)) continue;
    if (fate < shares.miss) fates.set(cell.label, { kind: "miss" });
    else if (fate < shares.miss + shares.split) fates.set(cell.label, { kind: "split" });
    // One draw makes two cells faulty.
    else if (fate < shares.miss + shares.split + shares.merge / 2) {
      if (other === undefined || fates.has(other.label)) continue;
      fates.set(cell.label, { kind: "merge", partner: other });
      fates.set(other.label, { kind: "merge", partner: cell });
    }
  }
  return fates;
}

/** The nearest cell within reach of each. */
function nearestNeighbours(cells: readonly FateCell[]): (FateCell | undefined)[] {
  const diameter = (cell: FateCell): number => 2 * Math.sqrt(cell.areaPx / Math.PI);
  const largest = cells.reduce((most, cell) => Math.max(most, diameter(cell)), 1);
  const side = mergeReach * largest;
  const squares = new Map<string, FateCell[]>();
  const square = ({ y, x }: FateCell): [number, number] => [Math.floor(y / side), Math.floor(x / side)];
  for (const cell of cells) {
    const key = square(cell).join();
    squares.set(key, [...(squares.get(key) ?? []), cell]);
  }
  return cells.map((cell) => {
    const [row, column] = square(cell);
    let best: FateCell | undefined;
    let least = Infinity;
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        for (const other of squares.get([r, c].join()) ?? []) {
          if (other === cell) continue;
          const away = Math.hypot(other.y - cell.y, other.x - cell.x);
          if (away > (mergeReach * (diameter(cell) + diameter(other))) / 2 || away >= least) continue;
          [best, least] = [other, away];
        }
      }
    }
    return best;
  });
}
