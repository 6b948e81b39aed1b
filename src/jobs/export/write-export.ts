/** Runs an exporter into a sink: the data first, then the papers that list them. */

import {
  type CellTablesNeeded,
  cellTables,
  digestsText,
  type Exporter,
  type ExportFacts,
  type ExportSource,
  exportNotes,
  exportPapers,
  type KeptItem,
  keepItem,
  type ListedFile,
  noteCellTables,
  type ShownPicture,
  seenItem,
} from "#formats/export/index.ts";
import { sha256 } from "#platform/index.ts";
import type { ExportSink } from "./sink.ts";

export interface WrittenExport {
  /** Size of the folder or archive. */
  readonly bytes: number;
  readonly fileCount: number;
  readonly imageCount: number;
  readonly cellCount: number;
  /** Images that the format shows nothing of, because they have no labels. */
  readonly leftOut: number;
  /** What to know of it, in sentences: pixels that overlapping cells hide. */
  readonly notes: readonly string[];
  /** SHA-256 over the list of files with their digests. */
  readonly digest: string;
}

export interface WriteExportOptions {
  readonly exporter: Exporter;
  readonly facts: ExportFacts;
  readonly signal: AbortSignal;
  /** Items that have passed, of all passes together, and the name of the present one. */
  readonly onItem: (done: number, name: string) => void;
  /** Known when all items have passed. */
  readonly models: () => readonly string[];
}

/**
 * Writes everything and finishes the sink.
 *
 * @throws what the exporter throws; `signal`'s reason. The sink is the caller's to discard then.
 */
export async function writeExport(
  source: ExportSource,
  sink: ExportSink,
  options: WriteExportOptions,
): Promise<WrittenExport> {
  const { exporter, facts, signal } = options;
  const items = new Map<string, KeptItem>();
  const pictures: ShownPicture[] = [];
  const files: ListedFile[] = [];
  const needed: CellTablesNeeded = { types: false, spots: false, links: false };
  let passed = 0;
  const seen: ExportSource = {
    async *items(role) {
      for await (const item of source.items(role)) {
        signal.throwIfAborted();
        if (!items.has(item.name)) {
          items.set(item.name, keepItem(item, exporter));
          noteCellTables(item, needed);
        }
        options.onItem(passed++, item.name);
        yield item;
      }
    },
  };
  const shown: ExportSource = {
    async *items(role) {
      for await (const item of seen.items(role)) yield seenItem(item, exporter);
    },
  };
  for await (const { path, bytes, itemName } of exporter.write(shown, facts)) {
    signal.throwIfAborted();
    files.push(await sink.write(path, bytes));
    if (itemName !== undefined) pictures.push({ path: picturePath(path), itemName });
  }
  for (const { path, bytes } of cellTables(seen, exporter, needed)) files.push(await sink.write(path, bytes));
  const counts = countItems(items, facts);
  const whole: ExportFacts = { ...facts, counts, models: options.models() };
  for (const { path, text } of exportPapers({ exporter, facts: whole, items, pictures, files }, () => files))
    files.push(await sink.write(path, new TextEncoder().encode(text)));
  return {
    bytes: await sink.finish(),
    fileCount: files.length,
    imageCount: counts.images,
    cellCount: counts.cells,
    leftOut: pictures.length === 0 ? 0 : items.size - new Set(pictures.map(({ itemName }) => itemName)).size,
    notes: exportNotes(items.values()),
    digest: sha256(digestsText(files)),
  };
}

/** A Zarr hierarchy is named by its folder. */
const picturePath = (path: string): string => path.replace(/\.zarr\/(?:zarr\.json|\.zgroup)$/, ".zarr");

function countItems(items: ReadonlyMap<string, KeptItem>, facts: ExportFacts): ExportFacts["counts"] {
  let cells = 0;
  for (const { layers } of items.values()) for (const layer of layers) cells += layer.cells ?? 0;
  return { images: items.size, cells, channels: facts.counts.channels };
}
