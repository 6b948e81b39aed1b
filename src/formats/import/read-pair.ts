/**
 * Reading of one image with its labels, shared by the plain layouts: labels are a label image or one mask per object.
 */
import type { LabelImage, Mask } from "#core/array/index.ts";
import {
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  resolveOverlaps,
} from "#core/labels/index.ts";
import { detectFormat } from "../detect.ts";
import { fault } from "../fault.ts";
import { readLimits } from "../limits.ts";
import { assertPair } from "../pair.ts";
import { decodePng } from "../pixels/png/read-png.ts";
import { readImage } from "../read-image.ts";
import type { ReadImage } from "../read-image-types.ts";
import { readLabels } from "../read-labels.ts";
import { withoutStrays } from "../strays.ts";
import type {
  ImportFiles,
  LayerCompartment,
  ReadChoices,
  ReadItem,
  ReadLayer,
  ReadObject,
} from "./layout.ts";
import { wholeLimits } from "./stream-file.ts";

/** Where the labels of an image lie: how the plain layouts spell a locator. */
export type LabelSource =
  | { readonly kind: "labelImage"; readonly path: string }
  | { readonly kind: "objectMasks"; readonly paths: readonly string[] };

/** More objects than any field of view holds. */
const MASKS_MAX = 100_000;

/** Names of files listed in one note. */
const NAMES_SHOWN = 3;

/** @throws FoundryError of the readers; `format.pair` for labels of another size; `limit.files`. */
export async function readPair(
  files: ImportFiles,
  imagePath: string,
  labels: LabelSource | null,
  choices: ReadChoices = {},
): Promise<ReadItem> {
  const image = await readImage(await files.read(imagePath), {
    name: imagePath,
    ...choices,
    ...wholeLimits(choices),
  });
  if (labels === null) return { image, layers: [], notes: [] };
  if (labels.kind === "labelImage") {
    const label = await readLabels(await files.read(labels.path), { name: labels.path });
    assertPair(image.image, imagePath, label, labels.path);
    assertOnePlane(image, imagePath, labels.path);
    const objects = [...objectShapesFromLabels(label)].map(([value, shape]) => ({ label: value, shape }));
    return { image, layers: [goldLayer("nuclear", objects)], notes: [] };
  }
  return readMasks(files, image, imagePath, labels.paths);
}

export function goldLayer(compartment: LayerCompartment, objects: readonly ReadObject[]): ReadLayer {
  return { compartment, name: "", truth: "gold", coverage: "exhaustive", objects, links: [] };
}

/** One plane of labels does not say to which frame or plane of a stack it belongs. */
function assertOnePlane({ image, pagesGuess }: ReadImage, imagePath: string, labelsPath: string): void {
  // Nobody has said yet what the pages are; whoever reads asks.
  if (pagesGuess !== undefined) return;
  const deep = [...image.axes].find((axis, i) => (axis === "t" || axis === "z") && (image.shape[i] ?? 1) > 1);
  if (deep === undefined) return;
  const what = deep === "t" ? "frames" : "planes";
  throw fault("format.pair", {
    file: labelsPath,
    reason: `it holds one plane of labels, the image ${imagePath} has ${image.shape[image.axes.indexOf(deep)]} ${what}`,
    remedy: `If the pages of the image are channels, say so with the axes; else give labels for all ${what}.`,
  });
}

async function readMasks(
  files: ImportFiles,
  image: ReadImage,
  imagePath: string,
  paths: readonly string[],
): Promise<ReadItem> {
  if (paths.length > MASKS_MAX) {
    throw fault("limit.files", {
      file: imagePath,
      reason: `it has ${paths.length} masks, the limit is ${MASKS_MAX}`,
      remedy: "Merge them into a label image.",
    });
  }
  const shapes: ObjectShape[] = [];
  const owners: string[] = [];
  const empty: string[] = [];
  for (const path of paths.toSorted()) {
    const mask = await readMask(await files.read(path), path);
    assertPair(image.image, imagePath, mask, path);
    const shape = objectShapeFromMask(mask);
    if (shape === null) empty.push(path);
    else {
      shapes.push(shape);
      owners.push(path);
    }
  }
  assertOnePlane(image, imagePath, `the masks of ${imagePath}`);
  const resolved = resolveOverlaps(shapes);
  const objects: ReadObject[] = [];
  for (const [i, shape] of resolved.shapes.entries()) {
    if (shape === null) empty.push(owners[i] as string);
    else objects.push({ label: objects.length + 1, shape });
  }
  return { image, layers: [goldLayer("nuclear", objects)], notes: maskNotes(imagePath, resolved, empty) };
}

function maskNotes(
  imagePath: string,
  { movedPixels, pairs }: { readonly movedPixels: number; readonly pairs: number },
  lost: readonly string[],
): string[] {
  const notes: string[] = [];
  if (movedPixels > 0) {
    notes.push(
      `${imagePath}: ${movedPixels} pixels belong to two masks (${pairs} pairs); the first mask by name keeps them.`,
    );
  }
  if (lost.length > 0) {
    const more = lost.length > NAMES_SHOWN ? " …" : "";
    notes.push(
      `${imagePath}: ${lost.length} masks are empty or covered by others: ${lost.slice(0, NAMES_SHOWN).join(", ")}${more}.`,
    );
  }
  return notes;
}

/** Anything but 0 belongs to the object. Grey PNG, which nearly all masks are, takes the short way. */
async function readMask(bytes: Uint8Array, name: string): Promise<Mask> {
  if (detectFormat(bytes, name) === "png") {
    const { header, data } = withoutStrays("format.png", name, () => decodePng(bytes, name, readLimits({})));
    const { height, width, colourType } = header;
    if (colourType === 0 && data instanceof Uint8Array) return { dtype: "uint8", height, width, data };
  }
  return maskOf(await readLabels(bytes, { name }));
}

function maskOf({ height, width, data }: LabelImage): Mask {
  const binary = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) binary[i] = 1;
  return { dtype: "uint8", height, width, data: binary };
}
