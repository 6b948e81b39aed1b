/**
 * The folders of the 2018 Data Science Bowl: `<id>/images/<id>.png` and `<id>/masks/*.png`, one mask per nucleus.
 *
 * When `labels/<id>.tif` lies beside the folder of ids (or the ids themselves), that label image is used: the masks
 * were merged already.
 */
import { stemOf } from "../sheet/join-sheet.ts";
import { imagePaths, notImages } from "./image-files.ts";
import type { Layout, LayoutItem, LayoutPlan } from "./layout.ts";
import { fileOf, folderOf, joinPath } from "./paths.ts";
import { labelsOf, locate, plainItem } from "./plain-item.ts";
import { type LabelSource, readPair } from "./read-pair.ts";

interface Sample {
  readonly id: string;
  /** Folder that holds the id folders. */
  readonly root: string;
  readonly images: string[];
  readonly masks: string[];
}

export const dsb2018Layout: Layout = {
  format: "dsb2018",
  title: "Data Science Bowl 2018",
  async plan(files) {
    const paths = await imagePaths(files);
    const plan = planDsb2018(paths);
    return plan === null ? null : { ...plan, ignored: [...plan.ignored, ...notImages(files, paths)] };
  },
  open: (files, choices) => ({ read: (item) => readPair(files, item.imagePath, labelsOf(item), choices) }),
};

/** @param paths  image files in sorted order. @returns `null` when no folder has this layout. */
function planDsb2018(paths: readonly string[]): LayoutPlan | null {
  const { samples, others } = sortSamples(paths);
  const complete = samples.filter(({ id, images }) => images.length === 1 && stemOf(images[0]!) === id);
  if (complete.length === 0 || !complete.some(({ masks }) => masks.length > 0)) return null;
  const used = new Set(complete);
  const labelPaths = new Map(others.map((path) => [path.toLowerCase(), path]));
  const claimed = new Set<string>();
  let leftAside = 0;
  const items = complete.map((sample): LayoutItem => {
    const merged = findMerged(sample, labelPaths);
    if (merged !== null) {
      claimed.add(merged);
      leftAside += sample.masks.length;
    }
    return plainItem(sample.id, sample.images[0]!, locate(sourceOf(sample, merged)));
  });
  const broken = samples
    .filter((sample) => !used.has(sample))
    .flatMap(({ images, masks }) => [...images, ...masks]);
  return {
    items,
    ignored: [
      ...broken.map((path) => ({
        path,
        reason: "its folder does not hold exactly one image named like the folder",
      })),
      ...others
        .filter((path) => !claimed.has(path))
        .map((path) => ({ path, reason: "it is not part of an id folder with images and masks" })),
    ],
    notes:
      leftAside === 0
        ? []
        : [
            `${leftAside} masks of single nuclei were left aside, because label images merged from them are present.`,
          ],
    licence: null,
  };
}

function sourceOf({ masks }: Sample, merged: string | null): LabelSource | null {
  if (merged !== null) return { kind: "labelImage", path: merged };
  return masks.length > 0 ? { kind: "objectMasks", paths: masks } : null;
}

function sortSamples(paths: readonly string[]): { samples: Sample[]; others: string[] } {
  const samples = new Map<string, Sample>();
  const others: string[] = [];
  for (const path of paths) {
    const folder = folderOf(path);
    const kind = fileOf(folder);
    const home = folderOf(folder);
    if ((kind !== "images" && kind !== "masks") || home === "") {
      others.push(path);
      continue;
    }
    const sample = samples.get(home) ?? { id: fileOf(home), root: folderOf(home), images: [], masks: [] };
    samples.set(home, sample);
    (kind === "images" ? sample.images : sample.masks).push(path);
  }
  return { samples: [...samples.values()], others };
}

function findMerged({ id, root }: Sample, labelPaths: ReadonlyMap<string, string>): string | null {
  for (const folder of [root, folderOf(root)]) {
    for (const extension of ["tif", "tiff", "png"]) {
      const path = labelPaths.get(joinPath(joinPath(folder, "labels"), `${id}.${extension}`).toLowerCase());
      if (path !== undefined) return path;
    }
  }
  return null;
}
