/** Outlines of shapes as the path data of SVG, in image pixels with corners at whole numbers. */

import type { WireShape } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { shapePath } from "../ui/shape-path.ts";

export type Box = readonly [y0: number, x0: number, y1: number, x1: number];

interface HasShape {
  readonly shape: WireShape;
}

/** Path of all rings of the objects. */
export const outlinePath = (objects: readonly HasShape[]): string =>
  objects.map(({ shape }) => shapePath(shapeFromWire(shape))).join("");

/** Smallest box around the objects; null for none. */
export function boxOf(objects: readonly HasShape[]): Box | null {
  const [first, ...rest] = objects.map(({ shape }): Box => shape.bbox);
  if (first === undefined) return null;
  return rest.reduce<Box>(
    (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])],
    first,
  );
}

/** A box with room around it, at least `sidePx` on each side, for looking at a cell in its surroundings. */
export function roomAround([y0, x0, y1, x1]: Box, sidePx: number): Box {
  const side = Math.max(sidePx, 1.6 * Math.max(y1 - y0, x1 - x0));
  const [y, x] = [(y0 + y1) / 2, (x0 + x1) / 2];
  return [y - side / 2, x - side / 2, y + side / 2, x + side / 2];
}
