/**
 * Metadata of Zarr nodes, v2 and v3, as far as they decide what may be read: checked before a reader acts on them.
 */
import type { ErrorCode } from "#core/errors.ts";
import { fault } from "../../fault.ts";
import type { ZarrStore } from "./zarr-store.ts";

// Attributes of a plate of 384 wells have 200 KiB; per-cell properties of a label image a few MiB.
const METADATA_BYTES_MAX = 32 * 1024 * 1024;
const DIMENSIONS_MAX = 8;
// Chunks of one gigabyte exist, but not in anything that is looked at by region.
const CHUNK_VALUES_MAX = 2 ** 27;
// Inner chunks of a shard: its index has 16 bytes for each.
const SHARD_CHUNKS_MAX = 2 ** 20;

export type Json = Readonly<Record<string, unknown>>;

export interface ZarrNode {
  readonly version: 2 | 3;
  readonly kind: "array" | "group";
  /** Content of zarr.json, .zarray or .zgroup. */
  readonly metadata: Json;
  readonly attributes: Json;
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function zarrFault(
  store: ZarrStore,
  place: string,
  reason: string,
  remedy?: string,
  code: ErrorCode = "format.zarr",
) {
  return fault(code, {
    file: store.name,
    ...(place === "" ? {} : { place }),
    reason,
    remedy: remedy ?? "The data are damaged or not complete; copy or export them again.",
  });
}

/** Key of a member of a group. */
export function keyOf(path: string, member: string): string {
  return path === "" ? member : `${path}/${member}`;
}

/**
 * A path inside the hierarchy that came from metadata.
 *
 * @throws FoundryError `format.zarr` when it leads out of the hierarchy.
 */
export function pathInside(store: ZarrStore, path: string, relative: unknown): string {
  const parts =
    typeof relative === "string" ? relative.split("/").filter((part) => part !== "" && part !== ".") : [];
  const legal =
    typeof relative === "string" &&
    !relative.startsWith("/") &&
    !parts.includes("..") &&
    relative.length <= 500;
  if (!legal || relative.includes("\\")) throw zarrFault(store, path, "it names a part outside itself");
  return [...(path === "" ? [] : [path]), ...parts].join("/");
}

/** @returns `null` when there is no node. @throws FoundryError `format.zarr` when its metadata cannot be understood. */
export async function readNode(store: ZarrStore, path: string): Promise<ZarrNode | null> {
  const v3 = await readJson(store, keyOf(path, "zarr.json"));
  if (v3 !== null) {
    const kind = v3["node_type"] === "array" ? "array" : "group";
    const { attributes } = v3;
    return { version: 3, kind, metadata: v3, attributes: isRecord(attributes) ? attributes : {} };
  }
  const array = await readJson(store, keyOf(path, ".zarray"));
  const group = array === null ? await readJson(store, keyOf(path, ".zgroup")) : null;
  const attributes = await readJson(store, keyOf(path, ".zattrs"));
  const metadata = array ?? group;
  // Some writers leave .zgroup out; attributes alone make a group then.
  if (metadata === null && attributes === null) return null;
  return {
    version: 2,
    kind: array === null ? "group" : "array",
    metadata: metadata ?? {},
    attributes: attributes ?? {},
  };
}

async function readJson(store: ZarrStore, key: string): Promise<Json | null> {
  const length = await store.size?.(key);
  if (length !== undefined && length > METADATA_BYTES_MAX)
    throw zarrFault(store, key, `it has ${length} bytes`);
  const bytes = await store.get(key);
  if (bytes === undefined) return null;
  if (bytes.length > METADATA_BYTES_MAX) throw zarrFault(store, key, `it has ${bytes.length} bytes`);
  let parsed: unknown;
  try {
    // Python writes NaN and Infinity for fill values, which JSON does not have; zarr-python quotes them since v3.
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw zarrFault(store, key, "it is not JSON");
  }
  if (!isRecord(parsed)) throw zarrFault(store, key, "it is not a JSON object");
  return parsed;
}

export interface ArrayFacts {
  readonly shape: readonly number[];
  /** What is decoded together: the chunk, or the inner chunk of a shard. */
  readonly chunks: readonly number[];
  /** As the metadata name it, e.g. "uint16", "<u2". */
  readonly typeName: string;
  readonly dimensionNames: readonly (string | null)[] | null;
}

/** @throws FoundryError `format.zarr` when sizes make no sense. */
export function arrayFacts(store: ZarrStore, path: string, { version, metadata }: ZarrNode): ArrayFacts {
  const shape = sizes(metadata["shape"], 0);
  const grid = isRecord(metadata["chunk_grid"]) ? metadata["chunk_grid"] : {};
  const gridChunks = isRecord(grid["configuration"]) ? grid["configuration"]["chunk_shape"] : undefined;
  const outer = sizes(version === 2 ? metadata["chunks"] : gridChunks, 1);
  if (shape === null || outer === null || outer.length !== shape.length || shape.length > DIMENSIONS_MAX)
    throw zarrFault(store, path, "its shape or chunks make no sense");
  if (version === 3 && grid["name"] !== "regular")
    throw zarrFault(
      store,
      path,
      "its chunks do not form a regular grid",
      "Write it again with regular chunks.",
    );
  const chunks = innerChunks(store, path, metadata, outer);
  const values = chunks.reduce((product, size) => product * size, 1);
  if (values > CHUNK_VALUES_MAX) throw zarrFault(store, path, `its chunks hold ${values} values each`);
  const type = metadata[version === 2 ? "dtype" : "data_type"];
  const names = metadata["dimension_names"];
  return {
    shape,
    chunks,
    typeName: typeof type === "string" ? type : JSON.stringify(type ?? null).slice(0, 80),
    dimensionNames: Array.isArray(names)
      ? names.map((name) => (typeof name === "string" ? name : null))
      : null,
  };
}

function innerChunks(
  store: ZarrStore,
  path: string,
  metadata: Json,
  outer: readonly number[],
): readonly number[] {
  const sharding = records(metadata["codecs"]).find(({ name }) => name === "sharding_indexed");
  if (sharding === undefined) return outer;
  const { configuration } = sharding;
  const inner = sizes(isRecord(configuration) ? configuration["chunk_shape"] : undefined, 1);
  const divides =
    inner !== null && inner.length === outer.length && inner.every((size, i) => outer[i]! % size === 0);
  if (!divides) throw zarrFault(store, path, "its shards are not made of whole chunks");
  const count = outer.reduce((product, size, i) => product * (size / inner[i]!), 1);
  if (count > SHARD_CHUNKS_MAX) throw zarrFault(store, path, `its shards hold ${count} chunks each`);
  return inner;
}

function sizes(value: unknown, least: number): number[] | null {
  if (!Array.isArray(value)) return null;
  const whole = value.every((size) => Number.isSafeInteger(size) && size >= least && size <= 2 ** 40);
  return whole ? (value as number[]) : null;
}
