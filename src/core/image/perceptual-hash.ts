/**
 * A 64-bit hash of how an image looks, and a 32 x 32 miniature to confirm what the hash suggests.
 *
 * The plane is averaged to 32 x 32; the signs of its cosine transform at frequencies 1 to 8 in y and x are the bits.
 * Signs do not change with brightness and contrast. A flip changes the sign of every odd frequency and a transposition
 * swaps y and x, so the hashes of all eight flipped and turned copies follow from one hash without the pixels. That is
 * why signs are used and not, as is more usual, a comparison with the median, which has no such law.
 */

import type { Plane } from "../array/index.ts";
import { resamplePlane } from "./resample.ts";

export const miniatureSide = 32;

/** Frequencies kept per axis; 8 x 8 signs. */
const frequencies = 8;

/** Signs of frequencies: row v (1 to 8 in y), bit u - 1 (1 to 8 in x); high holds v = 1 to 4, low v = 5 to 8. */
export interface PerceptualHash {
  /** Unsigned 32 bits. */
  readonly high: number;
  readonly low: number;
}

export interface Appearance {
  readonly hash: PerceptualHash;
  /** 32 x 32 values from 0 (darkest) to 255 (brightest), row-major. */
  readonly miniature: Uint8Array;
}

/** cos((2i + 1) f pi / 64) for frequency f = 1 to 8. */
const cosines = Array.from({ length: frequencies }, (_, f) =>
  Float64Array.from({ length: miniatureSide }, (_, i) =>
    Math.cos(((2 * i + 1) * (f + 1) * Math.PI) / (2 * miniatureSide)),
  ),
);

/**
 * Hash and miniature of a plane, or null when it is constant or holds a value that is not finite.
 *
 * The sides are squeezed to a square, so a turned copy of an oblong image is found too. Cost: O(pixels).
 */
export function appearanceOf(plane: Plane): Appearance | null {
  const small = resamplePlane(plane, miniatureSide, miniatureSide).data;
  let [low, high] = [Infinity, -Infinity];
  for (const value of small) {
    if (!Number.isFinite(value)) return null;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return null;
  const scale = 255 / (high - low);
  return {
    hash: signsOf(small),
    miniature: Uint8Array.from(small, (value) => Math.round((value - low) * scale)),
  };
}

function signsOf(small: Float32Array): PerceptualHash {
  const half = [0, 0];
  const rows = new Float64Array(miniatureSide * frequencies);
  for (let y = 0; y < miniatureSide; y++) {
    for (let u = 0; u < frequencies; u++) {
      const wave = cosines[u] as Float64Array;
      let sum = 0;
      for (let x = 0; x < miniatureSide; x++)
        sum += (small[y * miniatureSide + x] as number) * (wave[x] as number);
      rows[y * frequencies + u] = sum;
    }
  }
  for (let v = 0; v < frequencies; v++) {
    const wave = cosines[v] as Float64Array;
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let y = 0; y < miniatureSide; y++)
        sum += (rows[y * frequencies + u] as number) * (wave[y] as number);
      if (sum > 0) half[v >> 2] = (half[v >> 2] as number) | (1 << ((v & 3) * 8 + u));
    }
  }
  return { high: (half[0] as number) >>> 0, low: (half[1] as number) >>> 0 };
}

/** Bits of odd frequencies in x (u = 1, 3, 5, 7 are bits 0, 2, 4, 6 of each byte), and in y (bytes 0 and 2). */
const oddX = 0x55555555;
const oddY = 0x00ff00ff;

/** Hashes of the eight flipped and turned copies, the plane's own first. */
export function dihedralHashes(hash: PerceptualHash): PerceptualHash[] {
  return [hash, transposed(hash)].flatMap(({ high, low }) =>
    [0, oddX, oddY, oddX ^ oddY].map((mask) => ({ high: (high ^ mask) >>> 0, low: (low ^ mask) >>> 0 })),
  );
}

function transposed({ high, low }: PerceptualHash): PerceptualHash {
  const half = [0, 0];
  for (let v = 0; v < frequencies; v++) {
    for (let u = 0; u < frequencies; u++) {
      const from = v < 4 ? high : low;
      if (((from >>> ((v & 3) * 8 + u)) & 1) === 1)
        half[u >> 2] = (half[u >> 2] as number) | (1 << ((u & 3) * 8 + v));
    }
  }
  return { high: (half[0] as number) >>> 0, low: (half[1] as number) >>> 0 };
}

/** Number of bits in which two hashes differ. */
export function hashDistance(a: PerceptualHash, b: PerceptualHash): number {
  return bitCount(a.high ^ b.high) + bitCount(a.low ^ b.low);
}

export function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Highest correlation of two miniatures over the eight flips and turns of one of them; -1 to 1.
 *
 * Cost: 8 x 1024 products.
 */
export function miniatureCorrelation(a: Uint8Array, b: Uint8Array): number {
  const side = miniatureSide;
  const last = side - 1;
  const count = side * side;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [squareA, squareB] = [0, 0];
  for (let i = 0; i < count; i++) {
    squareA += ((a[i] as number) - meanA) ** 2;
    squareB += ((b[i] as number) - meanB) ** 2;
  }
  const scale = Math.sqrt(squareA * squareB);
  if (scale === 0) return 0;
  let best = -1;
  for (let view = 0; view < 8; view++) {
    let sum = 0;
    for (let y = 0, i = 0; y < side; y++) {
      const v = (view & 1) === 0 ? y : last - y;
      for (let x = 0; x < side; x++, i++) {
        const u = (view & 2) === 0 ? x : last - x;
        const at = (view & 4) === 0 ? v * side + u : u * side + v;
        sum += ((a[i] as number) - meanA) * ((b[at] as number) - meanB);
      }
    }
    best = Math.max(best, sum / scale);
  }
  return best;
}

function meanOf(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
