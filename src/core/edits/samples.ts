/**
 * Numbers at every n-th pixel: what a screen shows of a plane that is larger than it.
 *
 * Drawn from the runs of the shapes, so that an overview of a slide costs its objects and not its pixels.
 */

import { forEachRun, type ObjectShape } from "../labels/index.ts";

/** Sample (row, column) lies at pixel (y0 + row * step, x0 + column * step); values are row-major. */
export interface Samples {
  readonly y0: number;
  readonly x0: number;
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
}

/** Writes `value` at the samples that lie in a shape. Changes `data`. Cost: O(sampled rows of the shape). */
export function drawOnSamplesInPlace(
  shape: ObjectShape,
  { y0, x0, rows, columns, step }: Samples,
  value: number,
  data: Int32Array,
): void {
  const [top, left, bottom, right] = shape.bbox;
  if (right <= x0 || left >= x0 + columns * step) return;
  const draw = (y: number, from: number, end: number): void => {
    const row = ((y - y0) / step) * columns;
    const first = Math.max(0, Math.ceil((from - x0) / step));
    const stop = Math.min(columns, Math.ceil((end - x0) / step));
    if (first < stop) data.fill(value, row + first, row + stop);
  };
  const firstRow = Math.max(0, Math.ceil((top - y0) / step));
  const endRow = Math.min(rows, Math.ceil((bottom - y0) / step));
  if (step === 1) {
    if (firstRow < endRow) forEachRun(shape, draw, [y0 + firstRow, y0 + endRow]);
    return;
  }
  for (let row = firstRow; row < endRow; row++)
    forEachRun(shape, draw, [y0 + row * step, y0 + row * step + 1]);
}
