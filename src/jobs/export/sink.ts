/**
 * Where the files of an export go: a folder, or one zip archive. Every file is hashed on its way.
 *
 * A folder is filled under another name and renamed at the end, so that a half-written export never looks like one.
 */

import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { assert, FoundryError } from "#core/errors.ts";
import type { ListedFile } from "#formats/export/index.ts";
import { writeAll } from "./write-all.ts";
import { createZipFile } from "./zip-file.ts";

type FileBytes = Uint8Array | AsyncIterable<Uint8Array>;

export interface ExportSink {
  /** Writes one file; paths are relative and safe. */
  write(path: string, bytes: FileBytes): Promise<ListedFile>;
  /** Makes the whole visible under its name; returns its size in bytes. */
  finish(): Promise<number>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/** Every part of a path is a plain name; a path never leaves the export. */
export function assertSafePath(path: string): void {
  const parts = path.split("/");
  assert(
    parts.every(
      (part) =>
        (/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(part) && !part.endsWith(".")) ||
        // Metadata of Zarr version 2.
        /^\.z(group|array|attrs)$/.test(part),
    ),
    `"${path}" is a safe path`,
  );
}

/** @param target  a folder that does not exist or is empty. @throws FoundryError `request.invalid` otherwise. */
export async function openFolderSink(target: string, attempt: string): Promise<ExportSink> {
  const folder = resolve(target);
  await refuseFull(folder);
  const draft = `${folder}.part-${attempt}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const made = new Set<string>([draft]);
  let total = 0;
  return {
    async write(path, bytes) {
      assertSafePath(path);
      const file = join(draft, path);
      const parent = dirname(file);
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      const hash = createHash("sha256");
      let size = 0;
      const handle = await open(file, "wx");
      try {
        for await (const piece of piecesOf(bytes)) {
          hash.update(piece);
          size += piece.length;
          await writeAll(handle, piece);
        }
      } finally {
        await handle.close();
      }
      total += size;
      return { path, bytes: size, sha256: hash.digest("hex") };
    },
    async finish() {
      await rename(draft, folder);
      return total;
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

async function refuseFull(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw notAPlace(folder, error);
  });
  if (present.length > 0)
    throw new FoundryError("request.invalid", {
      message: `The folder ${folder} holds ${present.length} files already.`,
      hint: "Name a folder that does not exist yet; an export never overwrites.",
    });
}

function notAPlace(path: string, cause: unknown): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The export cannot be written to ${path}.`,
    hint: "Name a folder in a place that you may write to.",
    cause,
  });
}

/** One archive; it appears under its name when it is whole. */
export async function openZipSink(target: string, attempt: string): Promise<ExportSink> {
  const file = resolve(target);
  const draft = `${file}.part-${attempt}`;
  await mkdir(dirname(file), { recursive: true });
  await rm(draft, { force: true });
  const zip = await createZipFile(draft);
  return {
    async write(path, bytes) {
      assertSafePath(path);
      const hash = createHash("sha256");
      let size = 0;
      async function* hashed(): AsyncGenerator<Uint8Array> {
        for await (const piece of piecesOf(bytes)) {
          hash.update(piece);
          size += piece.length;
          yield piece;
        }
      }
      await zip.add(path, hashed());
      return { path, bytes: size, sha256: hash.digest("hex") };
    },
    async finish() {
      const size = await zip.finish();
      await rename(draft, file);
      return size;
    },
    async discard() {
      await zip.abort();
      await rm(draft, { force: true });
    },
  };
}

async function* piecesOf(bytes: FileBytes): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}
