/**
 * The contour of an object taken apart into pieces along x, along y and across corners.
 *
 * The contour is that of marching squares at one half, counted from 2 x 2 pixel windows (Duda's bit quads), as in
 * `regionProperties`; kept apart by direction, its length is right also where pixels are not square.
 */

import { forEachRun, type ObjectShape } from "./object-shape.ts";

/** How many pieces of the contour lie along x, along y, and cut a corner (half a pixel in both directions). */
export interface ContourSides {
  readonly along: { readonly x: number; readonly y: number };
  readonly corners: number;
}

/** Contour of all pieces of the object, holes included. Cost: O(box). */
export function contourSides(shape: ObjectShape): ContourSides {
  const [y0, x0, y1, x1] = shape.bbox;
  const stride = x1 - x0 + 2;
  const mask = new Uint8Array(stride * (y1 - y0 + 2));
  forEachRun(shape, (y, from, to) => {
    const row = (y - y0 + 1) * stride + 1 - x0;
    mask.fill(1, row + from, row + to);
  });
  let [alongX, alongY, corners] = [0, 0, 0];
  const last = mask.length - stride;
  for (let row = 0; row < last; row += stride) {
    for (let i = row + 1; i < row + stride; i++) {
      const [a, b] = [mask[i - 1] as number, mask[i] as number];
      const [c, d] = [mask[i + stride - 1] as number, mask[i + stride] as number];
      const inside = a + b + c + d;
      if (inside === 0 || inside === 4) continue;
      if (inside !== 2) corners++;
      else if (a === b) alongX++;
      else if (a === c) alongY++;
      else corners += 2;
    }
  }
  return { along: { x: alongX, y: alongY }, corners };
}

/** Length of the contour when a pixel is `unit.y` high and `unit.x` wide. */
export function contourLength(
  { along, corners }: ContourSides,
  unit: { readonly y: number; readonly x: number } = { y: 1, x: 1 },
): number {
  return along.x * unit.x + along.y * unit.y + (corners * Math.hypot(unit.y, unit.x)) / 2;
}
