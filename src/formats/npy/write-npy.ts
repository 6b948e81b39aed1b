/**
 * NumPy's .npy, format version 1.0: numbers only, row-major, little-endian.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { littleEndianBytes } from "../little-endian.ts";

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
  assert(shape.reduce((product, size) => product * size, 1) === data.length, "shape fits the data");
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const headerBytes = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const pixels = littleEndianBytes(data);
  const out = new Uint8Array(10 + headerBytes + pixels.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 255, headerBytes >> 8]);
  out.set(new TextEncoder().encode(`${header.padEnd(headerBytes - 1)}\n`), 10);
  out.set(pixels, 10 + headerBytes);
  return out;
}
