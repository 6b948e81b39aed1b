/**
 * Peaks of a plane that stand out: one seed per cell.
 *
 * A peak counts when it must be left by more than `prominence` before anything higher is reached (the dynamics of a
 * maximum; the same peaks as the h-maxima transform, without its repeated reconstruction). Pixels are joined from the
 * highest down with a union-find; where two hills meet, the lower one's prominence is known. Noise on a slope has
 * little prominence, whatever its shape; a connected plateau is one peak.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { pixelsByValue } from "./pixel-order.ts";

export interface SeedOptions {
  /** Peaks below this are none. Default: no limit. */
  readonly threshold?: number;
  /** A peak must stand out by more than this, in units of the plane. Default 0: every local maximum. */
  readonly prominence?: number;
  /** Of peaks nearer to each other than this, in pixels, only the highest stays. Default 0: all stay. */
  readonly distancePx?: number;
  /** uint8 0/1: peaks and the ways between them are looked for where it is 1. Default: everywhere. */
  readonly mask?: Mask;
}

/**
 * Seeds at the peaks of a plane, 8-connected.
 *
 * @param plane  float32, axes yx; NaN is refused inside the mask.
 * @returns label image: peak k (1 to n, by descending height, then scan order) with the plateau it stands on.
 * @throws FoundryError `array.nan`, `array.shapeMismatch`. Cost: O(pixels).
 */
export function findSeeds(plane: Plane<"float32">, options: SeedOptions = {}): LabelImage {
  const { height, width, data } = plane;
  const { threshold = -Infinity, prominence = 0, distancePx = 0, mask } = options;
  if (mask !== undefined) assertSameShape(plane, mask, "Seeds need a mask of the size of their plane");
  const chosen = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    // NaN fails the comparison with the threshold only when written this way round, so that it is found and refused.
    if ((mask === undefined || mask.data[i] !== 0) && !((data[i] as number) < threshold)) chosen[i] = 1;
  }
  const order = pixelsByValue(data, chosen);
  let peaks = prominentPeaks(data, order, width, height, prominence);
  if (distancePx > 0) peaks = dropNear(peaks, width, distancePx);
  const seeds = new Int32Array(data.length);
  peaks.forEach((peak, k) => {
    fillPlateauInPlace(data, seeds, peak, k + 1, width, height);
  });
  return { dtype: "int32", height, width, data: seeds };
}

/** Pixels of the peaks, by descending height. */
function prominentPeaks(
  data: Float32Array,
  order: Int32Array,
  width: number,
  height: number,
  prominence: number,
): number[] {
  // parent[p]: -1 not yet reached; else towards the root, which is the highest pixel of its hill.
  const parent = new Int32Array(data.length).fill(-1);
  const dropped = new Uint8Array(data.length);
  const peaks: number[] = [];
  const find = (pixel: number): number => {
    let root = pixel;
    while (parent[root] !== root) root = parent[root] as number;
    let at = pixel;
    while (parent[at] !== root) {
      const above = parent[at] as number;
      parent[at] = root;
      at = above;
    }
    return root;
  };
  const rankOf = makeRank(data);
  for (let end = order.length; end > 0; ) {
    // Equal values are visited in scan order although the list is walked from its end.
    let start = end - 1;
    while (start > 0 && data[order[start - 1] as number] === data[order[end - 1] as number]) start--;
    for (let k = start; k < end; k++) {
      const pixel = order[k] as number;
      const value = data[pixel] as number;
      const x = pixel % width;
      const y = (pixel - x) / width;
      let root = -1;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const neighbour = ny * width + nx;
          if (neighbour === pixel || parent[neighbour] === -1) continue;
          const other = find(neighbour);
          if (other === root) continue;
          if (root === -1) {
            root = other;
            continue;
          }
          const [high, low] = rankOf(other, root) ? [other, root] : [root, other];
          if ((data[low] as number) - value <= prominence) dropped[low] = 1;
          parent[low] = high;
          root = high;
        }
      }
      parent[pixel] = root === -1 ? pixel : root;
      if (root === -1) peaks.push(pixel);
    }
    end = start;
  }
  return peaks.filter((peak) => dropped[peak] === 0);
}

/** Whether the first of two peaks is the higher one; of equal ones, the earlier in scan order. */
function makeRank(data: Float32Array): (a: number, b: number) => boolean {
  return (a, b) => {
    const difference = (data[a] as number) - (data[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  };
}

/** Keeps peaks, highest first, that have no kept peak nearer than `distancePx`. Grid of that side: O(peaks). */
function dropNear(peaks: readonly number[], width: number, distancePx: number): number[] {
  const grid = new Map<number, number[]>();
  const columns = Math.ceil(width / distancePx) + 2;
  const kept: number[] = [];
  for (const peak of peaks) {
    const x = peak % width;
    const y = (peak - x) / width;
    const cell = (Math.floor(y / distancePx) + 1) * columns + Math.floor(x / distancePx) + 1;
    let near = false;
    for (let dy = -1; dy <= 1 && !near; dy++) {
      for (let dx = -1; dx <= 1 && !near; dx++) {
        near = (grid.get(cell + dy * columns + dx) ?? []).some((other) => {
          const ox = other % width;
          const oy = (other - ox) / width;
          return (oy - y) ** 2 + (ox - x) ** 2 < distancePx ** 2;
        });
      }
    }
    if (near) continue;
    kept.push(peak);
    const members = grid.get(cell);
    if (members === undefined) grid.set(cell, [peak]);
    else members.push(peak);
  }
  return kept;
}

function fillPlateauInPlace(
  data: Float32Array,
  seeds: Int32Array,
  peak: number,
  label: number,
  width: number,
  height: number,
): void {
  const value = data[peak] as number;
  const stack = [peak];
  seeds[peak] = label;
  for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const neighbour = ny * width + nx;
        if (seeds[neighbour] !== 0 || data[neighbour] !== value) continue;
        seeds[neighbour] = label;
        stack.push(neighbour);
      }
    }
  }
}
