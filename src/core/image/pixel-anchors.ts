/**
 * Anchors: a few small windows of a plane, chosen by their own content, so that two images that share pixels share them.
 *
 * Every 16 x 16 window gets a rolling hash; those with the smallest hashes are kept with their place. A crop contains
 * the same windows as the field it was cut from, wherever it was cut, so the two keep mostly the same ones, at one and
 * the same offset. This finds crops and overlapping tiles without comparing images pixel by pixel. Method: min-wise
 * sampling of content-defined windows (Broder 1997; winnowing, Schleimer 2003), in two dimensions.
 */

import type { Plane } from "../array/index.ts";

/** Side of a window: large enough that noise makes each window unique, small enough for crops of 64 pixels. */
const windowPx = 16;

/** One anchor per this many pixels; a crop of 128 x 128 pixels then shares about sixteen with its field. */
const pixelsPerAnchor = 1024;

const anchorsMin = 32;
/** Keeps the anchors of the largest planes within 12 kB. */
export const anchorsMax = 1024;

/** Pixels of a window that must differ from the first one: blank and saturated regions are alike everywhere. */
const differingMin = 24;

/** Windows with smaller hashes than this share of all are looked at, several times as many as are kept. */
const oversampling = 4;

export interface PixelAnchor {
  /** Two independent 32-bit hashes of the window, unsigned. */
  readonly key: readonly [number, number];
  /** Upper left pixel of the window. */
  readonly y: number;
  readonly x: number;
}

const rowFactor = 0x01000193;
const columnFactor = 0x2c1b3c6d;

/** Anchors of a plane, smallest hash first; none for planes smaller than a window. Cost: O(pixels), about 10 ns each. */
export function pixelAnchors(plane: Plane): PixelAnchor[] {
  const { height, width } = plane;
  if (height < windowPx || width < windowPx) return [];
  const windows = (height - windowPx + 1) * (width - windowPx + 1);
  const wanted = Math.min(anchorsMax, Math.max(anchorsMin, Math.round((height * width) / pixelsPerAnchor)));
  const limit = Math.min(0xffffffff, Math.floor((2 ** 32 * wanted * oversampling) / windows));
  const found: PixelAnchor[] = [];
  visitWindows(plane, (hash, y, x) => {
    if (hash > limit) return;
    const second = textureHash(plane, y, x);
    if (second !== null) found.push({ key: [hash, second], y, x });
  });
  found.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.y - b.y || a.x - b.x);
  return found.slice(0, wanted);
}

/** Calls `visit` with the mixed hash of every window. Rolls along rows, then down columns, modulo 2^32. */
function visitWindows(plane: Plane, visit: (hash: number, y: number, x: number) => void): void {
  const { height, width } = plane;
  const words = wordsOf(plane);
  const across = width - windowPx + 1;
  const rows = Array.from({ length: windowPx }, () => new Int32Array(across));
  const columns = new Int32Array(across);
  const rowOut = power(rowFactor, windowPx);
  const columnOut = power(columnFactor, windowPx);
  for (let y = 0; y < height; y++) {
    const row = rows[y % windowPx] as Int32Array;
    let rolling = 0;
    const base = y * width;
    for (let x = 0; x < width; x++) {
      rolling = (Math.imul(rolling, rowFactor) + (words[base + x] as number)) | 0;
      if (x >= windowPx) rolling = (rolling - Math.imul(words[base + x - windowPx] as number, rowOut)) | 0;
      const at = x - windowPx + 1;
      if (at < 0) continue;
      // The row leaving the window is still in the ring: it is read before it is overwritten.
      const leaving = y >= windowPx ? Math.imul(row[at] as number, columnOut) : 0;
      row[at] = rolling;
      const column = (Math.imul(columns[at] as number, columnFactor) + rolling - leaving) | 0;
      columns[at] = column;
      if (y >= windowPx - 1) visit(mixed(column), y - windowPx + 1, at);
    }
  }
}

/** Values as 32-bit words; those of floating types by their bits, so that every value counts. */
function wordsOf({ data, dtype }: Plane): ArrayLike<number> {
  if (dtype === "float32") return new Int32Array((data as Float32Array).slice().buffer);
  if (dtype === "float64") return new Int32Array(Float32Array.from(data as Float64Array).buffer);
  return data;
}

function power(factor: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, factor);
  return result;
}

function mixed(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A second hash of a window, or null when it has too little texture to be told apart. */
function textureHash({ data, width }: Plane, y: number, x: number): number | null {
  const first = data[y * width + x] as number;
  let [differing, hash] = [0, 0x811c9dc5];
  for (let v = y; v < y + windowPx; v++) {
    for (let u = x; u < x + windowPx; u++) {
      const value = data[v * width + u] as number;
      if (value !== first) differing++;
      hash = Math.imul(hash ^ Math.round(value * 64), 0x01000193);
    }
  }
  return differing < differingMin ? null : mixed(hash);
}

/** Bytes that one anchor takes. */
const anchorBytes = 16;

/** Anchors as bytes for keeping: key, y, x, each 32 bits little-endian. */
export function encodeAnchors(anchors: readonly PixelAnchor[]): Uint8Array {
  const words = new Uint32Array(4 * anchors.length);
  anchors.forEach(({ key, y, x }, i) => {
    words.set([key[0], key[1], y, x], 4 * i);
  });
  return new Uint8Array(words.buffer);
}

/** Anchors of bytes that `encodeAnchors` made. */
export function decodeAnchors(bytes: Uint8Array): PixelAnchor[] {
  // A copy, because bytes may be a window of a larger buffer that begins anywhere.
  const whole = Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % anchorBytes)));
  const words = new Uint32Array(whole.buffer);
  return Array.from({ length: words.length / 4 }, (_, i) => ({
    key: [words[4 * i] as number, words[4 * i + 1] as number] as const,
    y: words[4 * i + 2] as number,
    x: words[4 * i + 3] as number,
  }));
}
