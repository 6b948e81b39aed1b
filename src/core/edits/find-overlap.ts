/**
 * Whether the shapes an operation brings in lie on other objects.
 *
 * The new shapes are put into a coarse grid over their boxes; every other object is looked up once. One edit against
 * 30,000 objects costs 30,000 box comparisons, an import of 100,000 objects at once is still linear.
 */

import type { ObjectShape } from "../labels/index.ts";
import { shapesOverlap } from "../labels/index.ts";
import type { ObjectChange } from "./operation.ts";

/** Side of a grid cell in pixels, about two cells of usual size; a shape above `gridCellsMax` cells is kept aside. */
const cellPx = 64;
const gridCellsMax = 256;

interface Entry {
  readonly uid: string;
  readonly shape: ObjectShape;
}

/**
 * First pair of uids that would share a pixel after the changes, or `null`.
 *
 * @param objects  the layer before the changes. Cost: O(objects + changes) for objects of usual size.
 */
export function findOverlap(
  objects: ReadonlyMap<string, ObjectShape>,
  changes: readonly ObjectChange[],
): readonly [string, string] | null {
  const grid = new Map<string, Entry[]>();
  const large: Entry[] = [];
  const changed = new Set<string>();
  let y0 = Infinity;
  let x0 = Infinity;
  let y1 = -Infinity;
  let x1 = -Infinity;
  for (const { uid, after } of changes) {
    changed.add(uid);
    if (after === null) continue;
    const entry = { uid, shape: after };
    const hit = lookUp(grid, large, entry);
    if (hit !== null) return [hit.uid, uid];
    insert(grid, large, entry);
    y0 = Math.min(y0, after.bbox[0]);
    x0 = Math.min(x0, after.bbox[1]);
    y1 = Math.max(y1, after.bbox[2]);
    x1 = Math.max(x1, after.bbox[3]);
  }
  for (const [uid, shape] of objects) {
    const box = shape.bbox;
    if (box[0] >= y1 || box[2] <= y0 || box[1] >= x1 || box[3] <= x0 || changed.has(uid)) continue;
    const hit = lookUp(grid, large, { uid, shape });
    if (hit !== null) return [hit.uid, uid];
  }
  return null;
}

function cellCount(shape: ObjectShape): number {
  const [y0, x0, y1, x1] = shape.bbox;
  return (
    (Math.floor((y1 - 1) / cellPx) - Math.floor(y0 / cellPx) + 1) *
    (Math.floor((x1 - 1) / cellPx) - Math.floor(x0 / cellPx) + 1)
  );
}

function insert(grid: Map<string, Entry[]>, large: Entry[], entry: Entry): void {
  if (cellCount(entry.shape) > gridCellsMax) {
    large.push(entry);
    return;
  }
  for (const key of cellKeys(entry.shape)) {
    const cell = grid.get(key);
    if (cell === undefined) grid.set(key, [entry]);
    else cell.push(entry);
  }
}

function lookUp(grid: Map<string, Entry[]>, large: readonly Entry[], entry: Entry): Entry | null {
  for (const other of large) if (shapesOverlap(other.shape, entry.shape)) return other;
  if (cellCount(entry.shape) > grid.size) {
    for (const cell of grid.values()) {
      for (const other of cell) if (shapesOverlap(other.shape, entry.shape)) return other;
    }
    return null;
  }
  for (const key of cellKeys(entry.shape)) {
    for (const other of grid.get(key) ?? []) if (shapesOverlap(other.shape, entry.shape)) return other;
  }
  return null;
}

function* cellKeys(shape: ObjectShape): Generator<string> {
  const [y0, x0, y1, x1] = shape.bbox;
  for (let y = Math.floor(y0 / cellPx); y * cellPx < y1; y++) {
    for (let x = Math.floor(x0 / cellPx); x * cellPx < x1; x++) yield `${shape.t},${shape.z},${y},${x}`;
  }
}
