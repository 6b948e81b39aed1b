/**
 * A stored tensor: its declared size against the bytes that are there.
 *
 * Nothing is copied; only small tensors of numbers are read, because they may decide sizes of others.
 */
import type { Message } from "./wire-message.ts";
import {
  bytesOf,
  exportAgain,
  messagesOf,
  refusal,
  single,
  textOf,
  wholeOf,
  wholesOf,
} from "./wire-message.ts";

export interface TensorFacts {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  /** Values of a tensor of at most 64 numbers; undefined for larger ones and for floats of 16 bits. */
  readonly values: readonly number[] | undefined;
}

interface Storage {
  readonly name: string;
  readonly bytes: number;
  /** Field of the typed list that may hold the values instead of raw bytes. */
  readonly field: 4 | 5 | 7 | 10 | 11;
  /** Reads a value from raw bytes; absent for floats of 16 bits, which nothing that decides sizes is stored in. */
  readonly read?: (view: DataView, at: number) => number;
}

/** By `TensorProto.DataType`. Text, complex numbers and the packed kinds below one byte are not used for images. */
const storages: Readonly<Record<number, Storage>> = {
  1: { name: "float32", bytes: 4, field: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { name: "uint8", bytes: 1, field: 5, read: (view, at) => view.getUint8(at) },
  3: { name: "int8", bytes: 1, field: 5, read: (view, at) => view.getInt8(at) },
  4: { name: "uint16", bytes: 2, field: 5, read: (view, at) => view.getUint16(at, true) },
  5: { name: "int16", bytes: 2, field: 5, read: (view, at) => view.getInt16(at, true) },
  6: { name: "int32", bytes: 4, field: 5, read: (view, at) => view.getInt32(at, true) },
  7: { name: "int64", bytes: 8, field: 7, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { name: "bool", bytes: 1, field: 5, read: (view, at) => view.getUint8(at) },
  10: { name: "float16", bytes: 2, field: 5 },
  11: { name: "float64", bytes: 8, field: 10, read: (view, at) => view.getFloat64(at, true) },
  12: { name: "uint32", bytes: 4, field: 11, read: (view, at) => view.getUint32(at, true) },
  13: { name: "uint64", bytes: 8, field: 11, read: (view, at) => Number(view.getBigUint64(at, true)) },
  16: { name: "bfloat16", bytes: 2, field: 5 },
};

/** Typed lists of floats are packed as they are; all others are varints. */
const isPackedFloats = ({ field }: Storage): boolean => field === 4 || field === 10;

/** Name of an element type for people and for the schema of inputs. */
export const elementTypeName = (dataType: number): string => storages[dataType]?.name ?? `type ${dataType}`;

const VALUES_MAX = 64;

/** Location of data outside the file, and the older way to say the same. */
const FIELD_EXTERNAL = 13;
const FIELD_LOCATION = 14;

/**
 * @throws FoundryError `model.invalid` for data in another file, unknown element types, sizes that do not fit the bytes.
 */
export function checkTensor(tensor: Message, place: string): TensorFacts {
  const name = textOf(single(tensor, 8, place), place);
  const where = name === "" ? place : `weight "${name.slice(0, 100)}"`;
  refuseExternal(tensor, where);
  if (single(tensor, 3, where) !== undefined) throw refusal(where, "it is stored in segments", exportAgain);
  const storage = storages[wholeOf(single(tensor, 2, where), where)];
  if (storage === undefined) {
    throw refusal(
      where,
      "its element type is not one of the usual numbers",
      "Export the model with float32 weights.",
    );
  }
  const elements = elementCount(wholesOf(tensor, 1), where);
  const found = storedElements(tensor, storage, where);
  if (found !== elements) {
    throw refusal(
      where,
      `it declares ${elements} values of ${storage.name}, ${found} are there`,
      exportAgain,
    );
  }
  return {
    name,
    elements,
    bytes: elements * storage.bytes,
    values: elements <= VALUES_MAX ? valuesOf(tensor, storage, where) : undefined,
  };
}

function refuseExternal(tensor: Message, where: string): void {
  const location = wholeOf(single(tensor, FIELD_LOCATION, where), where);
  const external = messagesOf(tensor, FIELD_EXTERNAL, where);
  if (location === 0 && external.length === 0) return;
  const entry = external.find((one) => textOf(single(one, 1, where), where) === "location");
  const path = entry === undefined ? "" : textOf(single(entry, 2, where), where);
  const shown = path.replaceAll(/[^\w .\-/]/g, "?").slice(0, 80);
  throw refusal(
    where,
    `its values lie in another file${shown === "" ? "" : ` ("${shown}")`}, which a model may not read`,
    "Save the model with all weights inside (in Python: onnx.save(model, path, save_as_external_data=False)).",
  );
}

/** Product of the declared lengths. */
function elementCount(shape: readonly number[], where: string): number {
  let count = 1;
  for (const length of shape) {
    if (length < 0) throw refusal(where, `it declares the length ${length}`, exportAgain);
    count *= length;
  }
  if (Number.isSafeInteger(count)) return count;
  throw refusal(where, "it declares more values than any memory holds", exportAgain);
}

function storedElements(tensor: Message, storage: Storage, where: string): number {
  const raw = single(tensor, 9, where);
  const typed = tensor.filter((one) => one.field === storage.field);
  if (raw !== undefined) {
    if (typed.length > 0) throw refusal(where, "its values stand twice", exportAgain);
    return bytesOf(raw, where).length / storage.bytes;
  }
  if (isPackedFloats(storage))
    return typed.reduce((sum, one) => sum + bytesOf(one, where).length / storage.bytes, 0);
  return typed.reduce((sum, one) => sum + (typeof one.value === "bigint" ? 1 : varintCount(one.value)), 0);
}

/** Varints end with a byte below 128. */
function varintCount(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 128) count++;
  return count;
}

function valuesOf(tensor: Message, storage: Storage, where: string): number[] | undefined {
  const raw = single(tensor, 9, where);
  if (raw === undefined) {
    if (isPackedFloats(storage)) {
      return tensor
        .filter((one) => one.field === storage.field)
        .flatMap((one) => numbersIn(bytesOf(one, where), storage));
    }
    return storage.read === undefined ? undefined : wholesOf(tensor, storage.field);
  }
  return numbersIn(bytesOf(raw, where), storage);
}

function numbersIn(bytes: Uint8Array, { read, bytes: width }: Storage): number[] {
  if (read === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width));
}
