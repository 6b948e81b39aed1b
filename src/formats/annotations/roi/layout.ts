/**
 * Images with ImageJ regions: `<name>.zip`, `<name>_RoiSet.zip`, `RoiSet_<name>.zip` or `<name>.roi` beside `<name>.tif`,
 * or one RoiSet.zip in a folder with one image.
 *
 * An archive counts when it holds .roi files, whatever its name. ImageJ does not say what its regions are; they are
 * taken as whole cells, with a note.
 */
import { axisLength } from "#core/array/index.ts";
import { sourceOfFile } from "../../byte-source.ts";
import { openZip } from "../../containers/zip/open-zip.ts";
import { imagePaths, notImages } from "../../import/image-files.ts";
import type {
  ImportFiles,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadChoices,
  ReadItem,
} from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import type { IgnoredFile } from "../../import/plan.ts";
import { objectLayer, type RawObject } from "../../object-layer.ts";
import { pixelBudget, polygonPixels, spendPixels } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import { type ImageJRoi, readRoi } from "./read-roi.ts";
import { readRoiSet } from "./roi-set.ts";
import { roiToShape } from "./roi-shape.ts";

// Archives beyond this are not sets of regions: 100,000 regions have 30 MiB.
const SET_BYTES_MAX = 256 * 1024 * 1024;
// Looked into while planning; more archives than this in one import are something else.
const SETS_MAX = 10_000;

export const roiLayout: Layout = {
  format: "imagej-roi",
  title: "Images with ImageJ regions",
  plan: planRois,
  open: (files, choices = {}) => ({ read: (item) => readWithRois(files, item, choices) }),
};

async function planRois(files: ImportFiles): Promise<LayoutPlan | null> {
  const sets = await findSets(files);
  if (sets.length === 0) return null;
  const images = await imagePaths(files);
  const setOf = matchSets(sets, images);
  if (setOf.size === 0) return null;
  const used = new Set([...setOf.values(), ...setOf.keys()]);
  const foldersWithSets = new Set([...setOf.values()].map(folderOf));
  const ignored: IgnoredFile[] = sets
    .filter((path) => !used.has(path))
    .map((path) => ({ path, reason: "it holds ImageJ regions, but no image has its name" }));
  const items: LayoutItem[] = [];
  for (const path of images) {
    const set = setOf.get(path) ?? null;
    // A rendering of the same objects beside its regions is no image of its own.
    if (set === null && foldersWithSets.has(folderOf(path)) && looksLikeLabels(path)) {
      ignored.push({ path, reason: "it looks like labels; the regions beside it are used" });
      continue;
    }
    items.push({
      name: stemOf(path),
      imagePath: path,
      locator: set,
      layers: set === null ? [] : ["wholeCell"],
      metadata: {},
      group: null,
      mpp: null,
    });
  }
  const sorted = new Set(sets);
  ignored.push(...notImages(files, images).filter(({ path }) => !sorted.has(path)));
  const notes = ["ImageJ does not say what its regions are; they are taken as whole cells."];
  return { items, ignored, notes, licence: null };
}

async function findSets(files: ImportFiles): Promise<string[]> {
  const sets: string[] = [];
  for (const { path, size } of files.entries) {
    if (/\.roi$/i.test(path)) sets.push(path);
    else if (
      /\.zip$/i.test(path) &&
      size <= SET_BYTES_MAX &&
      sets.length < SETS_MAX &&
      (await holdsRois(files, path))
    )
      sets.push(path);
  }
  return sets;
}

async function holdsRois(files: ImportFiles, path: string): Promise<boolean> {
  try {
    return (await openZip(sourceOfFile(files, path))).some((entry) => /\.roi$/i.test(entry.path));
  } catch {
    // A damaged archive is no set of regions; whoever reads it as an archive says what is wrong.
    return false;
  }
}

/** Set by image. */
function matchSets(sets: readonly string[], images: readonly string[]): Map<string, string> {
  const imageOf = new Map(images.map((path) => [joinPath(folderOf(path), stemOf(path)).toLowerCase(), path]));
  const matched = new Map<string, string>();
  for (const set of sets) {
    const folder = folderOf(set);
    const stem = fileOf(set).replace(/\.(zip|roi)$/i, "");
    const name = stem.replace(/[_-]?roi(?:set|s)?[_-]?/i, "");
    const found = [stem, name]
      .map((one) => imageOf.get(joinPath(folder, one).toLowerCase()))
      .find((one) => one !== undefined);
    const alone = images.filter((path) => folderOf(path) === folder && !looksLikeLabels(path));
    const image = found ?? (alone.length === 1 && /\.zip$/i.test(set) ? alone[0] : undefined);
    if (image !== undefined && !matched.has(image)) matched.set(image, set);
  }
  return matched;
}

function looksLikeLabels(path: string): boolean {
  return /(mask|label|instance|_ids|_seg)/i.test(stemOf(path));
}

async function readWithRois(
  files: ImportFiles,
  item: LayoutItem,
  { keepOverlaps }: ReadChoices,
): Promise<ReadItem> {
  const image = await readImage(await files.read(item.imagePath), { name: item.imagePath });
  const path = item.locator as string | null;
  if (path === null || item.layers.length === 0) return { image, layers: [], notes: [] };
  const bytes = await files.read(path);
  const rois = /\.roi$/i.test(path) ? [readRoi(bytes, { name: path })] : readRoiSet(bytes, { name: path });
  const [height, width] = [axisLength(image.image, "y"), axisLength(image.image, "x")];
  const areas = rois.filter(({ rings, oval }) => rings !== null || oval !== null);
  const budget = pixelBudget({ height, width }, axisLength(image.image, "z") * axisLength(image.image, "t"));
  const raw: RawObject[] = areas.map((roi) => {
    const frame = { height, width, ...placeOf(roi, image) };
    spendPixels(budget, polygonPixels([roi.rings ?? [ovalCorners(roi)]], frame), path);
    return { shape: roiToShape(roi, frame), manual: true };
  });
  const { layer, notes } = objectLayer(raw, { compartment: "wholeCell", file: path, keepOverlaps });
  return { image, layers: [layer], notes: [...roiNotes(rois, areas, image, path), ...notes] };
}

function ovalCorners({ oval }: ImageJRoi): number[] {
  const [x, y, width, height] = oval ?? [0, 0, 0, 0];
  return [x, y, x + width, y + height];
}

function roiNotes(
  rois: readonly ImageJRoi[],
  areas: readonly ImageJRoi[],
  image: ReadImage,
  path: string,
): string[] {
  const notes = areas.flatMap((roi) => roi.notes);
  if (areas.length < rois.length)
    notes.push(
      `${path}: ${rois.length - areas.length} points, lines or texts have no area and were left out.`,
    );
  const deep = axisLength(image.image, "t") * axisLength(image.image, "z") > 1;
  const unplaced = areas.filter(({ position: { z, t, slice } }) => z + t + slice === 0).length;
  if (deep && unplaced > 0)
    notes.push(`${path}: ${unplaced} regions name no frame or plane; they were put into the first.`);
  return notes;
}

/** Frame and plane from 0. A bare index of the stack counts channels first, then planes, then frames, as ImageJ does. */
function placeOf({ position }: ImageJRoi, { image }: ReadImage): { t: number; z: number } {
  const [depth, channels, frames] = [axisLength(image, "z"), axisLength(image, "c"), axisLength(image, "t")];
  const index = Math.floor(Math.max(0, position.slice - 1) / channels);
  const named = position.z + position.t > 0;
  const z = named ? position.z - 1 : index % depth;
  const t = named ? position.t - 1 : Math.floor(index / depth);
  const within = (at: number, length: number) => Math.min(Math.max(0, at), length - 1);
  return { t: within(t, frames), z: within(z, depth) };
}
