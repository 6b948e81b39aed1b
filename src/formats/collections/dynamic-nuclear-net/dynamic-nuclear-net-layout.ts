/**
 * DynamicNuclearNet segmentation: frames of movies with nuclei, `{train,val,test}.npz` with X, y and meta.
 *
 * Frames of one movie show the same cells, and the segmentation and the tracking release do not share a split, so the
 * movie's file name is the group in both.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { imageOfChannelsLast, labelsOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { Layout, LayoutItem, ReadItem } from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { cell, cellMpp, type MetaTable, rowsOfImages } from "./meta-table.ts";
import { findSplitArchives, metaOf, readSplits, type SplitArchive, splitOf } from "./split-archive.ts";

const LICENCE =
  "Modified Apache License 2.0 of the Van Valen Lab: non-commercial academic use only (DynamicNuclearNet)";

export const dynamicNuclearNetLayout: Layout = {
  format: "dynamic-nuclear-net",
  title: "DynamicNuclearNet segmentation",
  async plan(files) {
    const archives = (await findSplitArchives(files)).filter(isNuclear);
    if (archives.length === 0) return null;
    const items: LayoutItem[] = [];
    const notes: string[] = [];
    for (const archive of archives) {
      const table = await metaOf(archive);
      const rows = table === null ? null : rowsOfImages(table, archive.imageShape[0]!);
      if (rows === null)
        notes.push(
          `The table of ${archive.path} has ${table?.rows.length ?? 0} rows for ${archive.imageShape[0]} images; it was not used, so movies are unknown.`,
        );
      items.push(...splitItems(archive, table, rows));
    }
    const paths = new Set(archives.map(({ path }) => path));
    const ignored = files.entries
      .filter(({ path }) => !paths.has(path))
      .map(({ path }) => ({ path, reason: "it is not an archive of images X, labels y and metadata" }));
    return { items, ignored, notes, licence: LICENCE };
  },
  open(files) {
    const splits = readSplits(files);
    return {
      async read(item) {
        const { path, index } = item.locator as { path: string; index: number };
        return readFrame(await splits.read(path, index), `${path}, image ${index}`);
      },
    };
  },
};

/** One channel in, one out, and a table: without it any X and y would be taken for this set. */
function isNuclear({ imageShape, labelShape, members }: SplitArchive): boolean {
  return imageShape[3] === 1 && labelShape.length === 4 && labelShape[3] === 1 && members.has("meta");
}

function splitItems(
  archive: SplitArchive,
  table: MetaTable | null,
  rows: readonly (number | null)[] | null,
): LayoutItem[] {
  const split = splitOf(archive.path);
  const stem = fileOf(archive.path).replace(/\.npz$/i, "");
  const digits = String(archive.imageShape[0]! - 1).length;
  return Array.from({ length: archive.imageShape[0]! }, (_, index): LayoutItem => {
    const row = rows?.[index] ?? null;
    const value = (column: string) => (table === null || row === null ? "" : cell(table, row, column));
    const movie = value("filename");
    const metadata = {
      movie,
      experiment: value("experiment"),
      cellLine: value("specimen"),
      frameInterval: value("time_step"),
      sourceSplit: split ?? "",
      modality: "fluorescence",
    };
    return {
      name: `${stem} ${String(index).padStart(digits, "0")}`,
      imagePath: archive.path,
      locator: { path: archive.path, index },
      layers: ["nuclear"],
      metadata: Object.fromEntries(Object.entries(metadata).filter(([, word]) => word !== "")),
      group: groupKey("dynamic-nuclear-net", { movie }),
      mpp: table === null || row === null ? null : cellMpp(table, row),
    };
  });
}

function readFrame(
  { images, labels }: Awaited<ReturnType<ReturnType<typeof readSplits>["read"]>>,
  name: string,
): ReadItem {
  const plane = labelsOfChannelsLast(pixelsOf(labels, name), 0, name);
  const objects = [...objectShapesFromLabels(plane)].map(([label, shape]) => ({ label, shape }));
  return {
    image: {
      image: imageOfChannelsLast(pixelsOf(images, name)),
      channels: [{ name: "nuclear", role: "nuclear" }],
      mpp: null,
      mppSource: null,
      notes: [],
    },
    layers: [{ compartment: "nuclear", name: "", truth: "gold", coverage: "exhaustive", objects, links: [] }],
    notes: [],
  };
}
