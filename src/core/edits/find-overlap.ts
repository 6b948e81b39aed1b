/**
 * Whether the shapes an operation brings in lie on other objects.
 *
 * The new shapes are put into a grid over their boxes; every other object is looked up once. One edit against 30,000
 * objects costs 30,000 box comparisons, an import of 100,000 objects at once is still linear.
 */

import type { ObjectShape } from "../labels/index.ts";
import { createShapeGrid, shapesOverlap } from "../labels/index.ts";
import type { ObjectChange } from "./operation.ts";

/**
 * First pair of uids that would share a pixel after the changes, or `null`.
 *
 * @param objects  the layer before the changes. Cost: O(objects + changes) for objects of usual size.
 */
export function findOverlap(
  objects: ReadonlyMap<string, ObjectShape>,
  changes: readonly ObjectChange[],
): readonly [string, string] | null {
  const born = changes.flatMap(({ uid, after }, order) =>
    after === null ? [] : [{ uid, shape: after, order }],
  );
  if (born.length === 0) return null;
  const grid = createShapeGrid(born, ({ shape }) => shape);
  for (const { uid, shape, order } of born) {
    const hit = grid.near(shape).find((other) => other.order < order && shapesOverlap(other.shape, shape));
    if (hit !== undefined) return [hit.uid, uid];
  }
  const changed = new Set(changes.map(({ uid }) => uid));
  const [y0, x0, y1, x1] = boxAround(born.map(({ shape }) => shape));
  for (const [uid, shape] of objects) {
    const box = shape.bbox;
    if (box[0] >= y1 || box[2] <= y0 || box[1] >= x1 || box[3] <= x0 || changed.has(uid)) continue;
    const hit = grid.near(shape).find((other) => shapesOverlap(other.shape, shape));
    if (hit !== undefined) return [hit.uid, uid];
  }
  return null;
}

/** Most objects lie far from an edit; one comparison with this box says so. */
function boxAround(shapes: readonly ObjectShape[]): readonly [number, number, number, number] {
  let [y0, x0, y1, x1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { bbox } of shapes) {
    y0 = Math.min(y0, bbox[0]);
    x0 = Math.min(x0, bbox[1]);
    y1 = Math.max(y1, bbox[2]);
    x1 = Math.max(x1, bbox[3]);
  }
  return [y0, x0, y1, x1];
}
