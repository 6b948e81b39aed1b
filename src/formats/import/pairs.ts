/**
 * Images with one label image each: neighbours in one folder (`a.tif`, `a_masks.tif`) or neighbouring folders
 * (`images/a.png`, `labels/a.tif`).
 *
 * Names decide, extensions do not. Images without a partner are imported without labels; label images without a
 * partner are ignored and say so.
 */
import { stemOf } from "../sheet/join-sheet.ts";
import { imagePaths, notImages } from "./image-files.ts";
import type { Layout, LayoutItem, LayoutPlan } from "./layout.ts";
import { fileOf, folderOf, joinPath } from "./paths.ts";
import { labelsOf, locate, plainItem } from "./plain-item.ts";
import type { IgnoredFile } from "./plan.ts";
import { readPair } from "./read-pair.ts";
import { streamPair } from "./stream-pair.ts";

// Longest first, so that `_cp_masks` (Cellpose) is not read as `_masks` of `…_cp`.
const SUFFIXES = ["_cp_masks", "_masks", "_labels", "_mask", "_label", "_seg"] as const;
const LABEL_FOLDERS = ["labels", "masks", "label", "mask"];
const IMAGE_FOLDERS = ["images", "image", "img", "raw"];

interface Role {
  readonly path: string;
  readonly isLabel: boolean;
  /** Folder and stem that an image and its labels share. */
  readonly key: string;
}

export const pairsLayout: Layout = {
  format: "pairs",
  title: "Images with label images",
  async plan(files) {
    const paths = await imagePaths(files);
    const plan = planPairs(paths);
    return plan === null ? null : { ...plan, ignored: [...plan.ignored, ...notImages(files, paths)] };
  },
  open: (files, choices) => ({
    read: (item) => readPair(files, item.imagePath, labelsOf(item), choices),
    stream: (item, tooLarge) => streamPair(files, item.imagePath, labelsOf(item), { choices, tooLarge }),
  }),
};

/** @param paths  image files in sorted order. @returns `null` when no image has a partner. */
function planPairs(paths: readonly string[]): LayoutPlan | null {
  const stems = new Set(paths.map((path) => joinPath(folderOf(path), stemOf(path))));
  const roles = paths.map((path) => roleOf(path, stems));
  const labelsByKey = new Map<string, string[]>();
  for (const { path, isLabel, key } of roles) {
    if (isLabel) labelsByKey.set(key, [...(labelsByKey.get(key) ?? []), path]);
  }
  const ignored: IgnoredFile[] = [];
  const items: LayoutItem[] = [];
  for (const { path, isLabel, key } of roles) {
    if (isLabel) continue;
    const partners = labelsByKey.get(key) ?? [];
    labelsByKey.delete(key);
    const label = partners[0];
    const locator = locate(label === undefined ? null : { kind: "labelImage", path: label });
    items.push(plainItem(stemOf(path), path, locator));
    for (const extra of partners.slice(1))
      ignored.push({
        path: extra,
        reason: `${fileOf(label!)} is already the label image of ${fileOf(path)}`,
      });
  }
  if (!items.some((item) => item.layers.length > 0)) return null;
  for (const orphans of labelsByKey.values()) {
    for (const path of orphans)
      ignored.push({ path, reason: "it looks like a label image, but no image has its name" });
  }
  return { items, ignored, notes: [], licence: null };
}

function roleOf(path: string, stems: ReadonlySet<string>): Role {
  const folder = folderOf(path);
  const stem = stemOf(path);
  const last = fileOf(folder).toLowerCase();
  const parent = folderOf(folder);
  if (LABEL_FOLDERS.includes(last))
    return { path, isLabel: true, key: joinPath(parent, withoutSuffix(stem) ?? stem) };
  const base = withoutSuffix(stem);
  // `cells_seg.tif` alone is an image with an odd name; with `cells.tif` beside it, it is the labels of that.
  if (base !== null && stems.has(joinPath(folder, base)))
    return { path, isLabel: true, key: joinPath(folder, base) };
  if (IMAGE_FOLDERS.includes(last)) return { path, isLabel: false, key: joinPath(parent, stem) };
  return { path, isLabel: false, key: joinPath(folder, stem) };
}

function withoutSuffix(stem: string): string | null {
  const lower = stem.toLowerCase();
  const suffix = SUFFIXES.find((end) => lower.endsWith(end) && lower.length > end.length);
  return suffix === undefined ? null : stem.slice(0, -suffix.length);
}
