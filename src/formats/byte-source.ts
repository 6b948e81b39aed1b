/**
 * Bytes on demand: what the readers of containers larger than memory read from.
 */
import { fault } from "./fault.ts";

export interface ByteSource {
  /** Name for messages. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** Bytes [from, to), both within `size`. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A file that is in memory already. */
export function sourceOfBytes(bytes: Uint8Array, name: string): ByteSource {
  return { name, size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
}

/** Files of an import, as `ImportFiles` of import/layout.ts gives them. */
export interface RangeFiles {
  readonly entries: readonly { readonly path: string; readonly size: number }[];
  read(path: string): Promise<Uint8Array>;
  readRange?(path: string, from: number, to: number): Promise<Uint8Array>;
}

/**
 * One file of an import, read in parts where the import can, else whole on first use.
 *
 * @throws FoundryError `request.notFound` when there is no such file.
 */
export function sourceOfFile(files: RangeFiles, path: string): ByteSource {
  const entry = files.entries.find((candidate) => candidate.path === path);
  if (entry === undefined) {
    throw fault("request.notFound", {
      file: path,
      reason: "it is not among the files",
      remedy: "Choose the folder again.",
    });
  }
  let whole: Promise<Uint8Array> | undefined;
  return {
    name: path,
    size: entry.size,
    async read(from, to) {
      if (files.readRange !== undefined) return files.readRange(path, from, to);
      whole ??= files.read(path);
      return (await whole).subarray(from, to);
    },
  };
}
