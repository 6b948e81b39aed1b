/** Half-open boxes of a canvas: union, growth, and the one limit on how much of a canvas a tool may look at. */

import type { BoundingBox } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** 4,096²: a tool works on cells and their surroundings; more than this is the image itself, and would freeze the page. */
export const windowPixelsMax = 2 ** 24;

/** Smallest box around both. */
export function unionOf(a: BoundingBox, b: BoundingBox | undefined): BoundingBox {
  if (b === undefined) return a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** Whether two boxes have a pixel in common. */
export function boxesMeet(a: BoundingBox, b: BoundingBox): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/**
 * The part of a box, grown by a margin on all sides, that lies on an image; `null` when none does.
 *
 * @throws FoundryError `limit.pixels` when that part is larger than `windowPixelsMax`.
 */
export function cutBox(
  image: { readonly height: number; readonly width: number },
  box: BoundingBox,
  marginPx = 0,
): BoundingBox | null {
  const y0 = Math.max(0, Math.floor(box[0] - marginPx));
  const x0 = Math.max(0, Math.floor(box[1] - marginPx));
  const y1 = Math.min(image.height, Math.ceil(box[2] + marginPx));
  const x1 = Math.min(image.width, Math.ceil(box[3] + marginPx));
  if (!(y0 < y1 && x0 < x1)) return null;
  if ((y1 - y0) * (x1 - x0) <= windowPixelsMax) return [y0, x0, y1, x1];
  throw new FoundryError("limit.pixels", {
    message: `This tool would have to look at ${y1 - y0} x ${x1 - x0} pixels at once; at most ${windowPixelsMax} are allowed.`,
    hint: "Work on a smaller part of the image.",
    details: { height: y1 - y0, width: x1 - x0, limit: windowPixelsMax },
  });
}
