/**
 * NumPy's .npy, format version 1.0: numbers and text, row-major, little-endian; or one pickled object.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { littleEndianBytes } from "../../little-endian.ts";
import { type Writable, writePickle } from "../pickle/write-pickle.ts";

const DESCR: Readonly<Record<Dtype, string>> = {
  uint8: "|u1",
  int8: "|i1",
  uint16: "<u2",
  int16: "<i2",
  uint32: "<u4",
  int32: "<i4",
  float32: "<f4",
  float64: "<f8",
};
// The data start at a multiple of this, so that readers can map the file.
const ALIGNMENT = 64;

/** @param shape  product equals the number of elements. */
export function writeNpy<D extends Dtype>(
  dtype: D,
  shape: readonly number[],
  data: TypedArrays[D],
): Uint8Array {
  assertFits(shape, data.length);
  return withHeader(DESCR[dtype], shape, littleEndianBytes(data));
}

/** Texts as NumPy's fixed-width unicode ("<U12"). */
export function writeNpyText(shape: readonly number[], texts: readonly string[]): Uint8Array {
  assertFits(shape, texts.length);
  const points = texts.map((text) => Array.from(text, (char) => char.codePointAt(0) as number));
  const width = Math.max(1, ...points.map((list) => list.length));
  const values = new Uint32Array(texts.length * width);
  points.forEach((list, i) => void values.set(list, i * width));
  return withHeader(`<U${width}`, shape, littleEndianBytes(values));
}

/** One object, as numpy.save stores a dict: numpy.load(file, allow_pickle=True).item() gives it back. */
export function writeNpyObject(value: Writable): Uint8Array {
  return withHeader("|O", [], writePickle({ boxed: value }));
}

function assertFits(shape: readonly number[], count: number): void {
  assert(shape.reduce((product, size) => product * size, 1) === count, "shape fits the data");
}

/** The head of a .npy file; the values follow it. */
export function npyHead(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const headerBytes = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const out = new Uint8Array(10 + headerBytes);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 255, headerBytes >> 8]);
  out.set(new TextEncoder().encode(`${header.padEnd(headerBytes - 1)}\n`), 10);
  return out;
}

function withHeader(descr: string, shape: readonly number[], values: Uint8Array): Uint8Array {
  const head = npyHead(descr, shape);
  const out = new Uint8Array(head.length + values.length);
  out.set(head);
  out.set(values, head.length);
  return out;
}
