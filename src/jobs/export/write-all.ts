/** Writing all bytes to an open file, with a full disk told as what it is. */

import type { FileHandle } from "node:fs/promises";
import { FoundryError } from "#core/errors.ts";

/** @throws FoundryError `disk.full`. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    const { bytesWritten } = await handle
      .write(bytes, done, bytes.length - done, at)
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOSPC" && error.code !== "EDQUOT") throw error;
        throw new FoundryError("disk.full", {
          message: "There is no room left on the disk for the export.",
          hint: "Free some space, or export fewer images.",
          cause: error,
        });
      });
    done += bytesWritten;
  }
}
