/**
 * Which cell each spot belongs to: the one whose pixels hold it, else the nearest within a distance, unless a person said.
 *
 * Distance is from the spot to the nearest pixel centre of a cell, in µm where pixels need not be square. Found by looking
 * at the pixels around the spot ring by ring, so the cost follows the distance, not the number of cells.
 */

import type { Spot } from "./spot.ts";

/** The labels that spots lie on: who owns the pixel, undefined for background or outside. */
export interface CellGround {
  readonly height: number;
  readonly width: number;
  readonly uidAt: (y: number, x: number) => string | undefined;
  readonly has: (uid: string) => boolean;
}

export interface AssignOptions {
  /** Longest distance to a cell that does not hold the spot, in the unit of `mpp`; 0: only cells that hold it. */
  readonly distanceMax: number;
  /** Size of a pixel; {1, 1}: distances in pixels. */
  readonly mpp: { readonly y: number; readonly x: number };
}

/** Further than any cytoplasm reaches: a search beyond it is a mistake, in pixels. */
export const assignReachPxMax = 256;

/** The cell of a spot; null for none. Ties go to the smaller uid, so the answer does not depend on order. */
export function cellOfSpot(spot: Spot, ground: CellGround, options: AssignOptions): string | null {
  if (spot.cell === "") return null;
  if (spot.cell !== null && ground.has(spot.cell)) return spot.cell;
  const [row, column] = [Math.round(spot.y), Math.round(spot.x)];
  return ground.uidAt(row, column) ?? nearestCell(spot, ground, options);
}

function nearestCell(spot: Spot, ground: CellGround, { distanceMax, mpp }: AssignOptions): string | null {
  if (!(distanceMax > 0)) return null;
  const reach = Math.min(assignReachPxMax, Math.ceil(distanceMax / Math.min(mpp.y, mpp.x)) + 1);
  const [row, column] = [Math.round(spot.y), Math.round(spot.x)];
  let [best, bestDistance]: [string | null, number] = [null, Infinity];
  for (let ring = 1; ring <= reach; ring++) {
    // Every pixel of this ring and of those beyond is at least this far away.
    const nearest = (ring - 0.5) * Math.min(mpp.y, mpp.x);
    if (nearest > Math.min(distanceMax, bestDistance)) break;
    forRing(row, column, ring, (y, x) => {
      if (y < 0 || x < 0 || y >= ground.height || x >= ground.width) return;
      const uid = ground.uidAt(y, x);
      if (uid === undefined) return;
      const distance = Math.hypot((y - spot.y) * mpp.y, (x - spot.x) * mpp.x);
      if (distance > distanceMax || distance > bestDistance) return;
      if (distance === bestDistance && best !== null && best <= uid) return;
      best = uid;
      bestDistance = distance;
    });
  }
  return best;
}

function forRing(row: number, column: number, ring: number, visit: (y: number, x: number) => void): void {
  for (let d = -ring; d <= ring; d++) {
    visit(row - ring, column + d);
    visit(row + ring, column + d);
  }
  for (let d = 1 - ring; d < ring; d++) {
    visit(row + d, column - ring);
    visit(row + d, column + ring);
  }
}

/** Number of spots per cell and kind. */
export interface SpotCounts {
  readonly kinds: readonly string[];
  /** By uid of the cell; counts in the order of `kinds`. */
  readonly byCell: ReadonlyMap<string, readonly number[]>;
  /** Spots without a cell, in the order of `kinds`. */
  readonly unassigned: readonly number[];
}

/** @param kinds  default: those that occur, in order of name. Cost: O(spots). */
export function countSpots(
  assigned: Iterable<{ readonly kind: string; readonly cell: string | null }>,
  kinds?: readonly string[],
): SpotCounts {
  const spots = [...assigned];
  const names = kinds ?? [...new Set(spots.map(({ kind }) => kind))].sort();
  const at = new Map(names.map((kind, i) => [kind, i]));
  const zeros = (): number[] => names.map(() => 0);
  const byCell = new Map<string, number[]>();
  const unassigned = zeros();
  for (const { kind, cell } of spots) {
    const index = at.get(kind);
    if (index === undefined) continue;
    let counts = unassigned;
    if (cell !== null) {
      counts = byCell.get(cell) ?? zeros();
      byCell.set(cell, counts);
    }
    counts[index] = (counts[index] as number) + 1;
  }
  return { kinds: names, byCell, unassigned };
}
