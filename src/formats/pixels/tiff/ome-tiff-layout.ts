/**
 * OME-TIFF files that are not one image each: several images in a file, one image over several files, companions.
 *
 * Fits only when there is such a file; ordinary OME-TIFF files are left to the plain layouts, which can pair them with
 * labels. A set is one item, named after the file that comes first; the other files of the set are listed as parts.
 * Images of one file share a group: they are fields of one slide or dish.
 */
import { sourceOfFile } from "../../byte-source.ts";
import { imagePaths, notImages } from "../../import/image-files.ts";
import type { ImportFiles, Layout, LayoutItem, LayoutPlan } from "../../import/layout.ts";
import { plainItem } from "../../import/plain-item.ts";
import type { IgnoredFile } from "../../import/plan.ts";
import { streamFile, wholeLimits } from "../../import/stream-file.ts";
import { readImage } from "../../read-image.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import { parseOmeXml } from "./ome-xml.ts";
import { type OpenTiff, openTiffImages } from "./open-tiff-images.ts";

const OME_TIFF = /\.ome\.(tiff?|tf[28]|btf)$/i;
const COMPANION = /\.companion\.ome$/i;
// Each costs a few reads of 64 KiB; folders with more files are of one kind, and the first ones tell.
const LOOKED_AT_MAX = 2_000;
const COMPANION_BYTES_MAX = 32 * 1024 * 1024;

export const omeTiffLayout: Layout = {
  format: "ome-tiff",
  title: "OME-TIFF with several images or files",
  plan: (files) => planOmeTiff(files),
  open: (files, choices = {}) => ({
    async read(item) {
      const path = item.imagePath;
      const image = await readImage(await files.read(path), {
        name: path,
        ...choices,
        ...wholeLimits(choices),
        sibling: siblingOf(files, path),
        ...(typeof item.locator === "number" ? { imageIndex: item.locator } : {}),
      });
      return { image, layers: [], notes: [] };
    },
    async stream({ imagePath: path, locator }, tooLarge) {
      const image = await streamFile(files, path, choices, tooLarge, {
        sibling: siblingOf(files, path),
        ...(typeof locator === "number" ? { imageIndex: locator } : {}),
      });
      return image === null ? null : { image, layers: [], notes: [] };
    },
  }),
};

/** Files beside a file, by the name that its description gives. */
function siblingOf(files: ImportFiles, path: string): (name: string) => Promise<Uint8Array | null> {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const known = new Set(files.entries.map((entry) => entry.path));
  return async (name) => (known.has(folder + name) ? files.read(folder + name) : null);
}

interface Plan {
  readonly items: LayoutItem[];
  readonly ignored: IgnoredFile[];
  /** Files that are parts of an item already listed. */
  readonly taken: Set<string>;
  /** Whether any file is more than one plain image. */
  special: boolean;
}

async function planOmeTiff(files: ImportFiles): Promise<LayoutPlan | null> {
  const candidates = files.entries.filter(({ path }) => OME_TIFF.test(path) || COMPANION.test(path));
  if (candidates.length === 0) return null;
  const plan: Plan = { items: [], ignored: [], taken: new Set(), special: false };
  // Companions first: they know all their files.
  for (const { path, size } of candidates)
    if (COMPANION.test(path) && size <= COMPANION_BYTES_MAX) await addCompanion(files, path, plan);
  for (const { path } of candidates.filter((entry) => OME_TIFF.test(entry.path)).slice(0, LOOKED_AT_MAX))
    if (!plan.taken.has(path)) await addTiff(files, path, plan);
  if (!plan.special) return null;
  const images = await imagePaths(files);
  for (const path of images) if (!plan.taken.has(path)) plan.items.push(plainItem(stemOf(path), path, null));
  const listed = new Set([...images, ...plan.taken]);
  const others = notImages(files, images).filter(({ path }) => !listed.has(path));
  return { items: plan.items, ignored: [...plan.ignored, ...others], notes: [], licence: null };
}

async function addCompanion(files: ImportFiles, path: string, plan: Plan): Promise<void> {
  const document = parseOmeXml(new TextDecoder().decode(await files.read(path)));
  if (document === null || document.images.length === 0) return;
  plan.special = true;
  const parts = document.images.flatMap(({ tiffData }) => tiffData.flatMap(({ fileName }) => fileName ?? []));
  addImages(
    path,
    document.images.map(({ name }) => name),
    plan,
  );
  takeParts(path, parts, plan);
}

async function addTiff(files: ImportFiles, path: string, plan: Plan): Promise<void> {
  const opened = await openQuietly(files, path);
  if (opened === null) return;
  const parts = opened.images.flatMap(({ otherFiles }) => otherFiles);
  if (opened.images.length === 1 && parts.length === 0) return;
  plan.special = true;
  addImages(
    path,
    opened.images.map(({ name }) => name),
    plan,
  );
  takeParts(path, parts, plan);
}

/** A damaged file is an item like any other: reading it tells what is wrong. */
async function openQuietly(files: ImportFiles, path: string): Promise<OpenTiff | null> {
  try {
    return await openTiffImages(sourceOfFile(files, path), { sibling: siblingOf(files, path) });
  } catch {
    return null;
  }
}

function addImages(path: string, names: readonly string[], plan: Plan): void {
  const stem = stemOf(path);
  for (const [index, name] of names.entries()) {
    const own =
      names.length === 1
        ? stem
        : `${stem} ${name === "" || names.indexOf(name) !== index ? index + 1 : name}`;
    plan.items.push({
      ...plainItem(own, path, index),
      layers: [],
      group: names.length === 1 ? null : { key: path, level: "slide" },
    });
  }
  plan.taken.add(path);
}

function takeParts(path: string, parts: readonly string[], plan: Plan): void {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  for (const part of new Set(parts)) {
    if (plan.taken.has(folder + part)) continue;
    plan.taken.add(folder + part);
    plan.ignored.push({ path: folder + part, reason: `it is a part of ${stemOf(path)}` });
  }
}
