/**
 * LZW as TIFF uses it, into a buffer of known size.
 *
 * Each code stands for a string that already lies in the output: the previous string and one byte more. So the table
 * holds only a start and a length per code, and decoding copies from the output itself; nothing can grow beyond the
 * buffer. Old files (before TIFF 6.0) pack their codes lowest bit first and switch widths one code later; they are
 * recognised as libtiff does, by a first code of 256 in that packing.
 */

const CLEAR = 256;
const END = 257;
const CODES_MAX = 4096;

/**
 * Decodes until the buffer is full, the end code, or the last byte.
 *
 * @returns number of bytes written; -1 when a code is impossible.
 */
export function decodeLzw(input: Uint8Array, output: Uint8Array): number {
  const old = input.length >= 2 && input[0] === 0 && (input[1]! & 1) === 1;
  // Width grows when the table is one entry short of full ("early change"), in old files when it is full.
  const early = old ? 0 : 1;
  const starts = new Uint32Array(CODES_MAX);
  const lengths = new Uint32Array(CODES_MAX);
  let next = 258;
  let width = 9;
  let previousStart = 0;
  let previousLength = 0;
  let written = 0;
  let bitAt = 0;
  const bitsTotal = input.length * 8;
  while (written < output.length && bitAt + width <= bitsTotal) {
    const code = old ? readLowFirst(input, bitAt, width) : readHighFirst(input, bitAt, width);
    bitAt += width;
    if (code === END) break;
    if (code === CLEAR) {
      next = 258;
      width = 9;
      previousLength = 0;
      continue;
    }
    if (code > next || (code === next && previousLength === 0)) return -1;
    const start = written;
    if (code < 256) {
      output[written++] = code;
    } else {
      // A code not yet in the table is the previous string followed by its own first byte.
      const from = code < next ? starts[code]! : previousStart;
      const length = code < next ? lengths[code]! : previousLength + 1;
      if (length === 0) return -1;
      const end = Math.min(written + length, output.length);
      for (let at = from; written < end; at++) output[written++] = output[at]!;
    }
    if (previousLength > 0 && next < CODES_MAX) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next + early >= 1 << width && width < 12) width++;
    }
    previousStart = start;
    previousLength = written - start;
  }
  return written;
}

function readHighFirst(input: Uint8Array, bitAt: number, width: number): number {
  const at = bitAt >>> 3;
  const window = (input[at]! << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
  return (window >>> (24 - (bitAt & 7) - width)) & ((1 << width) - 1);
}

function readLowFirst(input: Uint8Array, bitAt: number, width: number): number {
  const at = bitAt >>> 3;
  const window = input[at]! | ((input[at + 1] ?? 0) << 8) | ((input[at + 2] ?? 0) << 16);
  return (window >>> (bitAt & 7)) & ((1 << width) - 1);
}
