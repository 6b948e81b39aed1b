/**
 * Texts of any length in a Zarr chunk ("vlen-utf8"): their number, then the length and the letters of each.
 *
 * zarrita's decoder loops as often as the chunk says, whatever it holds, so four bent bytes keep it busy for minutes
 * (found by test/fuzz); here the number must be that of the chunk.
 */

interface TextChunk {
  readonly data: string[];
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** @param shape  of the chunk. @throws Error when the bytes are not that many texts. */
export function decodeTexts(bytes: Uint8Array, shape: readonly number[]): TextChunk {
  const count = shape.reduce((product, size) => product * size, 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== count)
    throw new Error(`it does not hold ${count} texts`);
  const decoder = new TextDecoder();
  const data: string[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > bytes.length) throw new Error("its texts are cut short");
    data.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  const stride = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  return { data, shape, stride };
}

/**
 * Undoes numcodecs' shuffle: first bytes of all elements, then second bytes, …
 *
 * @throws Error when the size of an element is none.
 */
export function unshuffle(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (!Number.isInteger(elementBytes) || elementBytes < 1 || elementBytes > 255)
    throw new Error(`it is shuffled by ${elementBytes} bytes`);
  const count = Math.floor(bytes.length / elementBytes);
  const out = new Uint8Array(bytes.length);
  for (let byte = 0; byte < elementBytes; byte++) {
    for (let i = 0; i < count; i++) out[i * elementBytes + byte] = bytes[byte * count + i]!;
  }
  // What is left over was not shuffled.
  out.set(bytes.subarray(count * elementBytes), count * elementBytes);
  return out;
}
