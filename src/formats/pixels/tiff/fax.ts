/**
 * Fax-coded pages (CCITT group 3 and 4, and the modified Huffman code of TIFF 2): binary masks from scanners and editors.
 *
 * A row is a list of the positions where the colour changes, white first; two-dimensional rows are told relative to the
 * row above. Strict where fax machines are lenient: an impossible code ends decoding, because a guessed row would be a
 * wrong mask. Source: ITU-T T.4 and T.6; TIFF 6.0 sections 10 and 11.
 */
import { blackRuns, FAX_BITS_MAX, FaxMode, type FaxTable, modes, whiteRuns } from "./fax-codes.ts";

export interface FaxCoding {
  /** `rows`: rows start on bytes, no line marks; `group3`: line marks; `group4`: all rows two-dimensional. */
  readonly kind: "rows" | "group3" | "group4";
  /** Group 3 only: a bit after each line mark tells whether the row is two-dimensional. */
  readonly mixed: boolean;
}

/** Bits in order, highest first. */
interface BitReader {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * @param output  rows of ceil(width / 8) bytes, zeros; black pixels become 1. Changed.
 * @returns bytes of complete rows written; fewer than `output` holds when the data end or make no sense.
 */
export function decodeFax(input: Uint8Array, output: Uint8Array, width: number, coding: FaxCoding): number {
  const rowBytes = Math.ceil(width / 8);
  const reader: BitReader = { bytes: input, at: 0 };
  let above: readonly number[] = [];
  for (let start = 0; start + rowBytes <= output.length; start += rowBytes) {
    const flat = startRow(reader, coding);
    const row = flat ? flatRow(reader, width) : relativeRow(reader, width, above);
    if (row === null) return start;
    for (let i = 0; i + 1 <= row.length; i += 2) fillBits(output, start, row[i]!, row[i + 1] ?? width);
    above = row;
  }
  return output.length;
}

/** Passes line marks; tells whether the row stands on its own. */
function startRow(reader: BitReader, { kind, mixed }: FaxCoding): boolean {
  if (kind === "group4") return false;
  if (kind === "rows") {
    reader.at = Math.ceil(reader.at / 8) * 8;
    return true;
  }
  // A line mark is eleven zeros or more and a one; no code of a run starts so.
  let at = reader.at;
  while (bit(reader.bytes, at) === 0) at++;
  if (at - reader.at < 11 || bit(reader.bytes, at) !== 1) return true;
  reader.at = at + 1;
  if (!mixed) return true;
  return bit(reader.bytes, reader.at++) === 1;
}

/** 0 or 1; -1 after the end. */
function bit(bytes: Uint8Array, at: number): number {
  const byte = bytes[at >>> 3];
  return byte === undefined ? -1 : (byte >> (7 - (at & 7))) & 1;
}

/** Value of the next code, -1 when there is none. */
function next(reader: BitReader, table: FaxTable): number {
  let code = 1;
  for (let length = 1; length <= FAX_BITS_MAX; length++) {
    const value = bit(reader.bytes, reader.at);
    if (value < 0) return -1;
    reader.at++;
    code = (code << 1) | value;
    if (table[code]! >= 0) return table[code]!;
  }
  return -1;
}

/** A run: any number of long codes and one short code. */
function run(reader: BitReader, black: boolean): number {
  let total = 0;
  for (;;) {
    const length = next(reader, black ? blackRuns : whiteRuns);
    if (length < 0) return -1;
    total += length;
    if (length < 64) return total;
  }
}

function flatRow(reader: BitReader, width: number): number[] | null {
  const changes: number[] = [];
  let at = 0;
  for (let black = false; at < width; black = !black) {
    const length = run(reader, black);
    if (length < 0 || at + length > width) return null;
    at += length;
    changes.push(at);
  }
  return changes;
}

function relativeRow(reader: BitReader, width: number, above: readonly number[]): number[] | null {
  const changes: number[] = [];
  let at = -1;
  let black = false;
  // First change of the row above that lies beyond `at`; positions never go back, so neither does this.
  let seen = 0;
  while (at < width) {
    while (seen > 0 && above[seen - 1]! > at) seen--;
    while (seen < above.length && above[seen]! <= at) seen++;
    // The change must be towards the other colour: even entries turn black.
    const b1 = seen + (seen % 2 === (black ? 1 : 0) ? 0 : 1);
    const mode = next(reader, modes);
    if (mode < 0) return null;
    if (mode === FaxMode.pass) {
      at = above[b1 + 1] ?? width;
      continue;
    }
    if (mode === FaxMode.horizontal) {
      const first = run(reader, black);
      const second = first < 0 ? -1 : run(reader, !black);
      const middle = Math.max(at, 0) + first;
      if (second < 0 || middle + second > width) return null;
      at = middle + second;
      changes.push(middle, at);
      continue;
    }
    const to = (above[b1] ?? width) + mode - FaxMode.vertical0;
    if (to < Math.max(at, 0) || to > width) return null;
    at = to;
    changes.push(at);
    black = !black;
  }
  return changes;
}

function fillBits(output: Uint8Array, start: number, from: number, to: number): void {
  for (let x = from; x < to; ) {
    const byte = start + (x >> 3);
    if ((x & 7) === 0 && to - x >= 8) {
      output[byte] = 0xff;
      x += 8;
    } else {
      output[byte]! |= 0x80 >> (x & 7);
      x++;
    }
  }
}
