/** The box that a drag draws. */

import type { BoundingBox, Point } from "#core/array/index.ts";

/** Pixels between two corners, cut to the canvas; null when none lies in it. */
export function boxBetween(
  a: Point,
  b: Point,
  canvas: { readonly height: number; readonly width: number },
): BoundingBox | null {
  const y0 = Math.max(0, Math.round(Math.min(a.y, b.y)));
  const x0 = Math.max(0, Math.round(Math.min(a.x, b.x)));
  const y1 = Math.min(canvas.height, Math.round(Math.max(a.y, b.y)) + 1);
  const x1 = Math.min(canvas.width, Math.round(Math.max(a.x, b.x)) + 1);
  return y1 - y0 > 1 && x1 - x0 > 1 ? [y0, x0, y1, x1] : null;
}
