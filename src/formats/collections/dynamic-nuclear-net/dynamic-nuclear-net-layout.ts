/**
 * DynamicNuclearNet segmentation: frames of movies with nuclei, `{train,val,test}.npz` with X, y and meta.
 *
 * Frames of one movie show the same cells, and the segmentation and the tracking release do not share a split, so the
 * movie's file name is the group in both.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { Layout, LayoutItem } from "../../import/layout.ts";
import { cell, cellMpp, rowsOfImages } from "./meta-table.ts";
import { metaOf, type SplitArchive, splitOf } from "./split-archive.ts";
import { goldLayer, itemPlaces, readPixels, splitLayout } from "./split-layout.ts";

export const dynamicNuclearNetLayout: Layout = splitLayout({
  format: "dynamic-nuclear-net",
  title: "DynamicNuclearNet segmentation",
  licence:
    "Modified Apache License 2.0 of the Van Valen Lab: non-commercial academic use only (DynamicNuclearNet)",
  isPart: isNuclear,
  holds: "images X, labels y and metadata",
  items: frames,
  read: (images, labels, name) => {
    const plane = labelsOfChannelsLast(pixelsOf(labels, name), 0, name);
    const objects = [...objectShapesFromLabels(plane)].map(([label, shape]) => ({ label, shape }));
    return {
      image: readPixels(images, [{ name: "nuclear", role: "nuclear" }], name),
      layers: [goldLayer("nuclear", objects)],
      notes: [],
    };
  },
});

/** One channel in, one out, and a table: without it any X and y would be taken for this set. */
function isNuclear({ imageShape, labelShape, members }: SplitArchive): boolean {
  return imageShape[3] === 1 && labelShape.length === 4 && labelShape[3] === 1 && members.has("meta");
}

async function frames(archive: SplitArchive, notes: string[]): Promise<LayoutItem[]> {
  const count = archive.imageShape[0]!;
  const table = await metaOf(archive);
  const rows = table === null ? null : rowsOfImages(table, count);
  if (rows === null)
    notes.push(
      `The table of ${archive.path} has ${table?.rows.length ?? 0} rows for ${count} images; it was not used, so movies are unknown.`,
    );
  const split = splitOf(archive.path);
  return itemPlaces(archive).map((place, index): LayoutItem => {
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
      ...place,
      layers: ["nuclear"],
      metadata: Object.fromEntries(Object.entries(metadata).filter(([, word]) => word !== "")),
      group: groupKey("dynamic-nuclear-net", { movie }),
      mpp: table === null || row === null ? null : cellMpp(table, row),
    };
  });
}
