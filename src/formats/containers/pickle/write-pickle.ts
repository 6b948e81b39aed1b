/**
 * Plain data and arrays as a Python pickle (protocol 4), for files that other programs load with allow_pickle.
 *
 * Arrays name numpy.core, which NumPy 1 has and NumPy 2 still answers to.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { joinBytes } from "../../join-bytes.ts";
import { littleEndianBytes } from "../../little-endian.ts";

interface WritableArray<D extends Dtype = Dtype> {
  /** "bool" is stored as NumPy's bool; its data are 0 and 1. */
  readonly dtype: D | "bool";
  readonly shape: readonly number[];
  readonly data: TypedArrays[D];
}

export type Writable =
  | null
  | boolean
  | number
  | string
  | readonly Writable[]
  | { readonly dict: Readonly<Record<string, Writable>> }
  | { readonly array: WritableArray }
  /** A NumPy array of no axes that holds one object: what numpy.save makes of a dict. */
  | { readonly boxed: Writable };

const CODES: Readonly<Record<Dtype | "bool", string>> = {
  bool: "b1",
  uint8: "u1",
  int8: "i1",
  uint16: "u2",
  int16: "i2",
  uint32: "u4",
  int32: "i4",
  float32: "f4",
  float64: "f8",
};

/** Whole numbers become int when they fit 32 bits, all others float. Cost: one copy. */
export function writePickle(value: Writable): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0x80, 4)];
  writeValue(pieces, value);
  pieces.push(text("."));
  return joinBytes(pieces);
}

const text = (characters: string) => new TextEncoder().encode(characters);

function writeValue(pieces: Uint8Array[], value: Writable): void {
  if (value === null) pieces.push(text("N"));
  else if (typeof value === "boolean") pieces.push(Uint8Array.of(value ? 0x88 : 0x89));
  else if (typeof value === "number") pieces.push(numberBytes(value));
  else if (typeof value === "string") writeText(pieces, value);
  else if ("array" in value) writeArray(pieces, value.array);
  else if ("boxed" in value) {
    openArray(pieces, [], "O8");
    pieces.push(Uint8Array.of(0x89), text("]"));
    writeValue(pieces, value.boxed);
    pieces.push(text("atb"));
  } else if ("dict" in value) {
    pieces.push(text("}("));
    for (const [key, item] of Object.entries(value.dict)) {
      writeText(pieces, key);
      writeValue(pieces, item);
    }
    pieces.push(text("u"));
  } else {
    pieces.push(text("]("));
    for (const item of value) writeValue(pieces, item);
    pieces.push(text("e"));
  }
}

function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  if (Number.isInteger(value) && !Object.is(value, -0) && value === (value | 0)) {
    bytes[0] = 0x4a; // BININT
    view.setInt32(1, value, true);
    return bytes.subarray(0, 5);
  }
  bytes[0] = 0x47; // BINFLOAT
  view.setFloat64(1, value, false);
  return bytes;
}

/** An opcode followed by a length of 32 bits. */
function sized(opcode: string, length: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = opcode.charCodeAt(0);
  new DataView(bytes.buffer).setUint32(1, length, true);
  return bytes;
}

function writeText(pieces: Uint8Array[], value: string): void {
  const bytes = text(value);
  pieces.push(sized("X", bytes.length), bytes);
}

function writeArray(pieces: Uint8Array[], array: WritableArray): void {
  const { dtype, shape, data } = array;
  assert(shape.reduce((product, side) => product * side, 1) === data.length, "shape fits the data");
  const bytes = littleEndianBytes(data);
  assert(bytes.length < 2 ** 32, "an array in a pickle has less than 4 GiB");
  openArray(pieces, shape, CODES[dtype]);
  pieces.push(Uint8Array.of(0x89), sized("B", bytes.length), bytes, text("tb"));
}

/** _reconstruct(ndarray, (0,), b"b"), and of the state (1, shape, dtype, False, values) all but the last two. */
function openArray(pieces: Uint8Array[], shape: readonly number[], code: string): void {
  pieces.push(text("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"));
  pieces.push(numberBytes(0), Uint8Array.of(0x85), text("C\x01b"), Uint8Array.of(0x87), text("R("));
  pieces.push(numberBytes(1), text("("), ...shape.map(numberBytes), text("t"));
  writeDtype(pieces, code);
}

/** dtype(code, False, True), then the state (3, order, None, None, None, -1, -1, flags). */
function writeDtype(pieces: Uint8Array[], code: string): void {
  // 63 are the flags of a type of Python objects: they are counted, not copied.
  const flags = code === "O8" ? 63 : 0;
  pieces.push(text("cnumpy\ndtype\n"));
  writeText(pieces, code);
  pieces.push(Uint8Array.of(0x89, 0x88, 0x87), text("R("), numberBytes(3));
  writeText(pieces, /[1O]/.test(code) ? "|" : "<");
  pieces.push(text("NNN"), numberBytes(-1), numberBytes(-1), numberBytes(flags), text("tb"));
}
