/**
 * Stored values to typed arrays: byte order, narrowing of 64-bit integers, half floats, texts.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { typedArray } from "#core/array/index.ts";
import type { ElementType } from "./element-type.ts";
import { npyFault } from "./npy-fault.ts";

export interface NumberArray<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: TypedArrays[D];
}

export interface TextArray {
  readonly dtype: "text";
  readonly shape: readonly number[];
  readonly data: readonly string[];
}

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Numbers as stored, in stored order.
 *
 * 64-bit integers become int32, else uint32, else float64: the first that holds every value exactly.
 *
 * @param bytes  exactly `count * type.bytes` bytes.
 * @throws FoundryError `format.npy` for a 64-bit integer beyond 2^53.
 */
export function decodeNumbers(
  bytes: Uint8Array,
  type: ElementType,
  count: number,
  name: string,
): { readonly dtype: Dtype; readonly data: TypedArrays[Dtype] } {
  if (type.dtype === null)
    return narrow(new Uint32Array(aligned(bytes, type)), type.kind === "int", count, name);
  if (type.kind === "float" && type.bytes === 2) {
    return { dtype: "float32", data: halvesToFloats(new Uint16Array(aligned(bytes, type))) };
  }
  const raw = aligned(bytes, type);
  return { dtype: type.dtype, data: viewOf(type.dtype, raw, count) };
}

/** A copy in the machine's byte order that starts where its type may start. */
function aligned(bytes: Uint8Array, type: ElementType): ArrayBuffer {
  const copy = bytes.slice();
  const size = type.bytes;
  if (size > 1 && type.littleEndian !== hostIsLittleEndian) {
    for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse();
  }
  return copy.buffer;
}

function viewOf(dtype: Dtype, buffer: ArrayBuffer, count: number): TypedArrays[Dtype] {
  const kind = typedArray(dtype, 0).constructor as new (
    buffer: ArrayBuffer,
    at: number,
    count: number,
  ) => TypedArrays[Dtype];
  return new kind(buffer, 0, count);
}

/** The smallest of int32, uint32 and float64 that holds every value of 64 bits. */
function narrow(
  words: Uint32Array,
  signed: boolean,
  count: number,
  name: string,
): { readonly dtype: Dtype; readonly data: TypedArrays[Dtype] } {
  const [low, high] = hostIsLittleEndian ? [0, 1] : [1, 0];
  const small = new Int32Array(count);
  let fits = true;
  for (let i = 0; i < count && fits; i++) {
    const value = (words[2 * i + low] as number) | 0;
    small[i] = value;
    fits = ((words[2 * i + high] as number) | 0) === (signed ? value >> 31 : 0) && (signed || value >= 0);
  }
  if (fits) return { dtype: "int32", data: small };
  const wide = new Float64Array(count);
  fits = true;
  for (let i = 0; i < count; i++) {
    const upper = words[2 * i + high] as number;
    const value = (signed ? upper | 0 : upper) * 2 ** 32 + (words[2 * i + low] as number);
    if (!Number.isSafeInteger(value))
      throw npyFault(name, `value ${i} is beyond 2^53`, "Convert the array to int32 or float64.");
    wide[i] = value;
    fits &&= value >= 0 && value < 2 ** 32;
  }
  return fits ? { dtype: "uint32", data: Uint32Array.from(wide) } : { dtype: "float64", data: wide };
}

/** IEEE 754 half precision; every half is a float32 exactly. */
function halvesToFloats(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) === 0 ? 1 : -1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) out[i] = fraction === 0 ? sign * Infinity : Number.NaN;
    else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return out;
}

/** Texts of fixed width; the zeros that fill the width are cut off, as NumPy does. */
export function decodeTexts(bytes: Uint8Array, type: ElementType, count: number, name: string): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder("latin1");
  return Array.from({ length: count }, (_, i) => {
    const at = i * type.bytes;
    if (type.kind === "bytes") return latin1.decode(bytes.subarray(at, at + type.bytes)).replace(/\0+$/, "");
    let text = "";
    for (let k = 0; k < type.bytes; k += 4) {
      const point = view.getUint32(at + k, type.littleEndian);
      if (point > 0x10ffff) throw npyFault(name, `text ${i} holds a character that does not exist`);
      text += String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, "");
  });
}

/** Column-major to row-major. Cost: one copy. */
export function toRowMajor<T extends TypedArrays[Dtype] | readonly string[]>(
  data: T,
  shape: readonly number[],
  make: (length: number) => T,
): T {
  const out = make(data.length) as unknown as (number | string)[];
  const source = data as unknown as readonly (number | string)[];
  const axes = shape.length;
  // Distance in the source between neighbours along each axis.
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < axes; axis++) {
    strides.push(stride);
    stride *= shape[axis] as number;
  }
  const index = new Array<number>(axes).fill(0);
  let from = 0;
  for (let to = 0; to < source.length; to++) {
    out[to] = source[from] as number | string;
    for (let axis = axes - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out as unknown as T;
}
