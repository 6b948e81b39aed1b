/**
 * Peaks of a plane that stand out: one seed per cell.
 *
 * A peak counts when it must be left by more than `prominence` before anything higher is reached (the dynamics of a
 * maximum; the same peaks as the h-maxima transform, without its repeated reconstruction). Pixels are joined from the
 * highest down with a union-find; where two hills meet, the lower one's prominence is known. Noise on a slope has
 * little prominence, whatever its shape; a connected plateau is one peak.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { neighboursOf } from "./frame.ts";
import { assertNumbers, type PieceBatch, sortedPieces } from "./sorted-pieces.ts";

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
  let peaks = prominentPeaks(plane, chosen, prominence);
  if (distancePx > 0) peaks = dropNear(peaks, width, distancePx);
  const seeds = new Int32Array(data.length);
  peaks.forEach((peak, k) => {
    fillPlateauInPlace(data, seeds, peak, k + 1, width, height);
  });
  return { dtype: "int32", height, width, data: seeds };
}

/** Pixels of the peaks, by descending height, equal ones by ascending index. */
function prominentPeaks(plane: Plane<"float32">, chosen: Mask, prominence: number): number[] {
  const { data, width } = plane;
  assertNumbers(plane, chosen);
  const peaks: number[] = [];
  const pieces = sortedPieces(plane, chosen, 8, (runs, runStart, runEnd) => {
    const only = onlyMaximum(plane, chosen.data, runs, runStart, runEnd);
    if (only >= 0) peaks.push(only);
    return only >= 0;
  });
  const { frame, member } = pieces;
  const neighbours = neighboursOf(frame.width, 8);
  /** By pixel of the batch: 0 not yet reached, else one more than the pixel towards the top. */
  const parent = new Int32Array(pieces.countMax);
  const state = new Uint8Array(pieces.countMax);
  const heights = new Float32Array(pieces.countMax);
  pieces.forEach((batch) => {
    const { count, runs, runStart, runEnd } = batch;
    parent.fill(0, 0, count);
    state.fill(0, 0, count);
    let pixel = 0;
    for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
      const row = (runs[r] as number) * width;
      const end = row + (runs[r + 2] as number);
      for (let i = row + (runs[r + 1] as number); i < end; i++, pixel++) heights[pixel] = data[i] as number;
    }
    growHills(batch, member, neighbours, parent, state, heights, prominence);
    pixel = 0;
    for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
      const row = (runs[r] as number) * width;
      const end = row + (runs[r + 2] as number);
      for (let i = row + (runs[r + 1] as number); i < end; i++, pixel++) {
        if (state[pixel] === isTop) peaks.push(i);
      }
    }
  });
  return peaks.sort((a, b) => (data[b] as number) - (data[a] as number) || a - b);
}

/**
 * The pixel of a piece's maximum when it has a single one; -1 when it may have several.
 *
 * Candidates are pixels with no higher neighbour and no equal one before them in scan order: every plateau that is a
 * maximum has at least one. Most cells in smooth planes have one, and need no sorting.
 */
function onlyMaximum(
  { height, width, data }: Plane<"float32">,
  chosen: Uint8Array,
  runs: Int32Array,
  runStart: number,
  runEnd: number,
): number {
  let only = -1;
  for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
    const y = runs[r] as number;
    for (let x = runs[r + 1] as number; x < (runs[r + 2] as number); x++) {
      if (!isCandidate(data, chosen, y, x, height, width)) continue;
      if (only !== -1) return -1;
      only = y * width + x;
    }
  }
  return only;
}

function isCandidate(
  data: Float32Array,
  chosen: Uint8Array,
  y: number,
  x: number,
  height: number,
  width: number,
): boolean {
  const i = y * width + x;
  const own = data[i] as number;
  const x0 = x === 0 ? 0 : -1;
  const x1 = x === width - 1 ? 0 : 1;
  if (x > 0 && chosen[i - 1] !== 0 && (data[i - 1] as number) >= own) return false;
  if (x1 === 1 && chosen[i + 1] !== 0 && (data[i + 1] as number) > own) return false;
  if (y > 0) {
    for (let j = i - width + x0; j <= i - width + x1; j++) {
      if (chosen[j] !== 0 && (data[j] as number) >= own) return false;
    }
  }
  if (y < height - 1) {
    for (let j = i + width + x0; j <= i + width + x1; j++) {
      if (chosen[j] !== 0 && (data[j] as number) > own) return false;
    }
  }
  return true;
}

const isTop = 1;
const isDropped = 2;

/** The top of the hill a pixel belongs to. Shortens the way for later. */
function topOf(parent: Int32Array, pixel: number): number {
  let root = pixel;
  while ((parent[root] as number) - 1 !== root) {
    const above = parent[(parent[root] as number) - 1] as number;
    parent[root] = above;
    root = above - 1;
  }
  return root;
}

/**
 * Hills that grow downwards and meet: a union-find whose roots are the tops.
 *
 * Pixels are added from the highest down, equal ones in scan order. Where hills meet, the lower one's prominence is known
 * (of equal ones, the later in scan order counts as the lower).
 */
function growHills(
  { count, order, level, places }: PieceBatch,
  member: Int32Array,
  neighbours: Int32Array,
  parent: Int32Array,
  state: Uint8Array,
  heights: Float32Array,
  prominence: number,
): void {
  for (let end = count; end > 0; ) {
    const start = level[order[end - 1] as number] as number;
    for (let at = start; at < end; at++) {
      const pixel = order[at] as number;
      const place = places[pixel] as number;
      let root = -1;
      for (let k = 0; k < neighbours.length; k++) {
        const neighbour = member[place + (neighbours[k] as number)] as number;
        if (neighbour < 0 || parent[neighbour] === 0) continue;
        const other = topOf(parent, neighbour);
        if (root === -1) root = other;
        if (other === root) continue;
        const [rise, fall] = [heights[root] as number, heights[other] as number];
        const rootStays = rise > fall || (rise === fall && root < other);
        const low = rootStays ? other : root;
        if (rootStays === false) root = other;
        if ((heights[low] as number) - (heights[pixel] as number) <= prominence) state[low] = isDropped;
        parent[low] = root + 1;
      }
      parent[pixel] = (root === -1 ? pixel : root) + 1;
      if (root === -1) state[pixel] = isTop;
    }
    end = start;
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
