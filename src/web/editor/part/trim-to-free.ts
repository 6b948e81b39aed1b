/** What is left of a found cell beside cells that stay: models do not cut into what people made. */

import { labelImage } from "#core/array/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";
import { forEachRun, type ObjectShape, objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";

/** Below this share a trimmed cell is the kept one once more; the server trims whole proposals by the same share. */
const restShareMin = 0.5;

/**
 * @param gives  numbers of the canvas whose pixels may be taken.
 * @returns null when less than half is left. The shape lies in the plane of the canvas. Cost: O(box of the shape).
 */
export function trimToFree(
  shape: ObjectShape,
  canvas: LabelCanvas,
  gives: ReadonlySet<number>,
): ObjectShape | null {
  const [y0, x0, y1, x1] = shape.bbox;
  const rest = labelImage(y1 - y0, x1 - x0);
  const numbers = canvas.numbersIn(shape.bbox);
  let left = 0;
  forEachRun(shape, (y, from, end) => {
    for (let x = from; x < end; x++) {
      const at = (y - y0) * (x1 - x0) + x - x0;
      const number = numbers[at] as number;
      if (number !== 0 && !gives.has(number)) continue;
      rest.data[at] = 1;
      left++;
    }
  });
  if (left < restShareMin * shapeArea(shape) || left === 0) return null;
  const found = objectShapesFromLabels(rest, { t: canvas.t, z: canvas.z }).get(1) as ObjectShape;
  const [top, over, bottom, right] = found.bbox;
  return { ...found, bbox: [top + y0, over + x0, bottom + y0, right + x0] };
}
