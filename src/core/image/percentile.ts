/**
 * Percentiles of a plane and the normalisation that rests on them.
 *
 * Exact, with linear interpolation as NumPy does by default. 8- and 16-bit planes are counted whole; of other planes
 * above a million pixels every n-th pixel is taken in a fixed pattern, so the result is the same each time.
 */

import type { Dtype, Plane } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** The error of a percentile from 10^6 samples is far below the noise of any camera. */
const samplePixelsMax = 2 ** 20;

/** Percentiles of a plane that comes in bands of rows. */
export interface PercentileCounter {
  /** Adds the next rows; all bands have the dtype of the plane. */
  add(band: Plane): void;
  /**
   * The same numbers as `percentiles` gives of the whole plane.
   *
   * @throws FoundryError `array.nan` when no value is finite.
   */
  finish(percents: readonly number[]): number[];
}

/** @param pixelCount  pixels of the whole plane. Memory: 0.5 MB for 8 and 16 bits, else 8 MB. */
export function createPercentileCounter(dtype: Dtype, pixelCount: number): PercentileCounter {
  const counted = dtype === "uint8" || dtype === "uint16";
  const { add, ordered } = counted ? countValues(dtype) : collectSample(pixelCount);
  return {
    add,
    finish(percents) {
      const { count, at } = ordered();
      if (count === 0) {
        throw new FoundryError("array.nan", {
          message: "The plane holds no finite value to take percentiles of.",
        });
      }
      return percents.map((percent) => {
        const position = (percent / 100) * (count - 1);
        const below = Math.floor(position);
        const low = at(below);
        return low + (at(Math.min(below + 1, count - 1)) - low) * (position - below);
      });
    },
  };
}

/**
 * Percentiles of the finite values of a plane.
 *
 * @param percents  each 0..100.
 * @throws FoundryError `array.nan` when no value is finite. Cost: O(pixels) for 8 and 16 bits, else O(n log n) of the
 *         sample.
 */
export function percentiles(plane: Plane, percents: readonly number[]): number[] {
  const counter = createPercentileCounter(plane.dtype, plane.data.length);
  counter.add(plane);
  return counter.finish(percents);
}

/** Values in ascending order: how many, and the one at an index. */
interface Ordered {
  readonly count: number;
  readonly at: (index: number) => number;
}

interface Collector {
  readonly add: (band: Plane) => void;
  readonly ordered: () => Ordered;
}

function countValues(dtype: "uint8" | "uint16"): Collector {
  // Float64 counts 2^53 pixels; a table of 32-bit counts would overflow on the largest slides.
  const counts = new Float64Array(dtype === "uint8" ? 256 : 65_536);
  let total = 0;
  return {
    add({ data }) {
      for (let i = 0; i < data.length; i++) {
        const value = data[i] as number;
        counts[value] = (counts[value] as number) + 1;
      }
      total += data.length;
    },
    ordered() {
      const upTo = counts.slice();
      for (let value = 1; value < upTo.length; value++)
        upTo[value] = (upTo[value] as number) + (upTo[value - 1] as number);
      return { count: total, at: (index) => upTo.findIndex((count) => count > index) };
    },
  };
}

function collectSample(pixelCount: number): Collector {
  // Odd, so that a width that is a power of two is not sampled in a few columns only.
  const stride = pixelCount <= samplePixelsMax ? 1 : Math.ceil(pixelCount / samplePixelsMax) | 1;
  const sample = new Float64Array(Math.ceil(pixelCount / stride));
  let count = 0;
  /** Index in the next band of the next pixel to take. */
  let next = 0;
  return {
    add({ data }) {
      for (; next < data.length; next += stride) {
        const value = data[next] as number;
        if (Number.isFinite(value)) sample[count++] = value;
      }
      next -= data.length;
    },
    ordered() {
      const sorted = sample.slice(0, count).sort();
      return { count, at: (index) => sorted[index] as number };
    },
  };
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
