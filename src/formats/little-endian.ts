/**
 * Numbers as the little-endian bytes that .npy and Zarr store.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The elements as little-endian bytes; shares memory with the array where the machine is little-endian. */
export function littleEndianBytes(data: TypedArrays[Dtype]): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const size = data.BYTES_PER_ELEMENT;
  if (hostIsLittleEndian || size === 1) return bytes;
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i - (i % size) + size - 1 - (i % size)]!;
  return swapped;
}
