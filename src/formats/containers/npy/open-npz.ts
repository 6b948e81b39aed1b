/**
 * NumPy's .npz: a zip archive with one .npy per array, opened without reading it.
 *
 * A member is read whole, or item by item along its first axis, which also works for archives of several GB: stored
 * members are read at the place asked for, compressed ones are inflated forward and kept open between items.
 */
import type { ByteSource } from "../../byte-source.ts";
import { fault } from "../../fault.ts";
import { readLimits } from "../../limits.ts";
import { type ForwardReader, openZip, type StreamedEntry } from "../zip/open-zip.ts";
import { npyFault } from "./npy-fault.ts";
import { npyHeaderBytesMax, readNpyHeader } from "./npy-header.ts";
import {
  type NpyArray,
  type NpyItems,
  type NpyOptions,
  openNpyRange,
  type RangeReader,
  readNpy,
} from "./read-npy.ts";

export interface NpzMember {
  /** Without ".npy". */
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Shape and type, from the beginning of the member. */
  describe(): Promise<{ readonly shape: readonly number[]; readonly type: string }>;
  /** @throws FoundryError as `readNpy`. */
  read(): Promise<NpyArray>;
  /** @throws FoundryError as `openNpy`. */
  items(): Promise<NpyItems>;
}

/**
 * Arrays of an archive by name, in its order; other entries are left out.
 *
 * @throws FoundryError `format.zip`, `format.npy` when it holds no array.
 */
export async function openNpz(
  source: ByteSource,
  options: Pick<NpyOptions, "limits"> = {},
): Promise<ReadonlyMap<string, NpzMember>> {
  const members = new Map<string, NpzMember>();
  for (const entry of await openZip(source)) {
    if (!entry.path.endsWith(".npy")) continue;
    const name = entry.path.slice(0, -4);
    members.set(name, npzMember(entry, name, { name: `${source.name}, array "${name}"`, ...options }));
  }
  if (members.size === 0) throw npyFault(source.name, "it holds no NumPy arrays");
  return members;
}

function npzMember(entry: StreamedEntry, name: string, options: NpyOptions): NpzMember {
  return {
    name,
    size: entry.size,
    async describe() {
      const head = await beginning(entry);
      const { shape, type } = readNpyHeader(head, options.name);
      return { shape, type: type.text };
    },
    async read() {
      const limits = readLimits(options.limits);
      if (entry.size > limits.fileBytesMax) {
        throw fault("limit.bytes", {
          file: options.name,
          reason: `it has ${entry.size} bytes, the limit for reading it whole is ${limits.fileBytesMax}`,
          remedy: "Save the array in several files.",
        });
      }
      const reader = await entry.open();
      return readNpy(await reader.next(entry.size), options);
    },
    items: () => openNpyRange(entry.range ?? forwardRange(entry), entry.size, options),
  };
}

async function beginning(entry: StreamedEntry): Promise<Uint8Array> {
  const reader = await entry.open();
  return reader.next(Math.min(entry.size, npyHeaderBytesMax));
}

/** Ranges of a compressed entry: forward by reading on, backward by starting again. */
function forwardRange(entry: StreamedEntry): RangeReader {
  let reader: ForwardReader | undefined;
  let head: Uint8Array | undefined;
  // Skipped bytes are dropped in pieces of this size.
  const skipBytes = 4 * 1024 * 1024;
  let turn: Promise<unknown> = Promise.resolve();
  const range = async (from: number, to: number): Promise<Uint8Array> => {
    // The header is asked for first and longer than needed; its spare bytes belong to the first items.
    if (from === 0) {
      head ??= await beginning(entry);
      return head.subarray(0, to);
    }
    if (reader === undefined || reader.at > from) reader = await entry.open();
    while (reader.at < from) await reader.next(Math.min(skipBytes, from - reader.at));
    return reader.next(to - from);
  };
  // Two callers at once would read each other's bytes, so they take turns.
  return (from, to) => {
    const mine = turn.then(() => range(from, to));
    turn = mine.catch(() => undefined);
    return mine;
  };
}
