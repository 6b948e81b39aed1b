/**
 * Import from an upload: a staging folder with numbered files and `manifest.json`, which holds the uploader's names.
 *
 * The names are data: bytes are found by the number alone, so no name from outside ever becomes a path.
 */

import { promises as fs } from "node:fs";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { refuseLarge, unknownEntry } from "./folder-source.ts";
import { readFileRange, readWhole } from "./read-range.ts";
import { byPath, FILES_MAX, type ImportSource, type SourceEntry, type SourceFault } from "./source.ts";

/** What the receiver of the upload calls its files. */
const STAGED_FILE = /^\d{1,9}\.bin$/;

export interface StagedFile {
  /** `000001.bin`, beside the manifest. */
  readonly file: string;
  /** The uploader's relative path, with folders. */
  readonly path: string;
  readonly size: number;
}

/**
 * @param folder staging folder with `manifest.json`: an array of {@link StagedFile}.
 * @param title  name of the import for people.
 * @throws FoundryError `request.invalid` when the manifest is missing or not of that form.
 */
export async function openStagedSource(folder: string, title: string): Promise<ImportSource> {
  const files = parseManifest(await readManifest(folder));
  const byName = new Map<string, StagedFile>();
  const faults: SourceFault[] = [];
  const entries: SourceEntry[] = [];
  for (const file of files) {
    const path = file.path.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
    const fault = nameFault(path, byName);
    if (fault !== undefined) {
      faults.push({ path: file.path, error: fault });
      continue;
    }
    byName.set(path, file);
    entries.push({ path, size: file.size });
  }
  entries.sort(byPath);
  return {
    title,
    entries,
    faults,
    async read(path) {
      const file = byName.get(path);
      if (file === undefined) throw unknownEntry(path);
      refuseLarge(path, file.size);
      return readWhole(join(folder, file.file));
    },
    async readRange(path, from, to) {
      const file = byName.get(path);
      if (file === undefined) throw unknownEntry(path);
      return readFileRange(join(folder, file.file), from, to, path);
    },
  };
}

async function readManifest(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await fs.readFile(join(folder, "manifest.json"), "utf8"));
  } catch (cause) {
    throw new FoundryError("request.invalid", {
      message: "The uploaded files are no longer there.",
      hint: "Upload them again.",
      cause,
    });
  }
}

function parseManifest(value: unknown): StagedFile[] {
  if (!Array.isArray(value) || value.length > FILES_MAX) throw badManifest();
  return value.map((row: unknown) => {
    if (typeof row !== "object" || row === null) throw badManifest();
    const { file, path, size } = row as Record<string, unknown>;
    const sound =
      typeof file === "string" &&
      STAGED_FILE.test(file) &&
      typeof path === "string" &&
      typeof size === "number";
    if (!sound) throw badManifest();
    return { file, path, size };
  });
}

function badManifest(): FoundryError {
  return new FoundryError("request.invalid", {
    message: "The list of uploaded files cannot be read.",
    hint: "Upload the files again.",
  });
}

function nameFault(path: string, taken: ReadonlyMap<string, unknown>): FoundryError | undefined {
  const parts = path.split("/");
  if (path === "" || path.startsWith("/") || parts.includes("..") || path.includes("\0")) {
    return new FoundryError("request.invalid", {
      message: `"${path}" is not a relative file name.`,
      hint: "Upload files by names without `..` and without a leading slash.",
      details: { file: path },
    });
  }
  if (taken.has(path)) {
    return new FoundryError("request.invalid", {
      message: `"${path}" was uploaded twice in one import.`,
      hint: "Keep one of the two; files with the same name need different folders.",
      details: { file: path },
    });
  }
  return undefined;
}
