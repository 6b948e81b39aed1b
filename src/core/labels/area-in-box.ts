/** How much of an object lies in a box: for boxes that people draw, whose border goes through cells. */

import type { BoundingBox } from "../array/index.ts";
import { forEachRun, type ObjectShape, shapeArea } from "./object-shape.ts";

/** Pixels of a shape inside [y0, x0, y1, x1). Cost: one step per run of the shape. */
export function areaInBox(shape: ObjectShape, [y0, x0, y1, x1]: Readonly<BoundingBox>): number {
  const [top, left, bottom, right] = shape.bbox;
  if (top >= y1 || left >= x1 || bottom <= y0 || right <= x0) return 0;
  let area = 0;
  forEachRun(shape, (y, from, end) => {
    if (y >= y0 && y < y1) area += Math.max(0, Math.min(end, x1) - Math.max(from, x0));
  });
  return area;
}

/** Whether more than half of a shape lies in a box: of two boxes side by side a cell belongs to at most one. */
export function isMostlyIn(shape: ObjectShape, box: Readonly<BoundingBox>): boolean {
  return 2 * areaInBox(shape, box) > shapeArea(shape);
}
