/** What of a shape lies where there is room for it. */

import type { LabelCanvas } from "#core/edits/index.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";

/**
 * Pixels of a shape that lie on background or on some cells of the canvas; null when there are none.
 *
 * @param own  numbers in the canvas whose pixels count as free; 0 is background. Cost: O(area of its box).
 */
export function freePart(
  canvas: LabelCanvas,
  shape: ObjectShape,
  own: ReadonlySet<number>,
): ObjectShape | null {
  const [top, left, bottom, right] = shape.bbox;
  const [height, width] = [bottom - top, right - left];
  const data = new Uint8Array(height * width);
  forEachRun(shape, (y, x0, x1) => {
    for (let x = x0; x < x1; x++) {
      if (own.has(canvas.numberAt(y, x))) data[(y - top) * width + x - left] = 1;
    }
  });
  return objectShapeFromMask(
    { dtype: "uint8", height, width, data },
    { t: shape.t, z: shape.z, y: top, x: left },
  );
}
