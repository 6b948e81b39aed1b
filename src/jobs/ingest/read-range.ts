/** Files of this machine, whole and in parts. */

import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { FoundryError } from "#core/errors.ts";

/**
 * A whole file. Waits for the disk in place: a decoding process has nothing else to do, and for the thousands of small
 * masks of some data sets the way through the thread pool costs three times as much.
 */
export function readWhole(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** @throws FoundryError `disk.io` when the file is shorter than it was when it was listed. */
export async function readFileRange(
  path: string,
  from: number,
  to: number,
  shownName: string,
): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) {
        throw new FoundryError("disk.io", {
          message: `"${shownName}" became shorter while it was read.`,
          hint: "Import it again when nothing writes to it any more.",
          details: { file: shownName },
        });
      }
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
