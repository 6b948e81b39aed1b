/**
 * The closed list of Python callables that plain data need: parts of NumPy arrays, and bytes in old protocols.
 *
 * They are recognised by name and imitated; nothing is looked up, imported or called.
 */
import { typedArray } from "#core/array/index.ts";
import { decodeNumbers, decodeTexts, toRowMajor } from "../npy/decode-values.ts";
import { type ElementType, parseElementType } from "../npy/element-type.ts";
import {
  isDtype,
  isName,
  type Machine,
  type PickleDtype,
  pickleFault,
  refuseName,
  type StackItem,
  toValue,
} from "./machine.ts";
import {
  isDict,
  isPickledArray,
  type ObjectArray,
  type PickleArray,
  type PickleValue,
} from "./pickle-value.ts";

type Reducer = (machine: Machine, args: readonly StackItem[]) => StackItem;

// NumPy 2 moved numpy.core to numpy._core; files carry either.
const reducers: Readonly<Record<string, Reducer>> = {
  "numpy.core.multiarray._reconstruct": reconstruct,
  "numpy._core.multiarray._reconstruct": reconstruct,
  "numpy.core.multiarray.scalar": scalar,
  "numpy._core.multiarray.scalar": scalar,
  "numpy.core.numeric._frombuffer": fromBuffer,
  "numpy._core.numeric._frombuffer": fromBuffer,
  "numpy.dtype": dtype,
  "_codecs.encode": encode,
  "__builtin__.bytes": emptyBytes,
  "builtins.bytes": emptyBytes,
};

/** Names that may stand on the stack; the ndarray is only ever an argument. */
export function isKnownName(name: string): boolean {
  return Object.hasOwn(reducers, name) || name === "numpy.ndarray";
}

/** REDUCE: what a call of a known name with these arguments gives. */
export function reduce(machine: Machine, callable: StackItem, args: StackItem): StackItem {
  if (!isName(callable)) throw pickleFault(machine, "it calls something that is not a name");
  const reducer = Object.hasOwn(reducers, callable.name) ? reducers[callable.name] : undefined;
  if (reducer === undefined) throw refuseName(machine, callable.name);
  if (!Array.isArray(args)) throw pickleFault(machine, "its arguments are not a tuple");
  return reducer(machine, args as readonly StackItem[]);
}

function reconstruct(machine: Machine, args: readonly StackItem[]): PickleArray {
  if (!isName(args[0]) || args[0].name !== "numpy.ndarray")
    throw refuseName(machine, isName(args[0]) ? args[0].name : "a kind of array");
  return { kind: "array", array: { dtype: "uint8", shape: [0], data: new Uint8Array(0) } };
}

function dtype(machine: Machine, args: readonly StackItem[]): PickleDtype {
  const code = args[0];
  if (typeof code !== "string") throw refuseName(machine, "numpy.dtype of several fields");
  // A record is written as "V12" with its fields following; parseElementType refuses it by that name.
  return { kind: "dtype", code, type: null };
}

function encode(machine: Machine, args: readonly StackItem[]): Uint8Array {
  const [text, encoding] = args;
  if (typeof text !== "string" || (encoding !== "latin1" && encoding !== "latin-1"))
    throw refuseName(machine, "_codecs.encode");
  return latin1Bytes(machine, text);
}

function emptyBytes(machine: Machine, args: readonly StackItem[]): Uint8Array {
  if (args.length > 0) throw refuseName(machine, "bytes with arguments");
  return new Uint8Array(0);
}

function scalar(machine: Machine, args: readonly StackItem[]): PickleValue {
  const [kind, raw] = args;
  if (!isDtype(kind)) throw pickleFault(machine, "a NumPy number has no type");
  const type = elementType(machine, kind);
  if (type.kind === "object") return toValue(machine, raw ?? null);
  const bytes = rawBytes(machine, raw);
  if (bytes.length !== type.bytes) throw pickleFault(machine, "a NumPy number has the wrong length");
  if (type.kind === "unicode" || type.kind === "bytes")
    return decodeTexts(bytes, type, 1, machine.file)[0] as string;
  const value = decodeNumbers(bytes, type, 1, machine.file).data[0] as number;
  return type.kind === "bool" ? value !== 0 : value;
}

/** Protocol 5: numpy.core.numeric._frombuffer(buffer, dtype, shape, order). */
function fromBuffer(machine: Machine, args: readonly StackItem[]): PickleArray {
  const [raw, kind, shape, order] = args;
  const made: PickleArray = { kind: "array", array: { dtype: "uint8", shape: [0], data: new Uint8Array(0) } };
  return fillArray(machine, made, [1, shape ?? null, kind ?? null, order === "F", raw ?? null]);
}

/** BUILD: state for an array or a dtype; anything else has no state here. */
export function build(machine: Machine, target: StackItem, state: StackItem): StackItem {
  if (isDtype(target)) return fillDtype(machine, target, state);
  if (!isName(target) && isPickledArray(target) && Array.isArray(state))
    return fillArray(machine, target, state as readonly StackItem[]);
  throw pickleFault(machine, "it sets the state of something that is not an array");
}

/** dtype state: (version, byte order, subarray, names, fields, size, alignment, flags). */
function fillDtype(machine: Machine, target: PickleDtype, state: StackItem): PickleDtype {
  if (!Array.isArray(state)) throw pickleFault(machine, "the type of an array is damaged");
  const [, order, subarray, names] = state;
  if (typeof order !== "string" || (subarray ?? null) !== null || (names ?? null) !== null)
    throw refuseName(machine, "numpy.dtype of several fields");
  target.type = parseElementType(`${order}${target.code}`, machine.file);
  return target;
}

function elementType(machine: Machine, kind: PickleDtype): ElementType {
  return kind.type ?? parseElementType(`<${kind.code}`, machine.file);
}

/** ndarray state: (version, shape, dtype, is column-major, bytes or list of objects). */
function fillArray(machine: Machine, target: PickleArray, state: readonly StackItem[]): PickleArray {
  const [, shape, kind, fortran, raw] = state;
  if (!isShape(shape) || !isDtype(kind))
    throw pickleFault(machine, "the shape or type of an array is damaged");
  const type = elementType(machine, kind);
  const count = shape.reduce((product, side) => product * side, 1);
  const turned = fortran === true && shape.length > 1;
  const filled = target as { array: PickleArray["array"] };
  if (type.kind === "object") {
    if (!Array.isArray(raw) || raw.length !== count)
      throw pickleFault(machine, "an array of objects is damaged");
    filled.array = {
      dtype: "object",
      shape,
      data: raw.map((item) => toValue(machine, item)),
    } satisfies ObjectArray;
    return target;
  }
  const bytes = rawBytes(machine, raw);
  if (bytes.length !== count * type.bytes)
    throw pickleFault(machine, `an array of shape (${shape.join(", ")}) has ${bytes.length} bytes`);
  spend(machine, count * Math.max(4, type.bytes));
  if (type.kind === "unicode" || type.kind === "bytes") {
    const texts: readonly string[] = decodeTexts(bytes, type, count, machine.file);
    const data = turned ? toRowMajor(texts, shape, (length) => new Array<string>(length).fill("")) : texts;
    filled.array = { dtype: "text", shape, data };
    return target;
  }
  const { dtype, data } = decodeNumbers(bytes, type, count, machine.file);
  filled.array = {
    dtype,
    shape,
    data: turned ? toRowMajor(data, shape, (length) => typedArray(dtype, length)) : data,
  };
  return target;
}

/** One piece of bytes can be made into many arrays by reference; their sum is limited. */
function spend(machine: Machine, bytes: number): void {
  machine.decodedBytes += bytes;
  if (machine.decodedBytes > machine.limits.decodedBytesMax)
    throw pickleFault(machine, `its arrays have more than ${machine.limits.decodedBytesMax} bytes`);
}

// As many axes as NumPy allows.
const AXES_MAX = 32;

function isShape(shape: StackItem | undefined): shape is number[] {
  return (
    Array.isArray(shape) &&
    shape.length <= AXES_MAX &&
    shape.every((side) => typeof side === "number" && Number.isSafeInteger(side) && side >= 0) &&
    Number.isSafeInteger((shape as number[]).reduce((product, side) => product * side, 1))
  );
}

function rawBytes(machine: Machine, raw: StackItem | undefined): Uint8Array {
  if (raw instanceof Uint8Array) return raw;
  // Python 2 wrote bytes as text.
  if (typeof raw === "string") return latin1Bytes(machine, raw);
  throw pickleFault(machine, "the values of an array are not bytes");
}

function latin1Bytes(machine: Machine, text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 255) throw pickleFault(machine, "text that stands for bytes holds other characters");
    bytes[i] = unit;
  }
  return bytes;
}

/** Whether a value may be a key of a dict. */
export function isKey(value: PickleValue): boolean {
  return !isDict(value) && !isPickledArray(value);
}
