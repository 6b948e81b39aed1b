/**
 * A part of a label image at every n-th pixel, drawn from shapes: what a smaller level of a slide shows, without the slide.
 *
 * The pixels are those that halving by the upper left pixel keeps, so levels drawn here are the levels of the whole label
 * image.
 */

import type { BoundingBox, LabelImage } from "../array/index.ts";
import { forEachRun, type ObjectShape } from "./object-shape.ts";

/**
 * @param objects  in the order in which they are drawn; later ones lie on top.
 * @param box  of the smaller level. @param step  pixel (y, x) of it is pixel (y * step, x * step) of the image.
 * @returns int32, of the box's size. Cost: O(objects + pixels drawn + rows of the objects in the box).
 */
export function drawLabelsAtStep(
  objects: Iterable<{ readonly label: number; readonly shape: ObjectShape }>,
  [top, left, bottom, right]: BoundingBox,
  step: number,
): LabelImage {
  const [height, width] = [bottom - top, right - left];
  const data = new Int32Array(height * width);
  const [firstRow, endRow] = [top * step, (bottom - 1) * step + 1];
  for (const { label, shape } of objects) {
    const [y0, x0, y1, x1] = shape.bbox;
    if (y1 <= firstRow || y0 >= endRow || x1 <= left * step || x0 > (right - 1) * step) continue;
    const draw = (y: number, from: number, to: number): void => {
      if (y % step !== 0) return;
      const row = (y / step - top) * width;
      const start = Math.max(left, Math.ceil(from / step));
      const end = Math.min(right, Math.ceil(to / step));
      if (end > start) data.fill(label, row + start - left, row + end - left);
    };
    forEachRun(shape, draw, [firstRow, endRow]);
  }
  return { dtype: "int32", height, width, data };
}
