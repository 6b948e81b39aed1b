/**
 * Peaks of a plane that stand out: one seed per cell.
 *
 * A peak counts when it must be left by more than `prominence` before anything higher is reached (the dynamics of a
 * maximum; the same peaks as the h-maxima transform, without its repeated reconstruction). Pixels are joined from the
 * highest down with a union-find; where two hills meet, the lower one's prominence is known. Noise on a slope has
 * little prominence, whatever its shape; a connected plateau is one peak.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { framedIndex, frameOf, neighboursOf } from "./frame.ts";
import { pixelsByPieceAndValue } from "./pixel-order.ts";

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
  const chosen: Mask = { dtype: "uint8", height, width, data: new Uint8Array(data.length) };
  for (let i = 0; i < data.length; i++) {
    // NaN fails the comparison with the threshold only when written this way round, so that it is found and refused.
    if ((mask === undefined || mask.data[i] !== 0) && !((data[i] as number) < threshold)) chosen.data[i] = 1;
  }
  const order = pixelsByPieceAndValue(data, chosen, 8);
  let peaks = prominentPeaks(plane, order, prominence);
  if (distancePx > 0) peaks = dropNear(peaks, width, distancePx);
  const seeds = new Int32Array(data.length);
  peaks.forEach((peak, k) => {
    fillPlateauInPlace(data, seeds, peak, k + 1, width, height);
  });
  return { dtype: "int32", height, width, data: seeds };
}

/**
 * Pixels of the peaks, by descending height, equal ones by ascending index.
 *
 * @param order  pixels of one piece after the other, ascending within each.
 */
function prominentPeaks(plane: Plane<"float32">, order: Int32Array, prominence: number): number[] {
  const { data } = plane;
  const frame = frameOf(plane.height, plane.width);
  const hills = new Hills(frame.length);
  const neighbours = neighboursOf(frame.width, 8);
  const peaks: { readonly pixel: number; readonly at: number }[] = [];
  for (let end = order.length; end > 0; ) {
    // Equal values are visited in scan order although the list is walked from its end.
    const value = data[order[end - 1] as number] as number;
    let start = end - 1;
    while (start > 0 && data[order[start - 1] as number] === value) start--;
    for (let k = start; k < end; k++) {
      const pixel = order[k] as number;
      const at = framedIndex(frame, pixel);
      if (hills.reach(at, value, neighbours, prominence)) peaks.push({ pixel, at });
    }
    end = start;
  }
  return peaks
    .filter(({ at }) => hills.dropped[at] === 0)
    .map(({ pixel }) => pixel)
    .sort((a, b) => (data[b] as number) - (data[a] as number) || a - b);
}

/** Hills that grow downwards and meet: a union-find whose roots are the tops. */
class Hills {
  /** 0: not yet reached; else the index towards the top. Index 0 is a corner of the frame, never a pixel. */
  readonly parent: Int32Array;
  /** Heights of the tops, at their index. */
  readonly height: Float32Array;
  /** 1 at tops that do not stand out. */
  readonly dropped: Uint8Array;

  constructor(length: number) {
    this.parent = new Int32Array(length);
    this.height = new Float32Array(length);
    this.dropped = new Uint8Array(length);
  }

  /** Adds the next lower pixel and joins the hills it connects; true when it is a new top. */
  reach(at: number, value: number, neighbours: Int32Array, prominence: number): boolean {
    const { parent } = this;
    let root = 0;
    for (let k = 0; k < neighbours.length; k++) {
      const neighbour = at + (neighbours[k] as number);
      if (parent[neighbour] === 0) continue;
      const other = this.top(neighbour);
      if (other !== root) root = root === 0 ? other : this.join(root, other, value, prominence);
    }
    parent[at] = root === 0 ? at : root;
    if (root === 0) this.height[at] = value;
    return root === 0;
  }

  private top(at: number): number {
    const { parent } = this;
    let root = at;
    while (parent[root] !== root) {
      // Halving the way on the way up keeps later ways short.
      const above = parent[parent[root] as number] as number;
      parent[root] = above;
      root = above;
    }
    return root;
  }

  /** Puts the lower hill under the higher one (of equal ones, the later under the earlier); returns the higher. */
  private join(a: number, b: number, value: number, prominence: number): number {
    const difference = (this.height[a] as number) - (this.height[b] as number);
    const [high, low] = difference > 0 || (difference === 0 && a < b) ? [a, b] : [b, a];
    if ((this.height[low] as number) - value <= prominence) this.dropped[low] = 1;
    this.parent[low] = high;
    return high;
  }
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
