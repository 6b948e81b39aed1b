/**
 * A Zarr array, or a box of it, as numbers in memory.
 *
 * zarrita finds and decodes chunks; the sizes are checked here before, and every chunk must hold as many values as the
 * metadata say. A chunk that does not exist is filled with the fill value, as the format says.
 */
import * as zarr from "zarrita";
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { checkDecodedSize, type ReadLimits } from "../../limits.ts";
import { installZarrCodecs } from "./zarr-codecs.ts";
import { type ArrayFacts, arrayFacts, readNode, zarrFault } from "./zarr-metadata.ts";
import { readableOf, type ZarrStore } from "./zarr-store.ts";

export interface ZarrBox {
  /** First index and number of indexes for each dimension. */
  readonly start: readonly number[];
  readonly size: readonly number[];
}

export interface OpenZarrArray {
  readonly facts: ArrayFacts;
  /** Type of the values in memory: booleans are uint8, half floats float32, 64-bit integers float64 when exact. */
  readonly dtype: Dtype | "text";
  /** @throws FoundryError `format.zarr`, `limit.pixels`, `limit.bytes`. */
  read(box: ZarrBox, limits: ReadLimits): Promise<TypedArrays[Dtype]>;
  /** Chunks (or shards) that were looked for and do not exist; they count as the fill value. */
  missing(): number;
  /** For arrays of text, whole. */
  readText(limits: ReadLimits): Promise<readonly string[]>;
}

// Chunks touched by one reading; each costs a request.
const CHUNKS_MAX = 2 ** 18;
// Chunks in flight: enough to hide the way to a server, few enough for memory.
const IN_FLIGHT = 4;

const DTYPES: Readonly<Partial<Record<string, Dtype>>> = {
  bool: "uint8",
  int8: "int8",
  uint8: "uint8",
  int16: "int16",
  uint16: "uint16",
  int32: "int32",
  uint32: "uint32",
  int64: "float64",
  uint64: "float64",
  float16: "float32",
  float32: "float32",
  float64: "float64",
};

/** @throws FoundryError `format.zarr` when there is no array or it has a type that is not read here. */
export async function openZarrArray(store: ZarrStore, path: string): Promise<OpenZarrArray> {
  installZarrCodecs();
  const node = await readNode(store, path);
  if (node === null || node.kind !== "array") throw zarrFault(store, path, "there is no array");
  const facts = arrayFacts(store, path, node);
  let missing = 0;
  const readable = readableOf(store);
  const count = (bytes: Uint8Array | undefined) => {
    if (bytes === undefined) missing++;
    return bytes;
  };
  const counted: zarr.AsyncReadable = {
    get: async (key) => count(await readable.get(key)),
    getRange: async (key, range) => count(await readable.getRange!(key, range)),
  };
  const array = await guarded(store, path, async () => {
    const location = zarr.root(counted).resolve(path === "" ? "/" : path);
    return node.version === 2
      ? zarr.open.v2(location, { kind: "array" })
      : zarr.open.v3(location, { kind: "array" });
  });
  // Opening looks for files that only some versions have.
  missing = 0;
  const dtype: Dtype | "text" | null = DTYPES[array.dtype] ?? (isTextType(array.dtype) ? "text" : null);
  if (dtype === null)
    throw zarrFault(store, path, `its values are of type ${facts.typeName}, which is not read here`);
  return {
    facts,
    dtype,
    missing: () => missing,
    read: (box, limits) => {
      if (dtype === "text") throw zarrFault(store, path, "it holds text, not numbers");
      return readBox(store, path, array, { facts, dtype }, box, limits);
    },
    readText: (limits) => readText(store, path, array, facts, limits),
  };
}

function isTextType(dtype: string): boolean {
  return dtype === "string" || dtype === "v2:object" || /^v2:[US]\d+$/.test(dtype);
}

type AnyArray = zarr.Array<zarr.DataType, zarr.Readable>;

/** What zarrita throws leaves as a coded error that names the place. */
async function guarded<T>(store: ZarrStore, place: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isFoundryError(error)) throw error;
    const deepest = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (isFoundryError(deepest)) throw deepest;
    const words = deepest instanceof Error ? deepest.message : String(deepest);
    throw zarrFault(store, place, `it cannot be read (${words.replace(/\s+/g, " ").slice(0, 160)})`);
  }
}

async function readBox(
  store: ZarrStore,
  path: string,
  array: AnyArray,
  { facts, dtype }: { readonly facts: ArrayFacts; readonly dtype: Dtype },
  box: ZarrBox,
  limits: ReadLimits,
): Promise<TypedArrays[Dtype]> {
  const { shape, chunks } = facts;
  const inside = box.start.every((start, i) => start >= 0 && start + box.size[i]! <= shape[i]!);
  if (box.start.length !== shape.length || !inside)
    throw zarrFault(store, path, "the part asked for lies outside it");
  const samples = product(box.size);
  const out = typedArray(dtype, checkedSamples(store, samples, dtype, limits));
  if (samples === 0) return out;
  const first = box.start.map((start, i) => Math.floor(start / chunks[i]!));
  const last = box.start.map((start, i) => Math.floor((start + box.size[i]! - 1) / chunks[i]!));
  const grid = last.map((end, i) => end - first[i]! + 1);
  const count = product(grid);
  if (count > CHUNKS_MAX) throw zarrFault(store, path, `reading it takes ${count} chunks`);
  let next = 0;
  const work = async () => {
    while (next < count) {
      const coordinates = unravel(next++, grid).map((at, i) => at + first[i]!);
      const place = `${path}, chunk ${coordinates.join("/")}`;
      const chunk = await guarded(store, place, () => array.getChunk(coordinates));
      const values = chunkValues(store, place, chunk.data, product(chunks));
      copyChunk(
        out,
        box,
        values,
        chunk.stride,
        coordinates.map((at, i) => at * chunks[i]!),
        chunks,
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, count) }, work));
  return out;
}

function checkedSamples(store: ZarrStore, samples: number, dtype: Dtype, limits: ReadLimits): number {
  const bytes = samples * typedArray(dtype, 0).BYTES_PER_ELEMENT;
  checkDecodedSize(store.name, { samples, bytes, what: `${samples} values` }, limits);
  return samples;
}

/** Values of a chunk as numbers. @throws FoundryError `format.zarr` when there are too few, or they are not exact. */
function chunkValues(store: ZarrStore, place: string, data: unknown, needed: number): ArrayLike<number> {
  const values = data as ArrayLike<number | bigint | boolean> & Iterable<number | bigint | boolean>;
  if (values.length < needed) throw zarrFault(store, place, `it holds ${values.length} of ${needed} values`);
  if (typeof values[0] === "number") return values as unknown as ArrayLike<number>;
  const numbers = Float64Array.from(values, Number);
  for (const value of typeof values[0] === "bigint" ? numbers : []) {
    if (!Number.isSafeInteger(value))
      throw zarrFault(store, place, "it holds 64-bit integers beyond 2^53", "Save it with 32 bits.");
  }
  return numbers;
}

/** Copies what a chunk and the box share; `stride` is that of the chunk's values, which may lie in any order. */
function copyChunk(
  out: TypedArrays[Dtype],
  box: ZarrBox,
  values: ArrayLike<number>,
  stride: readonly number[],
  origin: readonly number[],
  chunks: readonly number[],
): void {
  const rank = chunks.length;
  const low = origin.map((at, i) => Math.max(at, box.start[i]!));
  const high = origin.map((at, i) => Math.min(at + chunks[i]!, box.start[i]! + box.size[i]!));
  const walk = (dimension: number, from: number, to: number): void => {
    const step = stride[dimension] ?? 0;
    const begin = low[dimension]! - origin[dimension]!;
    const length = high[dimension]! - low[dimension]!;
    const outAt = to * box.size[dimension]! + low[dimension]! - box.start[dimension]!;
    for (let k = 0; k < length; k++) {
      const at = from + (begin + k) * step;
      if (dimension === rank - 1) out[outAt + k] = values[at]!;
      else walk(dimension + 1, at, outAt + k);
    }
  };
  if (rank === 0) out[0] = values[0]!;
  else walk(0, 0, 0);
}

async function readText(
  store: ZarrStore,
  path: string,
  array: AnyArray,
  { shape, chunks }: ArrayFacts,
  limits: ReadLimits,
): Promise<readonly string[]> {
  checkDecodedSize(
    store.name,
    { samples: product(shape), bytes: product(shape), what: `${product(shape)} texts` },
    limits,
  );
  const count = product(shape.map((size, i) => Math.ceil(size / chunks[i]!)));
  if (count > CHUNKS_MAX) throw zarrFault(store, path, `reading it takes ${count} chunks`);
  return guarded(store, path, async () => {
    const { data } = await zarr.get(array);
    // Letters are decoded only now.
    return Array.from(data as Iterable<unknown>, (value) =>
      typeof value === "string" ? value : JSON.stringify(value),
    );
  });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

function unravel(index: number, grid: readonly number[]): number[] {
  const at: number[] = [];
  for (const size of grid.toReversed()) {
    at.unshift(index % size);
    index = Math.floor(index / size);
  }
  return at;
}
