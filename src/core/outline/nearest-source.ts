/**
 * Exact Euclidean distance to the nearest of several sources, and which source that is, for pixels of any aspect.
 *
 * `distanceTransform` of core/labels measures inside objects in square pixels; growing cells by micrometres needs the
 * distance outside them, pixels that are not square, and the owner of the nearest pixel. Columns first, then the lower
 * envelope of parabolas along each row (Felzenszwalb and Huttenlocher 2012), in float64.
 */

import type { LabelImage, Plane } from "../array/index.ts";

/** Side lengths of a pixel; only their ratio and unit matter, the distance comes out in the same unit. */
export interface PixelSize {
  readonly y: number;
  readonly x: number;
}

export interface NearestSource {
  /** Squared distance, centre to centre, in units of the pixel size; `Infinity` without any source. */
  readonly squared: Plane<"float64">;
  /** Value of the nearest source; 0 without any. Of equally near ones, any. */
  readonly source: LabelImage;
}

/**
 * @param sources  int32, axes yx; every pixel above 0 is a source of that value, others are not.
 * @param size  of one pixel, both sides above 0.
 * Cost: O(pixels) time, 24 bytes of scratch per pixel.
 */
export function nearestSource(sources: LabelImage, size: PixelSize = { y: 1, x: 1 }): NearestSource {
  const { height, width, data } = sources;
  const row = nearestRows(sources);
  const squared = new Float64Array(data.length);
  const source = new Int32Array(data.length);
  const feet = new Int32Array(width);
  const starts = new Float64Array(width + 1);
  const rises = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const at = y * width;
    let count = 0;
    for (let x = 0; x < width; x++) {
      const from = row[at + x] as number;
      if (from === none) continue;
      const rise = ((y - from) * size.y) ** 2;
      while (count > 0) {
        const meets = meeting(feet[count - 1] as number, rises[count - 1] as number, x, rise, size.x);
        if (meets > (starts[count - 1] as number)) {
          starts[count] = meets;
          break;
        }
        count--;
      }
      if (count === 0) starts[0] = -Infinity;
      feet[count] = x;
      rises[count++] = rise;
    }
    if (count === 0) {
      squared.fill(Infinity, at, at + width);
      continue;
    }
    for (let x = 0, k = 0; x < width; x++) {
      while (k + 1 < count && (starts[k + 1] as number) < x) k++;
      const foot = feet[k] as number;
      squared[at + x] = ((x - foot) * size.x) ** 2 + (rises[k] as number);
      source[at + x] = data[(row[at + foot] as number) * width + foot] as number;
    }
  }
  return {
    squared: { dtype: "float64", height, width, data: squared },
    source: { dtype: "int32", height, width, data: source },
  };
}

const none = -1;

/** Row of the nearest source in each pixel's own column; of two equally far, the upper. */
function nearestRows({ height, width, data }: LabelImage): Int32Array {
  const row = new Int32Array(data.length).fill(none);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if ((data[i] as number) > 0) row[i] = y;
      else if (y > 0) row[i] = row[i - width] as number;
    }
  }
  for (let y = height - 2; y >= 0; y--) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const below = row[i + width] as number;
      const above = row[i] as number;
      if (below !== none && (above === none || below - y < y - above)) row[i] = below;
    }
  }
  return row;
}

/** Where the parabola over foot b becomes lower than that over foot a (a < b). */
function meeting(a: number, riseA: number, b: number, riseB: number, step: number): number {
  return (b * b - a * a + (riseB - riseA) / (step * step)) / (2 * (b - a));
}
