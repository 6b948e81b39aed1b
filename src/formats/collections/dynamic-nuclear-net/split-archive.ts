/**
 * One split of a DeepCell data set: an npz with images `X`, labels `y` (items first, channels last) and metadata, read
 * item by item, whatever its size.
 */
import { sourceOfFile } from "../../byte-source.ts";
import { type NpzMember, openNpz } from "../../containers/npy/open-npz.ts";
import type { NpyItems } from "../../containers/npy/read-npy.ts";
import type { ImportFiles } from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { type MetaTable, readMetaTable } from "./meta-table.ts";

export interface SplitArchive {
  readonly path: string;
  readonly members: ReadonlyMap<string, NpzMember>;
  /** Items, y, x, channels; or whatever `y` has. */
  readonly imageShape: readonly number[];
  readonly labelShape: readonly number[];
}

// A data set has three parts; a folder of thousands of npz is something else.
const ARCHIVES_MAX = 1_000;

/** Archives with arrays `X` and `y` of equal number of items; others, damaged ones too, are not listed. */
export async function findSplitArchives(files: ImportFiles): Promise<SplitArchive[]> {
  const found: SplitArchive[] = [];
  for (const { path } of files.entries.filter((entry) => /\.npz$/i.test(entry.path)).slice(0, ARCHIVES_MAX)) {
    const archive = await openSplitArchive(files, path).catch(() => null);
    if (archive !== null) found.push(archive);
  }
  return found;
}

async function openSplitArchive(files: ImportFiles, path: string): Promise<SplitArchive | null> {
  const members = await openNpz(sourceOfFile(files, path));
  const [x, y] = [members.get("X"), members.get("y")];
  if (x === undefined || y === undefined) return null;
  const [imageShape, labelShape] = [(await x.describe()).shape, (await y.describe()).shape];
  if (imageShape.length !== 4 || imageShape[0] !== labelShape[0]) return null;
  return { path, members, imageShape, labelShape };
}

/** "train", "val" or "test" when the file is called so. */
export function splitOf(path: string): string | null {
  return /(?:^|[_\-.])(train|val|test)\.npz$/i.exec(fileOf(path))?.[1]?.toLowerCase() ?? null;
}

export async function metaOf(archive: SplitArchive): Promise<MetaTable | null> {
  const member = archive.members.get("meta");
  return member === undefined ? null : readMetaTable(await member.read());
}

export interface SplitReader {
  /** Item of `X` and of `y` at an index of an archive. Keeps one archive open. */
  read(path: string, index: number): Promise<{ images: ReadItemOf; labels: ReadItemOf }>;
}

type ReadItemOf = Awaited<ReturnType<NpyItems["read"]>>;

export function readSplits(files: ImportFiles): SplitReader {
  let current: { path: string; images: NpyItems; labels: NpyItems } | null = null;
  return {
    async read(path, index) {
      if (current?.path !== path) {
        const members = await openNpz(sourceOfFile(files, path));
        current = { path, images: await members.get("X")!.items(), labels: await members.get("y")!.items() };
      }
      return { images: await current.images.read(index), labels: await current.labels.read(index) };
    },
  };
}
