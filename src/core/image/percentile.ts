/**
 * Percentiles of a plane and the normalisation that rests on them.
 *
 * Planes of up to a million pixels are used whole; of larger ones every n-th pixel in a fixed pattern, so the result is
 * the same each time. On the sample the percentile is exact, with linear interpolation as NumPy does by default.
 */

import type { Plane } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** The error of a percentile from 10^6 samples is far below the noise of any camera. */
const samplePixelsMax = 2 ** 20;

/**
 * Percentiles of the finite values of a plane.
 *
 * @param percents  each 0..100.
 * @throws FoundryError `array.nan` when no value is finite. Cost: O(n log n) of the sample.
 */
export function percentiles(plane: Plane, percents: readonly number[]): number[] {
  const { data } = plane;
  // An odd stride that is prime to usual widths, so that columns are not sampled alone.
  const stride = data.length <= samplePixelsMax ? 1 : Math.ceil(data.length / samplePixelsMax) | 1;
  const sample = new Float64Array(Math.ceil(data.length / stride));
  let count = 0;
  for (let i = 0; i < data.length; i += stride) {
    const value = data[i] as number;
    if (Number.isFinite(value)) sample[count++] = value;
  }
  if (count === 0) {
    throw new FoundryError("array.nan", {
      message: "The plane holds no finite value to take percentiles of.",
    });
  }
  const sorted = sample.subarray(0, count).sort();
  return percents.map((percent) => {
    const position = (percent / 100) * (count - 1);
    const below = Math.floor(position);
    const low = sorted[below] as number;
    const high = sorted[Math.min(below + 1, count - 1)] as number;
    return low + (high - low) * (position - below);
  });
}

/**
 * Maps the two percentiles to 0 and 1, linearly and without clipping.
 *
 * @param low, high  percentiles; default 1 and 99.8, usual for microscope cameras.
 * @returns float32, axes yx; all zeros for a plane whose percentiles coincide; values that are not finite become 0.
 * @throws FoundryError `array.nan` when no value is finite.
 */
export function percentileNormalise(plane: Plane, low = 1, high = 99.8): Plane<"float32"> {
  const { height, width, data } = plane;
  const [from, to] = percentiles(plane, [low, high]) as [number, number];
  const out = new Float32Array(data.length);
  const scale = to > from ? 1 / (to - from) : 0;
  if (scale > 0) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      out[i] = Number.isFinite(value) ? (value - from) * scale : 0;
    }
  }
  return { dtype: "float32", height, width, data: out };
}
