/**
 * Immutable bytes named by their SHA-256, one file each: `<home>/blobs/ab/cd/<sha256>`.
 *
 * Order of a write: temporary file, flush, read back and compare, rename, flush the folders; only then may a row name
 * the digest. A blob is never overwritten. Reading hashes; what does not match is moved to quarantine and reported.
 * A failed flush is never tried again (the kernel may have dropped the dirty pages): from then on this store refuses
 * every write until the process is started anew.
 */

import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { type Disk, type HomeLayout, type Ids, sha256 } from "#platform/index.ts";

export interface BlobStore {
  /** Makes bytes durable and returns their digest. Cost: two passes over the bytes, two or three flushes. */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * Makes a file of the same disk a blob, by renaming it: for bytes that do not fit memory.
   *
   * @param digest  of its bytes, as its writer knows it. @throws FoundryError `disk.io` when the disk gives back others.
   * Cost: reads the file once; it is gone from its place afterwards, also when the blob was there already.
   */
  adopt(path: string, digest: string): Promise<void>;
  /** @throws FoundryError `blob.missing`; `blob.corrupt` after moving the file to quarantine. */
  get(digest: string): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /** Where the bytes lie, for streaming; they are not verified. */
  path(digest: string): string;
  /** Size in bytes, or `null` when absent. */
  size(digest: string): Promise<number | null>;
  /** All digests, sorted. */
  list(): Promise<string[]>;
}

const digestPattern = /^[0-9a-f]{64}$/;

export function openBlobs(layout: HomeLayout, disk: Disk, ids: Ids): BlobStore {
  const folderOf = (digest: string): string => join(layout.blobs, digest.slice(0, 2), digest.slice(2, 4));
  const pathOf = (digest: string): string => {
    if (!digestPattern.test(digest)) throw missing(digest);
    return join(folderOf(digest), digest);
  };
  const quarantine = async (digest: string): Promise<void> => {
    await disk.makeFolder(layout.quarantine);
    await disk.rename(pathOf(digest), join(layout.quarantine, `${digest}.${ids.next()}`));
  };
  const write = createWriter(layout, disk, ids, folderOf);
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      const present = await disk.read(pathOf(digest));
      if (present !== null && sha256(present) === digest) {
        // Another process may have renamed it a moment ago without having flushed the name yet.
        await disk.flushFolder(folderOf(digest));
        return digest;
      }
      if (present !== null) await quarantine(digest);
      await write(digest, bytes);
      return digest;
    },
    async adopt(path, digest) {
      const present = await disk.digest(pathOf(digest));
      if (present === digest) {
        await disk.flushFolder(folderOf(digest));
        await disk.remove(path);
        return;
      }
      if (present !== null) await quarantine(digest);
      await write(digest, path);
    },
    async get(digest) {
      const path = pathOf(digest);
      const bytes = await disk.read(path);
      if (bytes === null) throw missing(digest);
      const found = sha256(bytes);
      if (found === digest) return bytes;
      await quarantine(digest);
      throw new FoundryError("blob.corrupt", {
        message: "Stored bytes do not match their digest; the blob was moved to quarantine.",
        hint: "Run `cellfoundry doctor` to see what uses it, and restore it from a backup.",
        details: { digest, found },
      });
    },
    has: async (digest) => digestPattern.test(digest) && (await disk.size(pathOf(digest))) !== null,
    path: pathOf,
    size: async (digest) => (digestPattern.test(digest) ? disk.size(pathOf(digest)) : null),
    list: () => listBlobs(layout, disk),
  };
}

function missing(digest: string): FoundryError {
  return new FoundryError("blob.missing", {
    message: "Bytes that the database refers to are not in the data folder.",
    hint: "Run `cellfoundry doctor` to see what uses them, and restore them from a backup.",
    details: { digest },
  });
}

/** @returns makes bytes, or a file of the same disk, a blob; nobody else has it yet. */
function createWriter(
  layout: HomeLayout,
  disk: Disk,
  ids: Ids,
  folderOf: (digest: string) => string,
): (digest: string, bytes: Uint8Array | string) => Promise<void> {
  let failure: unknown = null;
  const durableFolders = new Set<string>();
  return async (digest, bytesOrPath) => {
    if (failure !== null) {
      throw new FoundryError("disk.io", {
        message: "An earlier write did not reach the disk, so nothing more is saved by this process.",
        hint: "Check the disk, then start the program again.",
        cause: failure,
      });
    }
    const folder = folderOf(digest);
    const isFile = typeof bytesOrPath === "string";
    const temporary = isFile ? bytesOrPath : join(layout.blobs, `.new-${ids.next()}`);
    try {
      if (isFile) await disk.flush(temporary);
      else await disk.writeNew(temporary, bytesOrPath);
      const written = isFile ? await disk.digest(temporary) : digestOf(await disk.read(temporary));
      if (written !== digest) {
        throw new FoundryError("disk.io", {
          message: "The disk gave back other bytes than were written.",
          hint: "Check the disk; nothing was saved.",
          details: { digest },
        });
      }
      await disk.makeFolder(folder);
      await disk.rename(temporary, join(folder, digest));
      await disk.flushFolder(folder);
      // A new folder is durable only when the folders that name it are flushed.
      if (!durableFolders.has(folder)) {
        await disk.flushFolder(join(folder, ".."));
        await disk.flushFolder(layout.blobs);
        durableFolders.add(folder);
      }
    } catch (error) {
      // A full disk is a state that passes; everything else may mean lost writes.
      if (!(error instanceof FoundryError && error.code === "disk.full")) failure = error;
      await disk.remove(temporary).catch(() => undefined);
      throw error;
    }
  };
}

const digestOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : sha256(bytes));

async function listBlobs(layout: HomeLayout, disk: Disk): Promise<string[]> {
  const found: string[] = [];
  for (const first of await disk.list(layout.blobs)) {
    if (first.length !== 2) continue;
    for (const second of await disk.list(join(layout.blobs, first))) {
      const names = await disk.list(join(layout.blobs, first, second));
      found.push(...names.filter((name) => digestPattern.test(name)));
    }
  }
  return found;
}
