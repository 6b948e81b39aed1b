/** How much of a plane a model must see so that its answer about a box is that of the whole plane. Pure. */

import type { BoundingBox } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";

/** A side of a box that is asked for. Above it a proposal of the whole image is the better tool. */
const partSideMax = 2_048;

/**
 * The window is at least this long a side where the image is: the scale of cells is estimated from it where nobody knows the
 * size of a pixel, and a screenful of cells is enough for that.
 */
const windowSideMin = 1_024;

/** Least margin around the box, pixels; cells at its border are seen whole. */
const marginMin = 128;

/**
 * @param box  [y0, x0, y1, x1) within the image. @param reachPx  how far the network sees, pixels of the image.
 * @throws FoundryError `limit.pixels` for a box that is too large, `request.invalid` for one outside the image.
 */
export function partWindow(
  box: BoundingBox,
  image: { readonly height: number; readonly width: number },
  reachPx: number,
): BoundingBox {
  const [y0, x0, y1, x1] = box;
  if (!(y0 >= 0 && x0 >= 0 && y0 < y1 && x0 < x1 && y1 <= image.height && x1 <= image.width)) {
    throw new FoundryError("request.invalid", { message: "The box does not lie in the image." });
  }
  if (y1 - y0 > partSideMax || x1 - x0 > partSideMax) {
    throw new FoundryError("limit.pixels", {
      message: `A box may be up to ${partSideMax} pixels a side.`,
      hint: "Draw a smaller one, or let the model propose the whole image.",
    });
  }
  const margin = Math.max(marginMin, Math.ceil(reachPx));
  const [top, bottom] = side(y0, y1, image.height, margin);
  const [left, right] = side(x0, x1, image.width, margin);
  return [top, left, bottom, right];
}

/** Grows a side by the margin and to the least length, as far as the image goes. */
function side(from: number, to: number, length: number, margin: number): [number, number] {
  const wanted = Math.min(length, Math.max(windowSideMin, to - from + 2 * margin));
  const start = Math.round((from + to - wanted) / 2);
  const first = Math.min(Math.max(0, start), length - wanted);
  return [first, first + wanted];
}
