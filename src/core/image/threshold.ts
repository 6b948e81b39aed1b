/** Otsu's threshold: the level that best parts a plane into a dark and a bright class (Otsu 1979). */

import type { Plane } from "../array/index.ts";

/** 256 levels over the range of values, as in scikit-image's `threshold_otsu`. */
const binCount = 256;

/**
 * Threshold in units of the plane; pixels above it are the bright class. Values that are not finite are left out.
 *
 * @returns the middle of the best bin; the value itself for a constant plane; 0 when nothing is finite.
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
  return low + (bestCut(counts) + 0.5) * width;
}

/** Bin after which the variance between the classes is largest. */
function bestCut(counts: Float64Array): number {
  let total = 0;
  let moment = 0;
  counts.forEach((count, bin) => {
    total += count;
    moment += count * bin;
  });
  let below = 0;
  let belowMoment = 0;
  let best = 0;
  let bestVariance = -1;
  for (let bin = 0; bin < binCount - 1; bin++) {
    below += counts[bin] as number;
    belowMoment += (counts[bin] as number) * bin;
    if (below === 0 || below === total) continue;
    const difference = belowMoment / below - (moment - belowMoment) / (total - below);
    const variance = below * (total - below) * difference * difference;
    if (variance > bestVariance) {
      bestVariance = variance;
      best = bin;
    }
  }
  return best;
}
