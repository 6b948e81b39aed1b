/**
 * Import from a path on this machine: a folder with everything below it, or one file.
 *
 * Hidden files and the droppings of desktops are left out; links are followed only when they end inside the folder,
 * so that an import cannot wander over the disk.
 */

import { type Dirent, promises as fs } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { readFileRange, readWhole } from "./read-range.ts";
import { byPath, FILE_BYTES_MAX, FILES_MAX, type ImportSource, type SourceEntry } from "./source.ts";

/** Made by desktops and archivers beside real files; never data. */
const IGNORED_NAMES = new Set(["__MACOSX", "Thumbs.db", "desktop.ini"]);

/** Deeper nesting than this is a loop of links or a mistake. */
const DEPTH_MAX = 24;

/**
 * Lists a folder (or takes one file) as an import source.
 *
 * @param path  folder or file, absolute or relative to the working folder.
 * @throws FoundryError `import.empty` when there is nothing at the path, `limit.files` above 200,000 files.
 */
export async function openFolderSource(path: string): Promise<ImportSource> {
  const root = resolve(path);
  const stat = await fs.stat(root).catch(() => undefined);
  if (stat === undefined) {
    throw new FoundryError("import.empty", {
      message: `There is nothing at "${path}".`,
      hint: "Check the path; it is read from the folder in which the command runs.",
    });
  }
  const base = stat.isDirectory() ? root : dirname(root);
  const entries: SourceEntry[] = [];
  if (stat.isDirectory()) await listInto(entries, await fs.realpath(root), root, "", 0);
  else entries.push({ path: basename(root), size: stat.size });
  entries.sort(byPath);
  const sizes = new Map(entries.map((entry) => [entry.path, entry.size]));
  return {
    title: basename(root),
    entries,
    faults: [],
    async read(entryPath) {
      const size = sizes.get(entryPath);
      if (size === undefined) throw unknownEntry(entryPath);
      refuseLarge(entryPath, size);
      return readWhole(join(base, entryPath));
    },
    async readRange(entryPath, from, to) {
      if (!sizes.has(entryPath)) throw unknownEntry(entryPath);
      return readFileRange(join(base, entryPath), from, to, entryPath);
    },
  };
}

/** Hidden files are the system's, but those of a Zarr array are data. */
function isDropping(name: string): boolean {
  return IGNORED_NAMES.has(name) || (name.startsWith(".") && !/^\.z(array|attrs|group|metadata)$/.test(name));
}

async function listInto(
  entries: SourceEntry[],
  realRoot: string,
  folder: string,
  prefix: string,
  depth: number,
): Promise<void> {
  if (depth > DEPTH_MAX) return;
  const children = await fs.readdir(folder, { withFileTypes: true });
  for (const child of children) {
    if (isDropping(child.name)) continue;
    const full = join(folder, child.name);
    const path = prefix + child.name;
    const stat = await statInside(realRoot, full, child);
    if (stat === undefined) continue;
    if (stat.isDirectory()) await listInto(entries, realRoot, full, `${path}/`, depth + 1);
    else if (stat.isFile()) entries.push({ path, size: stat.size });
    if (entries.length > FILES_MAX) {
      throw new FoundryError("limit.files", {
        message: `The folder holds more than ${FILES_MAX.toLocaleString("en")} files.`,
        hint: "Import its subfolders one by one.",
      });
    }
  }
}

/** A link that ends outside the folder counts as absent. */
async function statInside(realRoot: string, full: string, child: Dirent) {
  if (child.isSymbolicLink()) {
    const target = await fs.realpath(full).catch(() => undefined);
    if (target === undefined) return undefined;
    const way = relative(realRoot, target);
    if (way === ".." || way.startsWith(`..${sep}`)) return undefined;
  }
  return fs.stat(full).catch(() => undefined);
}

export function unknownEntry(path: string): FoundryError {
  return new FoundryError("request.notFound", { message: `The import holds no file "${path}".` });
}

export function refuseLarge(path: string, size: number): void {
  if (size <= FILE_BYTES_MAX) return;
  throw new FoundryError("limit.bytes", {
    message: `"${path}" has ${Math.round(size / 2 ** 20)} MiB; at most ${FILE_BYTES_MAX / 2 ** 20} MiB can be read.`,
    hint: "Split the file into planes or fields of view.",
    details: { file: path },
  });
}
