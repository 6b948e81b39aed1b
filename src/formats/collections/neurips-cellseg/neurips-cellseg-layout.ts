/**
 * NeurIPS 2022 Cell Segmentation challenge: `images/cell_00001.bmp` with `labels/cell_00001_label.tiff`, images of
 * several formats, modalities and labs mixed.
 *
 * Which experiment an image is from is not published, so groups are unknown; the challenge left cells cut by the border
 * out of its scores.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { bareName } from "../../import/bare-name.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, Layout, LayoutItem, ReadItem } from "../../import/layout.ts";
import { fileOf, folderOf, isImageFile, joinPath } from "../../import/paths.ts";
import { assertPair } from "../../pair.ts";
import { readImage } from "../../read-image.ts";
import { readLabels } from "../../read-labels.ts";

const SPLITS: readonly (readonly [pattern: RegExp, split: string])[] = [
  [/training/i, "train"],
  [/tuning/i, "validation"],
  [/test/i, "test"],
];

export const neuripsCellsegLayout: Layout = {
  format: "neurips-cellseg",
  title: "NeurIPS 2022 Cell Segmentation",
  async plan(files) {
    const labels = labelsByImage(files);
    if (labels.size === 0) return null;
    const items: LayoutItem[] = [];
    const used = new Set<string>();
    for (const { path } of files.entries) {
      if (fileOf(folderOf(path)) !== "images" || !isImageFile(path)) continue;
      const label = labels.get(keyOf(folderOf(folderOf(path)), bareName(path))) ?? null;
      if (label !== null) used.add(label);
      used.add(path);
      items.push(cellItem(path, label));
    }
    if (!items.some(({ layers }) => layers.length > 0)) return null;
    const ignored = files.entries
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => ({ path, reason: "it is not an image of an images folder, nor labels of one" }));
    const without = items.filter(({ layers }) => layers.length === 0).length;
    const notes = ["The challenge left cells that touch the border out of its scores."];
    if (without > 0) notes.push(`${without} images have no labels.`);
    return { items, ignored, notes, licence: "CC-BY-NC-ND-4.0" };
  },
  open: (files) => ({ read: (item) => readCellImage(files, item) }),
};

/** The challenge's own numbering; without it any folder of images and labels would be taken for this set. */
function labelsByImage(files: ImportFiles): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path } of files.entries) {
    const folder = folderOf(path);
    const stem = /^(cell_\d{4,6})_label\.tiff?$/i.exec(fileOf(path))?.[1];
    if (stem !== undefined && fileOf(folder) === "labels") found.set(keyOf(folderOf(folder), stem), path);
  }
  return found;
}

function keyOf(home: string, stem: string): string {
  return `${home}\n${stem}`;
}

function cellItem(path: string, label: string | null): LayoutItem {
  const home = folderOf(folderOf(path));
  const split = SPLITS.find(([pattern]) => pattern.test(home))?.[1];
  return {
    name: joinPath(home, bareName(path)),
    imagePath: path,
    locator: { image: path, label },
    layers: label === null ? [] : ["wholeCell"],
    metadata: split === undefined ? {} : { sourceSplit: split },
    group: groupKey("neurips-cellseg", {}),
    mpp: null,
  };
}

async function readCellImage(files: ImportFiles, item: LayoutItem): Promise<ReadItem> {
  const { image: path, label } = item.locator as { image: string; label: string | null };
  const image = await readImage(await files.read(path), { name: path });
  if (label === null) return { image, layers: [], notes: [] };
  const labels = await readLabels(await files.read(label), { name: label });
  assertPair(image.image, path, labels, label);
  const objects = [...objectShapesFromLabels(labels)].map(([value, shape]) => ({ label: value, shape }));
  return {
    image,
    layers: [
      { compartment: "wholeCell", name: "", truth: "gold", coverage: "exhaustive", objects, links: [] },
    ],
    notes: [],
  };
}
