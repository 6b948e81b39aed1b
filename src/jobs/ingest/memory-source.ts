/** Import source of bytes in memory, for tests and for callers that made the files themselves. */

import { unknownEntry } from "./folder-source.ts";
import { byPath, type ImportSource } from "./source.ts";

/** @param files path -> bytes or UTF-8 text. */
export function memorySource(
  title: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): ImportSource {
  const bytes = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    ]),
  );
  return {
    title,
    entries: [...bytes].map(([path, content]) => ({ path, size: content.length })).sort(byPath),
    faults: [],
    async read(path) {
      const found = bytes.get(path);
      if (found === undefined) throw unknownEntry(path);
      return found;
    },
    async readRange(path, from, to) {
      return (await this.read(path)).subarray(from, to);
    },
  };
}
