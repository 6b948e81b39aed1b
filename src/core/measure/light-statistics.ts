/**
 * Statistics of the intensities under one object: mean, median, ends, sum, spread, percentiles.
 *
 * The values are gathered once and sorted in their own type, which is fast for the few hundred pixels of a cell; so the
 * cost per image is that of its pixels times the logarithm of one cell's size. Values that are not finite are left out.
 */

import { type Dtype, type Plane, typedArray } from "../array/index.ts";
import { assert } from "../errors.ts";
import { forEachRun, type ObjectShape } from "../labels/index.ts";

/** In the order in which they are written. Percentiles are interpolated as NumPy does; `sd` divides by n. */
export const lightStatistics = [
  "mean",
  "median",
  "min",
  "max",
  "sum",
  "sd",
  "p5",
  "p25",
  "p75",
  "p95",
] as const;

export type LightStatistic = (typeof lightStatistics)[number];

/** Part of a plane: its first pixel is (y0, x0) of the image. */
export interface LightWindow {
  readonly y0: number;
  readonly x0: number;
  readonly plane: Plane;
}

type Values = Plane["data"];

/** Room for the values of one object, kept between objects. */
export interface LightScratch {
  values: Values | null;
  dtype: Dtype | null;
}

export const createLightScratch = (): LightScratch => ({ values: null, dtype: null });

/**
 * @param shape  inside the window.
 * @param out  gets the statistics in the order of `lightStatistics`; all NaN when no value is finite. Changed.
 * @throws Error `internal:` when the shape reaches outside the window.
 */
export function measureLightInto(
  out: Float64Array,
  shape: ObjectShape,
  { y0, x0, plane }: LightWindow,
  scratch: LightScratch,
): void {
  const [top, left, bottom, right] = shape.bbox;
  assert(
    top >= y0 && left >= x0 && bottom <= y0 + plane.height && right <= x0 + plane.width,
    "an object reaches outside the pixels it is measured in",
  );
  const room = roomFor(scratch, plane.dtype, (bottom - top) * (right - left));
  let count = 0;
  let sum = 0;
  forEachRun(shape, (y, from, to) => {
    const row = (y - y0) * plane.width - x0;
    for (let i = row + from; i < row + to; i++) {
      const value = plane.data[i] as number;
      if (!Number.isFinite(value)) continue;
      room[count++] = value;
      sum += value;
    }
  });
  if (count === 0) {
    out.fill(Number.NaN);
    return;
  }
  const values = room.subarray(0, count).sort();
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += ((values[i] as number) - mean) ** 2;
  out[0] = mean;
  out[1] = percentile(values, 50);
  out[2] = values[0] as number;
  out[3] = values[count - 1] as number;
  out[4] = sum;
  out[5] = Math.sqrt(squares / count);
  out[6] = percentile(values, 5);
  out[7] = percentile(values, 25);
  out[8] = percentile(values, 75);
  out[9] = percentile(values, 95);
}

function roomFor(scratch: LightScratch, dtype: Dtype, length: number): Values {
  if (scratch.values === null || scratch.dtype !== dtype || scratch.values.length < length) {
    scratch.values = typedArray(dtype, 2 * length);
    scratch.dtype = dtype;
  }
  return scratch.values;
}

function percentile(sorted: Values, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low) * (at - below);
}
