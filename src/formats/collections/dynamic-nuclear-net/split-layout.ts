/**
 * What the layouts of DeepCell data sets have in common: archives of a kind are the parts, each image of a part is an item.
 */
import { imageOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import type { NumberArray, TextArray } from "../../containers/npy/decode-values.ts";
import type { Layout, LayoutItem, ReadItem, ReadLayer, ReadObject } from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { findSplitArchives, readSplits, type SplitArchive } from "./split-archive.ts";

export interface SplitCollection extends Pick<Layout, "format" | "title"> {
  readonly licence: string;
  /** Whether an archive with images X and labels y is a part of this collection. */
  isPart(archive: SplitArchive): boolean;
  /** What an archive of this collection holds: "images X, labels y and metadata". */
  readonly holds: string;
  /** Items of a part; what people must know goes to `notes`. */
  items(archive: SplitArchive, notes: string[]): Promise<readonly LayoutItem[]>;
  /** Notes on all parts together. */
  notesOn?(items: readonly LayoutItem[]): readonly string[];
  /** @param name  file and place, for messages. */
  read(images: NumberArray | TextArray, labels: NumberArray | TextArray, name: string): ReadItem;
}

export function splitLayout(collection: SplitCollection): Layout {
  const { format, title, licence, holds } = collection;
  return {
    format,
    title,
    async plan(files) {
      const archives = (await findSplitArchives(files)).filter((archive) => collection.isPart(archive));
      if (archives.length === 0) return null;
      const items: LayoutItem[] = [];
      const notes: string[] = [];
      for (const archive of archives) items.push(...(await collection.items(archive, notes)));
      notes.push(...(collection.notesOn?.(items) ?? []));
      const paths = new Set(archives.map(({ path }) => path));
      const ignored = files.entries
        .filter(({ path }) => !paths.has(path))
        .map(({ path }) => ({ path, reason: `it is not an archive of ${holds}` }));
      return { items, ignored, notes, licence };
    },
    open(files) {
      const splits = readSplits(files);
      return {
        async read(item) {
          const { path, index } = item.locator as { path: string; index: number };
          const { images, labels } = await splits.read(path, index);
          return collection.read(images, labels, `${path}, image ${index}`);
        },
      };
    },
  };
}

/** Name and place of each image of a part; numbers of equal length, so that names sort in order. */
export function itemPlaces({
  path,
  imageShape,
}: SplitArchive): Pick<LayoutItem, "name" | "imagePath" | "locator">[] {
  const count = imageShape[0]!;
  const stem = fileOf(path).replace(/\.npz$/i, "");
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, index) => ({
    name: `${stem} ${String(index).padStart(digits, "0")}`,
    imagePath: path,
    locator: { path, index },
  }));
}

/** Pixels of an item, channels last in the file. */
export function readPixels(
  images: NumberArray | TextArray,
  channels: ReadItem["image"]["channels"],
  name: string,
): ReadItem["image"] {
  return {
    image: imageOfChannelsLast(pixelsOf(images, name)),
    channels,
    mpp: null,
    mppSource: null,
    notes: [],
  };
}

/** A layer as these collections have them: everything labelled, by people. */
export const goldLayer = (compartment: ReadLayer["compartment"], objects: ReadObject[]): ReadLayer => ({
  compartment,
  name: "",
  truth: "gold",
  coverage: "exhaustive",
  objects,
  links: [],
});
