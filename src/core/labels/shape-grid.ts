/**
 * Finds the shapes near a shape: a coarse grid over boxes, per frame and plane.
 *
 * Objects of usual size fall into one to four cells, so looking up all neighbours of n objects costs O(n).
 */

import type { ObjectShape } from "./object-shape.ts";

/** Side of a grid cell in pixels: about two cells of usual size. */
const cellPx = 64;

/** An object over more grid cells than this (a box of 2,048 px) is kept aside and met by everyone. */
const gridCellsMax = 1_024;

export interface ShapeGrid<T> {
  /** Items whose box meets the box of `shape` in the same frame and plane, each once. */
  near(shape: ObjectShape): T[];
}

/** Grid over the shapes of items. Cost: O(items). */
export function createShapeGrid<T>(items: readonly T[], shapeOf: (item: T) => ObjectShape): ShapeGrid<T> {
  const cells = new Map<string, T[]>();
  const large: T[] = [];
  for (const item of items) {
    const shape = shapeOf(item);
    if (cellCount(shape) > gridCellsMax) {
      large.push(item);
      continue;
    }
    for (const key of cellKeys(shape)) {
      const cell = cells.get(key);
      if (cell === undefined) cells.set(key, [item]);
      else cell.push(item);
    }
  }
  const everything = items;
  return {
    near(shape) {
      const found = new Set<T>(large);
      if (cellCount(shape) > gridCellsMax) for (const item of everything) found.add(item);
      else for (const key of cellKeys(shape)) for (const item of cells.get(key) ?? []) found.add(item);
      return [...found].filter((item) => boxesMeet(shapeOf(item), shape));
    },
  };
}

function cellCount({ bbox: [y0, x0, y1, x1] }: ObjectShape): number {
  const along = (from: number, end: number): number =>
    Math.floor((end - 1) / cellPx) - Math.floor(from / cellPx) + 1;
  return along(y0, y1) * along(x0, x1);
}

function* cellKeys({ t, z, bbox: [y0, x0, y1, x1] }: ObjectShape): Generator<string> {
  for (let y = Math.floor(y0 / cellPx); y * cellPx < y1; y++) {
    for (let x = Math.floor(x0 / cellPx); x * cellPx < x1; x++) yield `${t},${z},${y},${x}`;
  }
}

/** Whether the boxes share a pixel in one frame and plane. */
function boxesMeet(a: ObjectShape, b: ObjectShape): boolean {
  return (
    a.t === b.t &&
    a.z === b.z &&
    a.bbox[0] < b.bbox[2] &&
    b.bbox[0] < a.bbox[2] &&
    a.bbox[1] < b.bbox[3] &&
    b.bbox[1] < a.bbox[3]
  );
}
