/**
 * Bytes by key: where a Zarr hierarchy lies.
 *
 * Keys have no leading slash ("0/c/0/0"). A folder, an archive, a web server or a made-up store is the same to the
 * readers; each keeps to its own limits on what a key may hold.
 */
import type * as zarr from "zarrita";
import { fault } from "../../fault.ts";

export interface ZarrStore {
  /** For messages. */
  readonly name: string;
  /** @returns `undefined` when there is no such key; anything else that goes wrong is thrown. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Length of a key's bytes; with `getRange`, shards are read piece by piece. */
  size?(key: string): Promise<number | undefined>;
  /** Bytes [from, to), both within `size`. */
  getRange?(key: string, from: number, to: number): Promise<Uint8Array>;
}

/** A hierarchy in files that are at hand, e.g. of an import; `folder` is the path of its root, "" or ending in "/". */
export function zarrStoreOfFiles(
  files: {
    readonly entries: readonly { readonly path: string; readonly size: number }[];
    read(path: string): Promise<Uint8Array>;
    readRange?(path: string, from: number, to: number): Promise<Uint8Array>;
  },
  folder: string,
  name: string,
): ZarrStore {
  const sizes = new Map(
    files.entries
      .filter(({ path }) => path.startsWith(folder))
      .map(({ path, size }) => [path.slice(folder.length), size]),
  );
  return {
    name,
    get: async (key) => (sizes.has(key) ? files.read(`${folder}${key}`) : undefined),
    size: async (key) => sizes.get(key),
    ...(files.readRange === undefined
      ? {}
      : {
          getRange: (key: string, from: number, to: number) => files.readRange!(`${folder}${key}`, from, to),
        }),
  };
}

/** Keys that `omeZarrImage` and the like make, as a store. */
export function zarrStoreOfKeys(keys: { get(key: string): Uint8Array | undefined }, name: string): ZarrStore {
  return { name, get: async (key) => keys.get(key) };
}

/** The store as zarrita asks for it; offsets of shards come from outside and are checked here. */
export function readableOf(store: ZarrStore): zarr.AsyncReadable {
  return {
    get: (key) => store.get(key.slice(1)),
    async getRange(absolute, range) {
      const key = absolute.slice(1);
      const { getRange, size } = store;
      const whole = getRange === undefined || size === undefined ? await store.get(key) : undefined;
      const length = whole === undefined ? await size?.(key) : whole.length;
      if (length === undefined) return undefined;
      const [from, to] =
        "suffixLength" in range
          ? [length - range.suffixLength, length]
          : [range.offset, range.offset + range.length];
      if (!(Number.isSafeInteger(from) && from >= 0 && from <= to && to <= length)) {
        throw fault("format.zarr", {
          file: store.name,
          place: key,
          reason: "its index points outside the shard",
          remedy: "The file is damaged; copy or export the data again.",
        });
      }
      return whole === undefined ? getRange!.call(store, key, from, to) : whole.subarray(from, to);
    },
  };
}
