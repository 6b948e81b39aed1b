/**
 * A source that tells what is read of it: for the record of the import (digests), for the watch over time and memory.
 */

import { createHash, hash } from "node:crypto";
import type { ImportSource } from "../source.ts";
import type { FileDigest } from "./protocol.ts";

/** Files hashed in pieces of this size when nobody read them whole. */
const PIECE_BYTES = 8 * 2 ** 20;

export interface RecordedSource {
  readonly source: ImportSource;
  /** What was read since the last call, whole files with digest. */
  take(): { readonly files: FileDigest[]; readonly touched: string[] };
  /** Digest of a file, read piece by piece. */
  digest(path: string): Promise<FileDigest>;
}

/** @param onRead  told before a file or a part of it is read. */
export function recordReads(
  inner: ImportSource,
  onRead: (path: string, bytes: number) => void,
): RecordedSource {
  let files = new Map<string, FileDigest>();
  let touched = new Set<string>();
  const sizes = new Map(inner.entries.map(({ path, size }) => [path, size]));
  const source: ImportSource = {
    title: inner.title,
    entries: inner.entries,
    faults: inner.faults,
    async read(path) {
      onRead(path, sizes.get(path) ?? 0);
      const bytes = await inner.read(path);
      if (!files.has(path))
        files.set(path, { path, bytes: bytes.length, digest: hash("sha256", bytes, "hex") });
      return bytes;
    },
    async readRange(path, from, to) {
      onRead(path, to - from);
      touched.add(path);
      return inner.readRange === undefined
        ? (await inner.read(path)).subarray(from, to)
        : inner.readRange(path, from, to);
    },
  };
  return {
    source,
    take() {
      const taken = { files: [...files.values()], touched: [...touched].filter((path) => !files.has(path)) };
      files = new Map();
      touched = new Set();
      return taken;
    },
    async digest(path) {
      const size = sizes.get(path) ?? 0;
      const digest = createHash("sha256");
      for (let from = 0; from < size; from += PIECE_BYTES) {
        const to = Math.min(size, from + PIECE_BYTES);
        onRead(path, to - from);
        digest.update(
          inner.readRange === undefined ? await inner.read(path) : await inner.readRange(path, from, to),
        );
        if (inner.readRange === undefined) break;
      }
      return { path, bytes: size, digest: digest.digest("hex") };
    },
  };
}
