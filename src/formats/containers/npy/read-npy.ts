/**
 * NumPy's .npy: numbers, text, and object arrays of plain data.
 *
 * The size is checked against the file before anything is allocated; object arrays go through the reader of plain
 * pickles (`../pickle`), which runs nothing.
 */
import { typedArray } from "#core/array/index.ts";
import type { ByteSource } from "../../byte-source.ts";
import { checkDecodedSize, checkFileBytes, type ReadLimits, readLimits } from "../../limits.ts";
import { withoutStrays } from "../../strays.ts";
import { isPickledArray, type ObjectArray, type PickleValue } from "../pickle/pickle-value.ts";
import { readPickle } from "../pickle/read-pickle.ts";
import { decodeNumbers, decodeTexts, type NumberArray, type TextArray, toRowMajor } from "./decode-values.ts";
import { npyFault } from "./npy-fault.ts";
import { type NpyHeader, npyHeaderBytesMax, readNpyHeader } from "./npy-header.ts";

export type NpyArray = NumberArray | TextArray | ObjectArray;

export interface NpyOptions {
  /** File name for messages. */
  readonly name: string;
  readonly limits?: Partial<ReadLimits>;
}

/**
 * Reads a whole array, row-major whatever its stored order.
 *
 * bool becomes uint8, float16 float32; 64-bit integers become int32, else uint32, else float64, the first that holds
 * all values exactly. An array of objects whose pickle is anything but an array is given as one object (shape ()).
 *
 * @throws FoundryError `format.npy`, `format.pickle`, `limit.pixels`, `limit.bytes`. Cost: at most two copies.
 */
export function readNpy(bytes: Uint8Array, options: NpyOptions): NpyArray {
  const { name } = options;
  const limits = readLimits(options.limits);
  checkFileBytes(bytes, name, limits);
  return withoutStrays("format.npy", name, () => {
    const header = readNpyHeader(bytes, name);
    const data = bytes.subarray(header.dataAt);
    if (header.type.kind === "object") return readObjects(data, name, limits);
    checkSize(header, name, limits);
    const needed = header.count * header.type.bytes;
    if (data.length < needed)
      throw npyFault(name, `it is cut short: ${data.length} bytes of values instead of ${needed}`);
    return decodeArray(data.subarray(0, needed), header, header.shape, name);
  });
}

function checkSize(header: NpyHeader, name: string, limits: ReadLimits): void {
  const size = {
    samples: header.count,
    bytes: header.count * Math.max(4, header.type.bytes),
    what: `an array of shape (${header.shape.join(", ")})`,
  };
  checkDecodedSize(name, size, limits);
}

function decodeArray(
  bytes: Uint8Array,
  header: NpyHeader,
  shape: readonly number[],
  name: string,
): NumberArray | TextArray {
  const { type, fortran } = header;
  const count = shape.reduce((product, side) => product * side, 1);
  const turned = fortran && shape.length > 1;
  if (type.kind === "unicode" || type.kind === "bytes") {
    const texts: readonly string[] = decodeTexts(bytes, type, count, name);
    return {
      dtype: "text",
      shape,
      data: turned ? toRowMajor(texts, shape, (length) => new Array<string>(length).fill("")) : texts,
    };
  }
  const { dtype, data } = decodeNumbers(bytes, type, count, name);
  return {
    dtype,
    shape,
    data: turned ? toRowMajor(data, shape, (length) => typedArray(dtype, length)) : data,
  };
}

function readObjects(data: Uint8Array, name: string, limits: ReadLimits): ObjectArray {
  const value: PickleValue = readPickle(data, { name, limits });
  if (isPickledArray(value) && value.array.dtype === "object") return value.array;
  return { dtype: "object", shape: [], data: [value] };
}

/** An array read one item of its first axis at a time. */
export interface NpyItems {
  /** Shape of the whole array; the first side counts the items. */
  readonly shape: readonly number[];
  /** As the file writes it, for example "<f4". */
  readonly type: string;
  /**
   * Item `index` of the first axis, without that axis. Going forward is cheap; going back in a compressed archive
   * starts from its beginning.
   * @throws FoundryError `format.npy`, `format.zip`, `limit.pixels`, `limit.bytes`.
   */
  read(index: number): Promise<NumberArray | TextArray>;
}

/** Bytes [from, to) of an array file that may lie in an archive. */
export type RangeReader = (from: number, to: number) => Promise<Uint8Array>;

/**
 * Opens an array too large for memory.
 *
 * @throws FoundryError `format.npy`, also for column-major and object arrays, which cannot be read item by item.
 */
export async function openNpy(source: ByteSource, options: Partial<NpyOptions> = {}): Promise<NpyItems> {
  const range: RangeReader = (from, to) => source.read(from, to);
  return openNpyRange(range, source.size, { name: source.name, ...options });
}

/** As `openNpy`, for bytes given by a function. */
export async function openNpyRange(range: RangeReader, size: number, options: NpyOptions): Promise<NpyItems> {
  const { name } = options;
  const limits = readLimits(options.limits);
  const header = readNpyHeader(await range(0, Math.min(size, npyHeaderBytesMax)), name);
  const { type, shape } = header;
  if (type.kind === "object" || header.fortran || shape.length === 0)
    throw npyFault(
      name,
      `its values (type ${type.text}${header.fortran ? ", column-major" : ""}) cannot be read one item at a time`,
      "Save it with numpy.save(file, numpy.ascontiguousarray(array)).",
    );
  const itemShape = shape.slice(1);
  const count = itemShape.reduce((product, side) => product * side, 1);
  checkSize({ ...header, count }, name, limits);
  const bytes = count * type.bytes;
  if (size - header.dataAt < bytes * (shape[0] as number))
    throw npyFault(
      name,
      `it is cut short: ${size - header.dataAt} bytes of values instead of ${bytes * (shape[0] as number)}`,
    );
  return {
    shape,
    type: type.text,
    async read(index) {
      if (!(index >= 0 && index < (shape[0] as number))) throw npyFault(name, `it has no item ${index}`);
      const from = header.dataAt + index * bytes;
      return decodeArray(await range(from, from + bytes), header, itemShape, name);
    },
  };
}
