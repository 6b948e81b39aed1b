/**
 * Bytes of an object's shape: what is hashed and stored as its blob.
 *
 * Layout, version 1: byte 1 (version) | varints t, z, y0, x0, height, width | byte coding | payload.
 * Coding 0: the bitmap as it is. Coding 1: lengths of alternating runs over the whole box as varints, beginning with a
 * run of zeros. The shorter one is written, coding 0 when equal, so equal shapes give equal bytes on every machine;
 * `decodeObjectShape` refuses any other spelling of the same shape. Varints are LEB128, minimal, below 2^31.
 */

import { FoundryError } from "../errors.ts";
import { clearBitFrom, setBitFrom, setBitsInPlace } from "./bits.ts";
import { assertObjectShape, type ObjectShape } from "./object-shape.ts";

const version = 1;
const codingBitmap = 0;
const codingRuns = 1;

/** Largest box: 2^28 pixels, the limit of a plane. A bitmap of it takes 32 MiB. */
const boxPixelsMax = 2 ** 28;

/** Largest encoding of a shape in bytes; longer input is refused before it is read. */
export const shapeBytesMax = boxPixelsMax / 8 + 64;

/** Canonical bytes of a valid shape. Cost: O(runs + bytes). */
export function encodeObjectShape(shape: ObjectShape): Uint8Array {
  const [y0, x0, y1, x1] = shape.bbox;
  const head: number[] = [version];
  for (const value of [shape.t, shape.z, y0, x0, y1 - y0, x1 - x0]) pushVarint(head, value);
  const runs = runPayload(shape.bits, (y1 - y0) * (x1 - x0), shape.bits.length);
  const payload = runs ?? shape.bits;
  const bytes = new Uint8Array(head.length + 1 + payload.length);
  bytes.set(head);
  bytes[head.length] = runs === null ? codingBitmap : codingRuns;
  bytes.set(payload, head.length + 1);
  return bytes;
}

/** Run lengths as varints, or `null` as soon as they are not shorter than `bytesBelow`. */
function runPayload(bits: Uint8Array, count: number, bytesBelow: number): number[] | null {
  const payload: number[] = [];
  let at = 0;
  let value = 0;
  while (at < count) {
    const next = value === 0 ? setBitFrom(bits, at, count) : clearBitFrom(bits, at, count);
    pushVarint(payload, next - at);
    if (payload.length >= bytesBelow) return null;
    at = next;
    value ^= 1;
  }
  return payload;
}

function pushVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

/**
 * Shape of canonical bytes.
 *
 * @throws FoundryError `label.invalid` for anything `encodeObjectShape` would not have written. Cost: O(bytes).
 */
export function decodeObjectShape(bytes: Uint8Array): ObjectShape {
  if (bytes.length > shapeBytesMax) throw broken("it is too long");
  if (bytes[0] !== version) throw broken(`its version is ${bytes[0] ?? "missing"}, not ${version}`);
  const reader = { bytes, at: 1 };
  const [t, z, y0, x0, height, width] = Array.from({ length: 6 }, () => readVarint(reader)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const count = height * width;
  if (count === 0 || count > boxPixelsMax) throw broken("its box is empty or too large");
  const coding = bytes[reader.at++];
  const bits = coding === codingRuns ? readRuns(reader, count) : readBitmap(reader, coding, count);
  const shape: ObjectShape = { t, z, bbox: [y0, x0, y0 + height, x0 + width], bits };
  assertObjectShape(shape, { height: 2 ** 31 - 1, width: 2 ** 31 - 1 });
  const expected = runPayload(bits, count, bits.length) === null ? codingBitmap : codingRuns;
  if (coding !== expected) throw broken("its bitmap is not coded in the shorter way");
  return shape;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readBitmap(reader: Reader, coding: number | undefined, count: number): Uint8Array {
  if (coding !== codingBitmap) throw broken("its coding is unknown");
  if (reader.bytes.length - reader.at !== Math.ceil(count / 8)) throw broken("its bitmap has another length");
  return reader.bytes.slice(reader.at);
}

function readRuns(reader: Reader, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  let at = 0;
  let value = 0;
  while (reader.at < reader.bytes.length) {
    const first = at === 0 && value === 0;
    const length = readVarint(reader);
    if (length === 0 && !first) throw broken("it holds an empty run");
    if (length > count - at) throw broken("its runs reach outside its box");
    if (value === 1) setBitsInPlace(bits, at, at + length);
    at += length;
    value ^= 1;
  }
  if (at !== count) throw broken("its runs do not fill its box");
  return bits;
}

function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw broken("it ends too early");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if ((byte === 0 && shift > 0) || value >= 2 ** 31) break;
      return value;
    }
  }
  throw broken("it holds a number that is not in its shortest form or too large");
}

function broken(problem: string): FoundryError {
  return new FoundryError("label.invalid", {
    message: `The stored shape of an object cannot be read: ${problem}.`,
    hint: "Run `doctor` to find which layer holds it.",
  });
}
