/**
 * Folders of Cellpose: `<name>_img.png` with `<name>_masks.png` (its public set), `<name>.tif` with `<name>_masks.tif`
 * or `<name>_cp_masks.png`, and `<name>_seg.npy` with or without the image beside it.
 *
 * A `_seg.npy` is preferred to masks of the same name, because only it tells which objects a person drew. Cellpose does
 * not say what its objects are; they are taken as whole cells, with a note.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";
import type {
  ImportFiles,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
  ReadObject,
} from "../../import/layout.ts";
import { fileOf, folderOf, isImageFile, joinPath } from "../../import/paths.ts";
import type { IgnoredFile } from "../../import/plan.ts";
import { assertPair } from "../../pair.ts";
import { readImage } from "../../read-image.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { readLabelPlanes } from "../../read-label-planes.ts";
import { readLabels } from "../../read-labels.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import { type CellposeSeg, readCellposeSeg } from "./read-seg.ts";

interface Locator {
  /** `null`: the image lies within the seg file. */
  readonly image: string | null;
  readonly seg: string | null;
  readonly masks: string | null;
}

const MASKS = ["_cp_masks", "_masks"] as const;
const BYPRODUCTS = ["_flows", "_cp_output", "_dp", "_cp_outlines", "_outlines"] as const;

/** Files of one name in one folder. */
interface Sample {
  readonly key: string;
  image?: string;
  seg?: string;
  masks?: string;
  readonly others: string[];
}

export const cellposeLayout: Layout = {
  format: "cellpose",
  title: "Cellpose folder",
  plan: async (files) => planCellpose(files),
  open: (files) => ({ read: (item) => readSample(files, item) }),
};

function planCellpose(files: ImportFiles): LayoutPlan | null {
  const { samples, certain, rest } = sortSamples(files);
  const labelled = samples.filter(({ seg, masks }) => seg !== undefined || masks !== undefined);
  const images = samples.filter(({ image }) => image !== undefined);
  // `a.tif` with `a_masks.tif` alone says little; then most images must have it.
  if (labelled.length === 0 || (!certain && labelled.length * 2 < images.length)) return null;
  const ignored: IgnoredFile[] = rest.map((path) => ({
    path,
    reason: "it is neither an image nor masks of one",
  }));
  const items: LayoutItem[] = [];
  for (const sample of samples) {
    for (const path of sample.others)
      ignored.push({ path, reason: "it is computed from the masks or repeats them" });
    if (sample.image === undefined && sample.seg === undefined) {
      if (sample.masks !== undefined) ignored.push({ path: sample.masks, reason: "no image has its name" });
      continue;
    }
    if (sample.seg !== undefined && sample.masks !== undefined)
      ignored.push({
        path: sample.masks,
        reason: `${fileOf(sample.seg)} has the same masks and who drew them`,
      });
    items.push(itemOf(sample));
  }
  const notes = ["Cellpose does not say what its objects are; they are taken as whole cells."];
  return { items, ignored, notes, licence: null };
}

function itemOf(sample: Sample): LayoutItem {
  const locator: Locator = {
    image: sample.image ?? null,
    seg: sample.seg ?? null,
    masks: sample.seg === undefined ? (sample.masks ?? null) : null,
  };
  return {
    name: fileOf(sample.key),
    imagePath: sample.image ?? (sample.seg as string),
    locator: { ...locator },
    layers: locator.seg === null && locator.masks === null ? [] : ["wholeCell"],
    metadata: {},
    group: null,
    mpp: null,
  };
}

function sortSamples(files: ImportFiles): { samples: Sample[]; certain: boolean; rest: string[] } {
  const samples = new Map<string, Sample>();
  const rest: string[] = [];
  let certain = false;
  const sampleOf = (folder: string, stem: string): Sample => {
    const key = joinPath(folder, stem);
    const sample = samples.get(key) ?? { key, others: [] };
    samples.set(key, sample);
    return sample;
  };
  for (const { path } of files.entries) {
    const folder = folderOf(path);
    const seg = /^(.+)_seg\.npy$/i.exec(fileOf(path))?.[1];
    if (seg !== undefined) {
      certain = true;
      sampleOf(folder, withoutEnd(seg, ["_img"]) ?? seg).seg = path;
      continue;
    }
    const stem = stemOf(path);
    const byproduct = withoutEnd(stem, BYPRODUCTS);
    if (byproduct !== null && /\.(tiff?|png|txt|npy)$/i.test(path)) {
      certain = true;
      sampleOf(folder, byproduct).others.push(path);
    } else if (!isImageFile(path)) rest.push(path);
    else {
      const base = withoutEnd(stem, MASKS);
      certain ||= base !== null && stem.toLowerCase().endsWith("_cp_masks");
      place(
        sampleOf(folder, base ?? withoutEnd(stem, ["_img"]) ?? stem),
        base === null ? "image" : "masks",
        path,
      );
    }
  }
  const list = [...samples.values()];
  certain ||= list.some(({ image, masks }) => masks !== undefined && /_img\.\w+$/i.test(image ?? ""));
  return { samples: list, certain, rest };
}

/** The first file of a kind counts; a second one (a.png beside a.tif) is left aside. */
function place(sample: Sample, kind: "image" | "masks", path: string): void {
  if (sample[kind] === undefined) sample[kind] = path;
  else sample.others.push(path);
}

function withoutEnd(stem: string, ends: readonly string[]): string | null {
  const lower = stem.toLowerCase();
  const end = ends.find((one) => lower.endsWith(one) && lower.length > one.length);
  return end === undefined ? null : stem.slice(0, -end.length);
}

async function readSample(files: ImportFiles, item: LayoutItem): Promise<ReadItem> {
  const { image: imagePath, seg: segPath, masks } = item.locator as unknown as Locator;
  const seg = segPath === null ? null : readCellposeSeg(await files.read(segPath), { name: segPath });
  const image =
    imagePath === null
      ? imageOfSeg(seg, item.imagePath)
      : await readImage(await files.read(imagePath), { name: imagePath });
  if (item.layers.length === 0) return { image, layers: [], notes: [] };
  const labelsPath = segPath ?? masks ?? item.imagePath;
  const planes = seg?.planes ?? (await readMasks(files, image, labelsPath));
  assertPlanes(image, item.imagePath, planes.length, labelsPath);
  const objects: ReadObject[] = [];
  for (const [z, labels] of planes.entries()) {
    assertPair(image.image, item.imagePath, labels, labelsPath);
    for (const [label, shape] of objectShapesFromLabels(labels, { z })) {
      const manual = seg?.manual?.[label - 1];
      objects.push({ label, shape, ...(manual === undefined ? {} : { manual }) });
    }
  }
  const notes = [...(seg?.notes ?? [])];
  if (seg?.diameterPx != null)
    notes.push(`${labelsPath}: the diameter set in Cellpose was ${seg.diameterPx} px.`);
  const layer = {
    compartment: "wholeCell",
    name: "",
    truth: "gold",
    coverage: "exhaustive",
    objects,
    links: [],
  } as const;
  return { image, layers: [layer], notes };
}

async function readMasks(files: ImportFiles, image: ReadImage, path: string) {
  const bytes = await files.read(path);
  if (image.image.axes.includes("z")) return readLabelPlanes(bytes, { name: path });
  return [await readLabels(bytes, { name: path })];
}

function assertPlanes({ image }: ReadImage, imagePath: string, planes: number, labelsPath: string): void {
  const depth = image.axes.includes("z") ? (image.shape[image.axes.indexOf("z")] as number) : 1;
  if (depth === planes && !image.axes.includes("t")) return;
  throw fault("format.pair", {
    file: labelsPath,
    reason: `it holds ${planes} planes of labels, the image ${imagePath} has axes ${image.axes} and ${depth} focal planes`,
    remedy: "If the pages of the image are channels, say so with the axes; else give labels for all planes.",
  });
}

function imageOfSeg(seg: CellposeSeg | null, path: string): ReadImage {
  const image = seg?.image;
  if (image == null) {
    throw fault("format.pair", {
      file: path,
      reason: "it carries no image, and none of its name lies beside it",
      remedy: `Put the image${seg?.imageName ? ` ${seg.imageName}` : ""} into the folder.`,
    });
  }
  const channels = Array.from({ length: image.axes === "cyx" ? (image.shape[0] as number) : 1 }, () => ({
    name: "",
  }));
  return {
    image,
    channels,
    mpp: null,
    mppSource: null,
    notes: ["The image was taken from the Cellpose file, which may have stretched its intensities."],
  };
}
