/** Files of a folder told by their first bytes: those of a common ending are many, and a name does not say what is inside. */

import type { ImportFiles } from "./layout.ts";
import type { FileEntry } from "./plan.ts";

/** Files of one ending that are looked into; a folder of more is something else. */
const candidatesMax = 1_000;

export interface HeadTest {
  /** Ending of the names that come into question. */
  readonly name: RegExp;
  /** How much of a file is read, at most. */
  readonly headBytes: number;
  /** @param head  its first bytes as UTF-8, perhaps cut within a character. */
  readonly isWanted: (head: string, path: string) => boolean;
}

/** The first bytes of a file as UTF-8, perhaps cut within a character. Throws what reading throws. */
export async function readHead(
  files: ImportFiles,
  { path, size }: Pick<FileEntry, "path" | "size">,
  headBytes: number,
): Promise<string> {
  const to = Math.min(size, headBytes);
  const head = files.readRange === undefined ? await files.read(path) : await files.readRange(path, 0, to);
  return new TextDecoder().decode(head.subarray(0, to));
}

/** Paths of the files that pass, in order of the folder. Reads heads one after another; throws what reading throws. */
export async function filesByHead(
  files: ImportFiles,
  { name, headBytes, isWanted }: HeadTest,
): Promise<string[]> {
  const found: string[] = [];
  const candidates = files.entries.filter(({ path }) => name.test(path)).slice(0, candidatesMax);
  for (const entry of candidates)
    if (isWanted(await readHead(files, entry, headBytes), entry.path)) found.push(entry.path);
  return found;
}
