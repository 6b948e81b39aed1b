/**
 * Bytes of a decoded block to numbers.
 *
 * Whole bytes are read in the order of the file; odd widths (1 to 31 bits, as cameras and old scanners write) are
 * packed highest bit first with each row starting on a byte. Half floats widen to float32. 64-bit integers have no
 * place in the program's arrays and become float64 when exact, or are refused.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import {
  undoDifferencesInPlace,
  undoFloatPredictorInPlace,
  undoWideDifferencesInPlace,
} from "./predictor.ts";

export interface BlockLayout {
  readonly bits: number;
  readonly kind: "uint" | "int" | "float";
  readonly predictor: number;
  readonly littleEndian: boolean;
  /** Samples per row of the block: columns times samples side by side. */
  readonly rowLength: number;
  /** Distance to the neighbour of the same channel. */
  readonly stride: number;
}

/** Array type in which samples of this kind are kept. */
export function dtypeOfSamples(kind: BlockLayout["kind"], bits: number): Dtype {
  if (bits === 64) return "float64";
  if (kind === "float") return "float32";
  if (kind === "int") return bits === 8 ? "int8" : bits === 16 ? "int16" : "int32";
  return bits <= 8 ? "uint8" : bits <= 16 ? "uint16" : "uint32";
}

export function rowBytesOf(rowLength: number, bits: number): number {
  return Math.ceil((rowLength * bits) / 8);
}

/**
 * Unpacks one block.
 *
 * @param bytes  whole rows; may be changed in place.
 * @returns the samples in the type of `dtypeOfSamples`, or `null` when a 64-bit integer is not exact in float64.
 */
export function unpackBlock(bytes: Uint8Array, layout: BlockLayout): TypedArrays[Dtype] | null {
  const { bits, kind, predictor, rowLength, stride } = layout;
  let littleEndian = layout.littleEndian;
  if (predictor === 3) {
    undoFloatPredictorInPlace(bytes, rowBytesOf(rowLength, bits), bits / 8, stride);
    littleEndian = false;
  }
  if (bits === 64) return unpack64(bytes, kind, littleEndian, predictor === 2 ? layout : null);
  const words =
    bits === 8
      ? bytes
      : bits === 16
        ? words16(bytes, littleEndian)
        : bits === 32
          ? words32(bytes, littleEndian)
          : null;
  if (words === null) return unpackBits(bytes, layout);
  if (predictor === 2) undoDifferencesInPlace(words, rowLength, stride);
  if (kind === "uint") return words;
  const { buffer, byteOffset, length } = words;
  if (kind === "int") {
    if (bits === 8) return new Int8Array(buffer, byteOffset, length);
    return bits === 16
      ? new Int16Array(buffer, byteOffset, length)
      : new Int32Array(buffer, byteOffset, length);
  }
  return bits === 16 ? Float32Array.from(words, halfToNumber) : new Float32Array(buffer, byteOffset, length);
}

function words16(bytes: Uint8Array, littleEndian: boolean): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  const low = littleEndian ? 0 : 1;
  for (let i = 0; i < words.length; i++) words[i] = bytes[2 * i + low]! | (bytes[2 * i + 1 - low]! << 8);
  return words;
}

function words32(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(bytes.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(4 * i, littleEndian);
  return words;
}

function unpack64(
  bytes: Uint8Array,
  kind: BlockLayout["kind"],
  littleEndian: boolean,
  differences: BlockLayout | null,
): Float64Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new BigUint64Array(bytes.length >> 3);
  for (let i = 0; i < words.length; i++) words[i] = view.getBigUint64(8 * i, littleEndian);
  if (differences !== null) undoWideDifferencesInPlace(words, differences.rowLength, differences.stride);
  if (kind === "float") return new Float64Array(words.buffer);
  const whole = kind === "int" ? new BigInt64Array(words.buffer) : words;
  const numbers = new Float64Array(whole.length);
  for (let i = 0; i < whole.length; i++) {
    numbers[i] = Number(whole[i]!);
    if (!Number.isSafeInteger(numbers[i]!)) return null;
  }
  return numbers;
}

/** Widths other than 8, 16 and 32, highest bit first whatever the byte order of the file (as tifffile reads them). */
function unpackBits(bytes: Uint8Array, { bits, rowLength }: BlockLayout): TypedArrays[Dtype] {
  const rowBytes = rowBytesOf(rowLength, bits);
  const rows = Math.floor(bytes.length / rowBytes);
  const total = rows * rowLength;
  const values =
    bits <= 8 ? new Uint8Array(total) : bits <= 16 ? new Uint16Array(total) : new Uint32Array(total);
  for (let row = 0; row < rows; row++) {
    let at = row * rowBytes;
    // At most 7 bits wait while up to 31 more are taken, so a plain number is exact.
    let waiting = 0;
    let waitingBits = 0;
    for (let i = 0; i < rowLength; i++) {
      while (waitingBits < bits) {
        waiting = waiting * 256 + bytes[at++]!;
        waitingBits += 8;
      }
      waitingBits -= bits;
      const rest = 2 ** waitingBits;
      values[row * rowLength + i] = Math.floor(waiting / rest);
      waiting %= rest;
    }
  }
  return values;
}

/** IEEE 754 binary16 to a number. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
