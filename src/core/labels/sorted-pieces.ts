/**
 * The pixels of a plane sorted by value, connected piece by connected piece: what turns floods and trees over an image
 * from O(n log n) into O(n), and keeps their memory in the cache.
 *
 * Float32 bit patterns are mapped to integers of the same order and sorted by a stable radix sort of three 11-bit digits.
 * Floods do not cross from one piece of the mask to another, so pieces may be taken one after the other: the result is
 * the same, and what is in use at any moment is small. Small pieces are taken together, because a sort has fixed costs.
 */

import type { Mask, Plane } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { findPieces, type RunPieces } from "./components.ts";
import { type Frame, frameOf } from "./frame.ts";

/**
 * Some pieces with their pixels sorted. Pixels are numbered by place: pieces one after the other, scan order within each;
 * all but `SortedPieces.member` is by that number, so that it is small and near together.
 * Arrays are reused from batch to batch; only the first `count` entries hold.
 */
export interface PieceBatch {
  /** Pixels. */
  readonly count: number;
  /** Pixels by ascending value, equal values by number. */
  readonly order: Int32Array;
  /** Position in `order` of the first pixel of the same value, by pixel. */
  readonly level: Int32Array;
  /** Index in the frame, by pixel. */
  readonly places: Int32Array;
  /** Three numbers per run of pixels: row, x0, x1, in the order of the pixels. */
  readonly runs: Int32Array;
  /** Runs of this batch: the first, and the end. */
  readonly runStart: number;
  readonly runEnd: number;
}

export interface SortedPieces {
  readonly frame: Frame;
  /** Number of each pixel in its batch, in the frame; -1 off the mask. Filled batch by batch. */
  readonly member: Int32Array;
  /** Pixels of the largest batch. */
  readonly countMax: number;
  /** Sorts batch after batch. Values must be numbers. */
  forEach(visit: (batch: PieceBatch) => void): void;
}

/** Pixels taken together at least: sorting counters of 24 KiB are then paid for, and all arrays fit the cache. */
const batchPixels = 8192;

/** Whether a piece, given as runs, needs no sorting because its answer is plain (and was given by the callee). */
export type IsPlain = (runs: Int32Array, runStart: number, runEnd: number) => boolean;

/**
 * @param mask  default everywhere.
 * @param isPlain  asked once for every piece, in scan order; those it takes are left out.
 * Cost: O(pixels), 4 bytes each and 24 per pixel of the largest piece.
 */
export function sortedPieces(
  plane: Plane<"float32">,
  mask: Mask | undefined,
  connectivity: 4 | 8,
  isPlain: IsPlain,
): SortedPieces {
  const frame = frameOf(plane.height, plane.width);
  const { runs, batchEnds, countMax } = batchRuns(piecesOf(plane, mask, connectivity), isPlain);
  const member = new Int32Array(countMax === 0 ? 0 : frame.length).fill(-1);
  return {
    frame,
    member,
    countMax,
    forEach: (visit) => {
      const sorter = makeSorter(countMax);
      const places = new Int32Array(countMax);
      let runStart = 0;
      for (const runEnd of batchEnds) {
        const count = gather(plane, frame, member, { runs, runStart, runEnd }, sorter.keys, places);
        const { order, level } = sorter.sort(count);
        visit({ count, order, level, places, runs, runStart, runEnd });
        runStart = runEnd;
      }
    },
  };
}

/** @throws FoundryError `array.nan` with the first pixel of the mask that is not a number. Cost: O(pixels). */
export function assertNumbers({ data }: Plane<"float32">, mask: Mask | undefined): void {
  let broken = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i] as number) && (mask === undefined || mask.data[i] !== 0)) broken++;
  }
  if (broken === 0) return;
  const index = data.findIndex(
    (value, i) => Number.isNaN(value) && (mask === undefined || mask.data[i] !== 0),
  );
  throw new FoundryError("array.nan", {
    message: `The plane holds a value that is not a number, first at pixel index ${index}.`,
    details: { index },
  });
}

function piecesOf(plane: Plane, mask: Mask | undefined, connectivity: 4 | 8): RunPieces {
  if (mask !== undefined) return findPieces(mask, connectivity);
  const runs = new Int32Array(3 * plane.height);
  for (let y = 0; y < plane.height; y++) {
    runs[3 * y] = y;
    runs[3 * y + 2] = plane.width;
  }
  return { runs, pieceOf: new Int32Array(plane.height), count: 1 };
}

/** Brings the runs of each piece together, leaves out plain pieces, and cuts the list into batches of whole pieces. */
function batchRuns(
  { runs, pieceOf, count }: RunPieces,
  isPlain: IsPlain,
): { readonly runs: Int32Array; readonly batchEnds: readonly number[]; readonly countMax: number } {
  const ends = new Int32Array(count + 1);
  const areas = new Int32Array(count);
  for (let r = 0; r < pieceOf.length; r++) {
    const piece = pieceOf[r] as number;
    ends[piece + 1] = (ends[piece + 1] as number) + 1;
    areas[piece] = (areas[piece] as number) + (runs[3 * r + 2] as number) - (runs[3 * r + 1] as number);
  }
  for (let piece = 1; piece <= count; piece++)
    ends[piece] = (ends[piece] as number) + (ends[piece - 1] as number);
  const next = ends.slice(0, count);
  const grouped = new Int32Array(runs.length);
  for (let r = 0; r < pieceOf.length; r++) {
    const piece = pieceOf[r] as number;
    const at = next[piece] as number;
    next[piece] = at + 1;
    for (let k = 0; k < 3; k++) grouped[3 * at + k] = runs[3 * r + k] as number;
  }
  const batchEnds: number[] = [];
  let kept = 0;
  let held = 0;
  let countMax = 0;
  for (let piece = 0; piece < count; piece++) {
    const [start, end] = [ends[piece] as number, ends[piece + 1] as number];
    if (!isPlain(grouped, start, end)) {
      grouped.copyWithin(3 * kept, 3 * start, 3 * end);
      kept += end - start;
      held += areas[piece] as number;
    }
    if (held === 0 || (held < batchPixels && piece < count - 1)) continue;
    batchEnds.push(kept);
    countMax = Math.max(countMax, held);
    held = 0;
  }
  return { runs: grouped, batchEnds, countMax };
}

interface BatchRuns {
  readonly runs: Int32Array;
  readonly runStart: number;
  readonly runEnd: number;
}

/** Numbers a batch's pixels and writes their keys and places; returns how many. */
function gather(
  { width, data }: Plane<"float32">,
  frame: Frame,
  member: Int32Array,
  { runs, runStart, runEnd }: BatchRuns,
  keys: Uint32Array,
  places: Int32Array,
): number {
  const patterns = new Uint32Array(data.buffer, data.byteOffset, data.length);
  let n = 0;
  for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
    const y = runs[r] as number;
    const from = y * width + (runs[r + 1] as number);
    const end = y * width + (runs[r + 2] as number);
    const shift = frame.first + 2 * y;
    for (let i = from; i < end; i++, n++) {
      const bits = patterns[i] as number;
      // Negative numbers are flipped, positive ones put above them; -0 is taken for 0.
      keys[n] = bits > 0x80000000 ? ~bits : bits | 0x80000000;
      places[n] = i + shift;
      member[i + shift] = n;
    }
  }
  return n;
}

const radixBits = 11;
const radix = 1 << radixBits;

interface Sorter {
  /** By pixel; changed by `sort`. */
  readonly keys: Uint32Array;
  /** Sorts the first `count` pixels by key, stable. Arrays are valid until the next call. */
  sort(count: number): { readonly order: Int32Array; readonly level: Int32Array };
}

function makeSorter(capacity: number): Sorter {
  const keys = new Uint32Array(capacity);
  const first = new Int32Array(capacity);
  const otherKeys = new Uint32Array(capacity);
  const second = new Int32Array(capacity);
  const level = new Int32Array(capacity);
  const counts = new Int32Array(3 * radix);
  return {
    keys,
    sort: (count) => {
      countDigits(keys, count, counts);
      for (let k = 0; k < count; k++) first[k] = k;
      let [fromKeys, from, toKeys, to] = [keys, first, otherKeys, second];
      for (let pass = 0; pass < 3; pass++) {
        const starts = counts.subarray(pass * radix, (pass + 1) * radix);
        const shift = pass * radixBits;
        if (starts[((fromKeys[0] as number) >>> shift) & (radix - 1)] === count) continue;
        scatter(fromKeys, from, toKeys, to, count, starts, shift);
        [fromKeys, from, toKeys, to] = [toKeys, to, fromKeys, from];
      }
      let start = 0;
      for (let k = 0; k < count; k++) {
        if (fromKeys[k] !== fromKeys[start]) start = k;
        level[from[k] as number] = start;
      }
      return { order: from, level };
    },
  };
}

/** How often each value of each of the three digits occurs. */
function countDigits(keys: Uint32Array, count: number, counts: Int32Array): void {
  counts.fill(0);
  for (let k = 0; k < count; k++) {
    const key = keys[k] as number;
    const low = key & (radix - 1);
    const middle = radix + ((key >>> radixBits) & (radix - 1));
    const high = 2 * radix + (key >>> (2 * radixBits));
    counts[low] = (counts[low] as number) + 1;
    counts[middle] = (counts[middle] as number) + 1;
    counts[high] = (counts[high] as number) + 1;
  }
}

/** One pass of the sort. Changes `counts` to the places behind each digit's last. */
function scatter(
  keys: Uint32Array,
  pixels: Int32Array,
  toKeys: Uint32Array,
  toPixels: Int32Array,
  count: number,
  counts: Int32Array,
  shift: number,
): void {
  let sum = 0;
  for (let digit = 0; digit < radix; digit++) {
    const held = counts[digit] as number;
    counts[digit] = sum;
    sum += held;
  }
  for (let k = 0; k < count; k++) {
    const key = keys[k] as number;
    const digit = (key >>> shift) & (radix - 1);
    const at = counts[digit] as number;
    counts[digit] = at + 1;
    toKeys[at] = key;
    toPixels[at] = pixels[k] as number;
  }
}
