/**
 * Files of an import that lie in memory or in a folder: what the readers of data sets take.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { ImportFiles, ItemReader, Layout, LayoutItem, LayoutPlan, ReadItem } from "#formats/index.ts";

/** Shared test data of the project, when the checkout has it. */
export const sharedDataFolder = join(import.meta.dirname, "../../../shared/data");

export function hasSharedData(name: string): boolean {
  return existsSync(join(sharedDataFolder, name));
}

export interface MemoryFiles extends ImportFiles {
  /** Bytes asked for so far, and how often, by path: to test that large files are not read twice or whole. */
  readonly reads: Map<string, { count: number; bytes: number }>;
}

/** @param ranges  whether parts can be read; default true. */
export function memoryFiles(
  title: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  { ranges = true }: { readonly ranges?: boolean } = {},
): MemoryFiles {
  const bytesOf = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    ]),
  );
  const reads = new Map<string, { count: number; bytes: number }>();
  const take = (path: string, from: number, to?: number): Uint8Array => {
    const bytes = bytesOf.get(path);
    if (bytes === undefined)
      throw new FoundryError("request.notFound", { message: `${path}: no such file among those given.` });
    const part = bytes.subarray(from, to);
    const known = reads.get(path) ?? { count: 0, bytes: 0 };
    reads.set(path, { count: known.count + 1, bytes: known.bytes + part.length });
    return part;
  };
  return {
    title,
    reads,
    entries: [...bytesOf]
      .map(([path, { length }]) => ({ path, size: length }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    read: async (path) => take(path, 0),
    ...(ranges ? { readRange: async (path: string, from: number, to: number) => take(path, from, to) } : {}),
  };
}

/** All files below a folder of the machine; read when asked for. */
export function folderFiles(folder: string, title: string): ImportFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path).replaceAll("\\", "/"), size: readFileSync(path).length }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { title, entries, read: async (path) => new Uint8Array(readFileSync(join(folder, path))) };
}

/** Plans and reads everything that a layout finds; null when the files are not its own. */
export async function readAll(
  layout: Layout,
  files: ImportFiles,
): Promise<{ plan: LayoutPlan; items: readonly { item: LayoutItem; read: ReadItem }[] } | null> {
  const plan = await layout.plan(files);
  if (plan === null) return null;
  const reader: ItemReader = layout.open(files);
  const items = [];
  for (const item of plan.items) items.push({ item, read: await reader.read(item) });
  return { plan, items };
}
