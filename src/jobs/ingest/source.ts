/**
 * Where the files of an import come from: a list of names with sizes, and bytes on demand.
 *
 * A local folder, an upload that lies staged under numbers, and the inside of a zip look the same to the importer.
 * Paths are names only, with `/`, relative to the source; they never become a path on this machine except in the
 * folder source, which made them from its own listing.
 */

/** More files than this in one import is a mistake of the chosen folder (a home folder, a whole share). */
export const FILES_MAX = 200_000;

/** One file is read into memory whole; larger ones need the pyramid formats, which are read in pieces. */
export const FILE_BYTES_MAX = 2 ** 31;

export interface SourceEntry {
  readonly path: string;
  readonly size: number;
}

/** A file that the source refuses before anything looks inside. */
export interface SourceFault {
  readonly path: string;
  readonly error: unknown;
}

export interface ImportSource {
  /** Name of the import for people: the folder's or the file's name. */
  readonly title: string;
  /** Sorted by path. */
  readonly entries: readonly SourceEntry[];
  readonly faults: readonly SourceFault[];
  /** @throws FoundryError `limit.bytes` for a file over the limit, `request.notFound` for an unknown path. */
  read(path: string): Promise<Uint8Array>;
  /** Bytes [from, to); for containers larger than memory. Absent where the place cannot give parts. */
  readRange?(path: string, from: number, to: number): Promise<Uint8Array>;
}

/** Sorts by code unit, so that the order of an import does not depend on the machine's language. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
