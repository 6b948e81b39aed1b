/** Parts of a large file, read where they lie, with a digest of the whole that needs no memory for it. */

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

/** Bytes read at once for the digest. */
const chunkBytes = 4 * 2 ** 20;

export interface FileSlices {
  /** Size of the file in bytes. */
  readonly length: number;
  /** SHA-256 of the whole, in hex. Cost: reads the file once; memory of one chunk. */
  digest(): Promise<string>;
  /** @returns exactly `length` bytes, or fewer where the file ends. */
  read(from: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @returns `null` when there is no such file. @throws the system's error for one that cannot be read. */
export async function openFileSlices(path: string): Promise<FileSlices | null> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return null;
    throw error;
  }
  const { size } = await file.stat();
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };
  return {
    length: size,
    read,
    async digest() {
      const hash = createHash("sha256");
      for (let at = 0; at < size; at += chunkBytes) hash.update(await read(at, chunkBytes));
      return hash.digest("hex");
    },
    close: () => file.close(),
  };
}
