/**
 * Intensities as a tool gets them: one plane of one channel at native depth, or a cut of it.
 *
 * A slide does not fit in memory, so the page hands in what it has around the work; a tool that would look beyond it
 * says so instead of guessing.
 */

import { type BoundingBox, type Plane, typedArray } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** Pixel (y0 + row, x0 + column) of the image is `plane.data[row * plane.width + column]`. */
export interface RawWindow {
  readonly y0: number;
  readonly x0: number;
  /** Any dtype, axes yx, as recorded: nothing rescaled to 8 bit. */
  readonly plane: Plane;
}

/**
 * Copy of the intensities of a box, in their own dtype.
 *
 * @param box  inside the image, not empty.
 * @throws FoundryError `edit.invalid` when a part of the box is not in the window. Cost: O(pixels of the box).
 */
export function cutRaw(raw: RawWindow, box: BoundingBox): Plane {
  const { plane } = raw;
  const [top, left] = [box[0] - raw.y0, box[1] - raw.x0];
  const [height, width] = [box[2] - box[0], box[3] - box[1]];
  if (top < 0 || left < 0 || top + height > plane.height || left + width > plane.width) {
    throw new FoundryError("edit.invalid", {
      message: "The pixels of the image around here are not loaded yet.",
      hint: "Wait until the picture is sharp, or work on a smaller part.",
      details: { box: [...box], loaded: [raw.y0, raw.x0, raw.y0 + plane.height, raw.x0 + plane.width] },
    });
  }
  const data = typedArray(plane.dtype, height * width);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * plane.width + left;
    data.set(plane.data.subarray(from, from + width), row * width);
  }
  return { dtype: plane.dtype, height, width, data };
}
