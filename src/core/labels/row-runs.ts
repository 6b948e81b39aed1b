/**
 * A plane cut into runs: stretches of one row with one value, the unit in which components, distances, floods and hole
 * filling go over an image instead of pixel by pixel.
 *
 * Bytes are compared four at a time, since masks are mostly long stretches of 0 and 1.
 */

import type { LabelImage, Mask } from "../array/index.ts";

export interface RowRuns {
  /** Three numbers per run: row, x0, x1 (half-open), in scan order. */
  readonly runs: Int32Array;
  /** Value of each run. */
  readonly values: Int32Array;
  /** First run of each row, and the end. */
  readonly rowStarts: Int32Array;
}

/** Runs of everything that is not 0. Cost: O(pixels), 16 bytes per run. */
export function objectRuns({ height, width, data }: Mask | LabelImage): RowRuns {
  const runEnd = data instanceof Uint8Array ? bytesRunEnd(data) : labelsRunEnd(data);
  const list = new RunList(height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const end = row + width;
    for (let i = row; i < end; ) {
      const value = data[i] as number;
      const start = i;
      i = runEnd(i, end, value);
      if (value !== 0) list.add(y, start - row, i - row, value);
    }
    list.endRow(y);
  }
  return list.take();
}

/** What lies between runs of values above 0, as runs of value 0. Cost: O(runs). */
export function gapRuns({ runs, values, rowStarts }: RowRuns, width: number): RowRuns {
  const height = rowStarts.length - 1;
  const list = new RunList(height);
  for (let y = 0; y < height; y++) {
    let x = 0;
    for (let r = rowStarts[y] as number; r < (rowStarts[y + 1] as number); r++) {
      if ((values[r] as number) < 0) continue;
      const x0 = runs[3 * r + 1] as number;
      if (x0 > x) list.add(y, x, x0, 0);
      x = runs[3 * r + 2] as number;
    }
    if (x < width) list.add(y, x, width, 0);
    list.endRow(y);
  }
  return list.take();
}

/**
 * Gives the pixels of run r the value `values[r]`; runs with value 0 are left as they are. Changes `out`.
 *
 * @param runs  three numbers per run: row, x0, x1. Cost: O(painted pixels + runs).
 */
export function paintRuns(out: Int32Array, width: number, runs: Int32Array, values: Int32Array): void {
  for (let r = 0; r < values.length; r++) {
    const value = values[r] as number;
    if (value === 0) continue;
    const row = (runs[3 * r] as number) * width;
    const end = row + (runs[3 * r + 2] as number);
    // Most runs are too short for `fill` to be worth its call.
    for (let i = row + (runs[3 * r + 1] as number); i < end; i++) out[i] = value;
  }
}

/** Collects runs row by row. */
class RunList {
  #runs = new Int32Array(3 * 4096);
  #values = new Int32Array(4096);
  #count = 0;
  readonly #rowStarts: Int32Array;

  constructor(height: number) {
    this.#rowStarts = new Int32Array(height + 1);
  }

  add(y: number, x0: number, x1: number, value: number): void {
    const at = this.#count++;
    if (at === this.#values.length) {
      this.#runs = grow(this.#runs);
      this.#values = grow(this.#values);
    }
    this.#runs[3 * at] = y;
    this.#runs[3 * at + 1] = x0;
    this.#runs[3 * at + 2] = x1;
    this.#values[at] = value;
  }

  endRow(y: number): void {
    this.#rowStarts[y + 1] = this.#count;
  }

  take(): RowRuns {
    const count = this.#count;
    return {
      runs: this.#runs.subarray(0, 3 * count),
      values: this.#values.subarray(0, count),
      rowStarts: this.#rowStarts,
    };
  }
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** First index in [from, end) whose value differs, or `end`. */
type RunEnd = (from: number, end: number, value: number) => number;

function labelsRunEnd(data: Int32Array): RunEnd {
  return (from, end, value) => {
    let i = from + 1;
    while (i < end && data[i] === value) i++;
    return i;
  };
}

/** The byte of a word that differs first is found by its bits, which needs the order in which bytes lie. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function bytesRunEnd(data: Uint8Array): RunEnd {
  const canReadWords = isLittleEndian && data.byteOffset % 4 === 0;
  const words = canReadWords ? new Int32Array(data.buffer, data.byteOffset, data.length >> 2) : noWords;
  const wordsEnd = 4 * words.length;
  return (from, end, value) => {
    const pattern = Math.imul(value, 0x01010101);
    const last = Math.min(end, wordsEnd);
    let i = from;
    if (i < last) {
      // Bytes before `from` are shifted out.
      let rest = ((words[i >> 2] as number) ^ pattern) >>> ((i & 3) << 3);
      if (rest === 0) {
        i = (i | 3) + 1;
        while (i < last && (words[i >> 2] as number) === pattern) i += 4;
        rest = i < last ? (words[i >> 2] as number) ^ pattern : 0;
      }
      if (rest !== 0) return Math.min(end, i + ((31 - Math.clz32(rest & -rest)) >> 3));
    }
    while (i < end && data[i] === value) i++;
    return Math.min(i, end);
  };
}

const noWords = new Int32Array(0);
