/**
 * Peaks of a plane that stand out: one seed per cell.
 *
 * A peak counts when it must be left by more than `prominence` before anything higher is reached (the dynamics of a
 * maximum; the same peaks as the h-maxima transform, without its repeated reconstruction). Noise on a slope has little
 * prominence, whatever its shape; a connected plateau is one peak.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { Hills } from "./hills.ts";
import { notANumber } from "./not-a-number.ts";
import { listPieces, type PieceList } from "./piece-list.ts";

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
    if (mask !== undefined && mask.data[i] === 0) continue;
    const value = data[i] as number;
    if (value >= threshold) chosen.data[i] = 1;
    else if (Number.isNaN(value)) throw notANumber(i);
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
  const { data } = plane;
  const list = listPieces(plane, chosen, 8);
  const peaks: number[] = [];
  const hilly: number[] = [];
  for (let piece = 0; piece < list.count; piece++) {
    const only = onlyMaximum(plane, chosen.data, list, piece);
    if (only >= 0) peaks.push(only);
    else hilly.push(piece);
  }
  const hills = new Hills(list, hilly);
  for (const piece of hilly) hills.findPeaks(plane, piece, prominence, peaks);
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
  { runs, order, starts }: PieceList,
  piece: number,
): number {
  let only = -1;
  for (let k = starts[piece] as number; k < (starts[piece + 1] as number); k++) {
    const r = 3 * (order[k] as number);
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
