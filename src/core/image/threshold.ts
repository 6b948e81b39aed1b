/** Otsu's threshold: the level that best parts a plane into a dark and a bright class (Otsu 1979). */

import type { Plane } from "../array/index.ts";

/** 256 levels over the range of values, as in scikit-image's `threshold_otsu`. */
const binCount = 256;

/**
 * Threshold in units of the plane; pixels above it are the bright class. Values that are not finite are left out.
 *
 * @returns the edge of a bin, midway when several part the plane equally well; the value itself for a constant plane; 0 when nothing is finite.
 */
export function otsuThreshold(plane: Plane): number {
  const { data } = plane;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === Infinity) return 0;
  if (low === high) return low;
  const width = (high - low) / binCount;
  const counts = new Float64Array(binCount);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(binCount - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return low + (bestCut(counts) + 1) * width;
}

/** Bin after which the variance between the classes is largest; the middle of an empty stretch. */
function bestCut(counts: Float64Array): number {
  let total = 0;
  let moment = 0;
  counts.forEach((count, bin) => {
    total += count;
    moment += count * bin;
  });
  let below = 0;
  let belowMoment = 0;
  let first = 0;
  let last = 0;
  let bestVariance = -1;
  for (let bin = 0; bin < binCount - 1; bin++) {
    below += counts[bin] as number;
    belowMoment += (counts[bin] as number) * bin;
    if (below === 0 || below === total) continue;
    const difference = belowMoment / below - (moment - belowMoment) / (total - below);
    const variance = below * (total - below) * difference * difference;
    if (variance > bestVariance) {
      bestVariance = variance;
      first = bin;
    }
    if (variance === bestVariance) last = bin;
  }
  return (first + last) / 2;
}
