/**
 * From which intensity to which one the screen goes from black to full colour.
 *
 * Automatic limits are the 1st and the 99.8th percentile of a sample of the plane: a few hot pixels must not make the
 * rest black, and the darkest percent is background. The same numbers as the models' normalisation.
 */

import type { Elements } from "./zarr-metadata.ts";

export type Limits = readonly [low: number, high: number];

const lowPercentile = 1;
const highPercentile = 99.8;
/** A sample of this size puts the 99.8th percentile within 0.02 percent of its place, and sorts in a few ms. */
const sampleMax = 200_000;

/**
 * @param values  intensities of a plane, any order; NaN and infinite ones are left out.
 * @returns low < high always: a constant plane gets a range of 1 above its value.
 */
export function contrastLimits(values: Elements): Limits {
  const step = Math.max(1, Math.ceil(values.length / sampleMax));
  const sample = new Float64Array(Math.ceil(values.length / step));
  let count = 0;
  for (let i = 0; i < values.length; i += step) {
    const value = values[i] as number;
    if (Number.isFinite(value)) sample[count++] = value;
  }
  if (count === 0) return [0, 1];
  const sorted = sample.subarray(0, count).sort();
  const low = percentile(sorted, lowPercentile);
  const high = percentile(sorted, highPercentile);
  if (high > low) return [low, high];
  const largest = sorted[count - 1] as number;
  return largest > low ? [low, largest] : [low, low + 1];
}

/** Percentile with linear interpolation between neighbours (NumPy's default). */
function percentile(sorted: Float64Array, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(at);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (upper - lower) * (at - below);
}

/** Largest values of 8, 10, 12, 14 and 16 bits. */
const bitDepthMaxima = [255, 1023, 4095, 16_383, 65_535];

/**
 * Ends of the contrast sliders: what the element type can hold, or somewhat more than was seen.
 *
 * Cameras of 10 to 14 bits store in 16; a slider over all 16 would have its whole use in the first sixteenth.
 */
export function intensityRange(dtype: string, seen: Limits): Limits {
  if (dtype === "uint8") return [0, 255];
  if (dtype === "uint16") return [0, bitDepthMaxima.find((largest) => largest >= seen[1] * 1.2) ?? 65_535];
  const margin = (seen[1] - seen[0]) * 0.5;
  return [seen[0] - margin, seen[1] + margin];
}
