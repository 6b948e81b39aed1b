/**
 * PanNuke: H&E patches of 256 pixels, `images.npy`, `masks.npy` (five classes of nuclei and background) and `types.npy`
 * per fold.
 *
 * Known traps: ids restart in each class channel, so an id alone names up to five nuclei; patches of one field lie in
 * different folds and nobody published which, so the group stays unknown and the fold is kept as the source's split.
 * The arrays are 64-bit floats of several GB; they are read patch by patch.
 */
import { type ImageArray, imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { sourceOfFile } from "../../byte-source.ts";
import { imageOfChannelsLast, labelsOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import { type NpyItems, openNpy, readNpy } from "../../containers/npy/read-npy.ts";
import { fault } from "../../fault.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, Layout, LayoutItem, ReadItem } from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import { objectLayer } from "../../object-layer.ts";

const LICENCE = "CC-BY-NC-SA-4.0";
// Order of the mask channels in the publication; channel 5 is background.
const CLASSES = ["Neoplastic", "Inflammatory", "Connective", "Dead", "Epithelial"] as const;
// 40x scans resampled by the publisher to one size.
const MPP = { y: 0.25, x: 0.25 };

interface Fold {
  readonly name: string;
  readonly images: string;
  readonly masks: string;
  readonly types: string | null;
}

export const pannukeLayout: Layout = {
  format: "pannuke",
  title: "PanNuke",
  async plan(files) {
    const items: LayoutItem[] = [];
    const notes: string[] = [];
    const used = new Set<string>();
    for (const fold of findFolds(files)) {
      const count = await checkFold(files, fold);
      if (count === null) continue;
      const types = await readTypes(files, fold, count, notes);
      for (const path of [fold.images, fold.masks, fold.types]) if (path !== null) used.add(path);
      for (let index = 0; index < count; index++) items.push(patchItem(fold, index, count, types?.[index]));
    }
    if (items.length === 0) return null;
    notes.push(
      "7,901 patches come from 481 fields, and which patch is from which field is not published: the folds may hold patches of one field, and the group is unknown.",
    );
    const ignored = files.entries
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => ({ path, reason: "it is not images.npy, masks.npy or types.npy of a fold" }));
    return { items, ignored, notes, licence: LICENCE };
  },
  open(files) {
    let current: { images: string; patches: NpyItems; masks: NpyItems } | null = null;
    return {
      async read(item) {
        const { images, masks, index } = item.locator as { images: string; masks: string; index: number };
        if (current?.images !== images)
          current = {
            images,
            patches: await openNpy(sourceOfFile(files, images)),
            masks: await openNpy(sourceOfFile(files, masks)),
          };
        return readPatch(current.patches, current.masks, index, `${masks}, patch ${index}`);
      },
    };
  },
};

/** `Fold 1/images/fold1/images.npy` with `Fold 1/masks/fold1/masks.npy`, or all three in one folder. */
function findFolds(files: ImportFiles): Fold[] {
  const paths = new Set(files.entries.map(({ path }) => path));
  return files.entries
    .filter(({ path }) => fileOf(path) === "images.npy")
    .flatMap(({ path }): Fold[] => {
      const folder = folderOf(path);
      const other = folder.replace(/(^|\/)images(\/|$)/, "$1masks$2");
      const masks = [folder, other]
        .map((place) => joinPath(place, "masks.npy"))
        .find((place) => paths.has(place));
      const types = [folder, other]
        .map((place) => joinPath(place, "types.npy"))
        .find((place) => paths.has(place));
      if (masks === undefined) return [];
      const name = /fold[ _-]?(\d)/i.exec(folder)?.[1];
      return [
        { name: name === undefined ? folder : `fold ${name}`, images: path, masks, types: types ?? null },
      ];
    });
}

/** Number of patches, or `null` when the arrays are not PanNuke's. */
async function checkFold(files: ImportFiles, fold: Fold): Promise<number | null> {
  // Damaged arrays of these plain names may be anybody's.
  const shapeOf = async (path: string) => (await openNpy(sourceOfFile(files, path))).shape;
  const shapes = await Promise.all([shapeOf(fold.images), shapeOf(fold.masks)]).catch(() => null);
  if (shapes === null) return null;
  const [images, masks] = shapes;
  if (images.length !== 4 || masks.length !== 4 || images[3] !== 3 || masks[3] !== CLASSES.length + 1)
    return null;
  if (images.slice(0, 3).join() === masks.slice(0, 3).join()) return images[0]!;
  throw fault("format.dataset", {
    file: fold.masks,
    reason: `it has the shape (${masks.join(", ")}), ${fold.images} has (${images.join(", ")})`,
    remedy: "Download the fold again.",
  });
}

async function readTypes(
  files: ImportFiles,
  fold: Fold,
  count: number,
  notes: string[],
): Promise<readonly string[] | null> {
  if (fold.types === null) return null;
  const array = readNpy(await files.read(fold.types), { name: fold.types });
  const words =
    array.dtype === "text" || array.dtype === "object" ? Array.from(array.data, (word) => String(word)) : [];
  if (words.length === count) return words;
  notes.push(`${fold.types} names ${words.length} tissues for ${count} patches; it was not used.`);
  return null;
}

function patchItem(fold: Fold, index: number, count: number, organ: string | undefined): LayoutItem {
  return {
    name: `${fold.name} ${String(index).padStart(String(count - 1).length, "0")}`,
    imagePath: fold.images,
    locator: { images: fold.images, masks: fold.masks, index },
    layers: ["nuclear"],
    metadata: {
      ...(organ === undefined ? {} : { organ }),
      species: "human",
      modality: "brightfield",
      stain: "H&E",
      sourceSplit: fold.name,
    },
    group: groupKey("pannuke", {}),
    mpp: MPP,
  };
}

async function readPatch(patches: NpyItems, masks: NpyItems, index: number, name: string): Promise<ReadItem> {
  const image = asBytes(imageOfChannelsLast(pixelsOf(await patches.read(index), name)));
  const array = pixelsOf(await masks.read(index), name);
  // Ids restart per class: a nucleus is a class and an id.
  const found = CLASSES.flatMap((cellType, channel) =>
    [...objectShapesFromLabels(labelsOfChannelsLast(array, channel, name)).values()].map((shape) => ({
      shape,
      cellType,
    })),
  );
  const { layer, notes } = objectLayer(found, { compartment: "nuclear", file: name });
  return {
    image: {
      image,
      channels: ["red", "green", "blue"].map((channel) => ({ name: channel })),
      mpp: MPP,
      mppSource: null,
      notes: [],
    },
    layers: [layer],
    notes,
  };
}

/** Colours are stored as floats with whole values; as bytes they are the same numbers in an eighth of the room. */
function asBytes(image: ImageArray): ImageArray {
  if (image.dtype === "uint8") return image;
  for (let i = 0; i < image.data.length; i++) {
    const value = image.data[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= 255)) return image;
  }
  return imageArray("uint8", image.axes, image.shape, Uint8Array.from(image.data));
}
