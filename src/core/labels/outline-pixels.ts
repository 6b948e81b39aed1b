/**
 * The pixels along the inside of every object's border, for pictures that show labels without hiding the image.
 *
 * The border of the image is no edge: a cell that is cut by it stays open there.
 */

import type { LabelImage } from "../array/index.ts";

/**
 * Calls back with the index (y * width + x) of each pixel of an object that touches another value above, below, left
 * or right. Row by row; cost: one look at every pixel.
 */
export function forEachOutlinePixel(
  { height, width, data }: LabelImage,
  visit: (index: number) => void,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const label = data[i]!;
      if (label === 0) continue;
      const inside =
        (y === 0 || data[i - width] === label) &&
        (y === height - 1 || data[i + width] === label) &&
        (x === 0 || data[i - 1] === label) &&
        (x === width - 1 || data[i + 1] === label);
      if (!inside) visit(i);
    }
  }
}
