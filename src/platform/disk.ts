/**
 * Files as an interface: what the blob folder needs of a disk, and nothing more.
 *
 * Small so that a test can wrap it with faults (a failed flush, a full disk, a flipped bit). Errors keep their system
 * code in `details.code`; a full disk has its own code because it is a state, not a mistake.
 */

import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { FoundryError } from "#core/errors.ts";
import { openFileSlices } from "./file-slices.ts";

export interface Disk {
  /** Whole file. `null` when there is none. */
  read(path: string): Promise<Uint8Array | null>;
  /** Writes a new file and flushes it to the device before it resolves. Fails when the file exists. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Flushes a file that others wrote. */
  flush(path: string): Promise<void>;
  /** SHA-256 of a file of any size, hex; `null` when there is none. */
  digest(path: string): Promise<string | null>;
  rename(from: string, to: string): Promise<void>;
  /** Flushes a folder, which makes names in it durable. */
  flushFolder(path: string): Promise<void>;
  /** Creates a folder and those above it. Returns the topmost one created, or `null`. */
  makeFolder(path: string): Promise<string | null>;
  /** Names in a folder, sorted; empty when there is none. */
  list(path: string): Promise<string[]>;
  /** Size in bytes, or `null` when there is no such file. */
  size(path: string): Promise<number | null>;
  remove(path: string): Promise<void>;
}

/** The real disk. */
export const systemDisk: Disk = {
  // A plain view: `slice` of Node's own Buffer does not copy, which code for the browser relies on.
  read: async (path) => {
    const found = await orNull(readFile(path), path, "read");
    return found === null ? null : new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
  },
  writeNew: (path, bytes) => wrap(writeFlushed(path, bytes), path, "written"),
  flush: (path) => wrap(flushFolder(path), path, "flushed"),
  digest: (path) => wrap(digestFile(path), path, "read"),
  rename: (from, to) => wrap(rename(from, to), to, "renamed"),
  flushFolder: (path) => wrap(flushFolder(path), path, "flushed"),
  makeFolder: (path) =>
    wrap(
      mkdir(path, { recursive: true }).then((made) => made ?? null),
      path,
      "created",
    ),
  list: async (path) => ((await orNull(readdir(path), path, "listed")) ?? []).sort(),
  size: async (path) => (await orNull(stat(path), path, "read"))?.size ?? null,
  remove: (path) => wrap(rm(path, { force: true }), path, "removed"),
};

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function digestFile(path: string): Promise<string | null> {
  const file = await openFileSlices(path);
  if (file === null) return null;
  return file.digest().finally(() => file.close());
}

async function orNull<T>(work: Promise<T>, path: string, verb: string): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw toFoundryError(error, path, verb);
  }
}

async function wrap<T>(work: Promise<T>, path: string, verb: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toFoundryError(error, path, verb);
  }
}

/** System error code such as `ENOENT`, or `undefined` for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function toFoundryError(error: unknown, path: string, verb: string): FoundryError {
  const code = systemCode(error) ?? "unknown";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new FoundryError("disk.full", {
      message: "The disk of the data folder is full; nothing was saved.",
      hint: "Free some space, then try again.",
      details: { code },
      cause: error,
    });
  }
  return new FoundryError("disk.io", {
    message: `A file of the data folder could not be ${verb} (${code}).`,
    hint: "Check the disk and the rights on the data folder.",
    details: { code, file: path.split("/").at(-1) },
    cause: error,
  });
}
