/**
 * NuInsSeg: H&E patches of 31 organ slides of human and mouse, one folder per organ with many sub-folders.
 *
 * `label masks modify` holds the labels to use (the plain `label masks` have touching nuclei merged); a second set of
 * masks marks areas the annotators were not sure about, so a patch with such an area is labelled in regions only. All
 * patches of an organ folder are cut from one slide, which makes the folder the group.
 */
import type { LabelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapeFromMask, objectShapesFromLabels } from "#core/labels/index.ts";
import { bareName } from "../../import/bare-name.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, Layout, LayoutItem, ReadItem } from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import { assertPair } from "../../pair.ts";
import { readImage } from "../../read-image.ts";
import { readLabels } from "../../read-labels.ts";

const IMAGES = "tissue images";
const LABELS = "label masks modify";
// "vague areas/mask binary" in the first release, "ambiguous area masks" in words and later ones.
const AMBIGUOUS = /^(vague|ambiguous)[ _-]?area(s|s? masks?)?$/i;

interface Patch {
  readonly organFolder: string;
  readonly image: string;
  readonly labels: string;
  readonly ambiguous: string | null;
}

export const nuinssegLayout: Layout = {
  format: "nuinsseg",
  title: "NuInsSeg",
  async plan(files) {
    const patches = findPatches(files);
    if (patches.length === 0) return null;
    const used = new Set(patches.flatMap(({ image, labels, ambiguous }) => [image, labels, ambiguous ?? ""]));
    const items = patches.map(patchItem);
    const ignored = files.entries
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => ({ path, reason: reasonFor(path) }));
    const notes = [
      "The recommended five-fold split of this set is over patches and separates patches of one slide; groups here are slides.",
    ];
    if (items.some(({ group }) => group === null))
      notes.push(
        'Some folders are not called by species and organ ("human bladder"); their slide is unknown.',
      );
    return { items, ignored, notes, licence: "CC-BY-4.0" };
  },
  open: (files) => ({
    read: (item) => readPatch(files, item.locator as unknown as Patch),
  }),
};

function findPatches(files: ImportFiles): Patch[] {
  const paths = new Set(files.entries.map(({ path }) => path));
  const ambiguous = ambiguousByPatch(files);
  return files.entries.flatMap(({ path }): Patch[] => {
    const folder = folderOf(path);
    if (fileOf(folder) !== IMAGES) return [];
    const organFolder = folderOf(folder);
    const stem = bareName(path);
    const labels = ["tif", "tiff", "png"]
      .map((extension) => joinPath(joinPath(organFolder, LABELS), `${stem}.${extension}`))
      .find((candidate) => paths.has(candidate));
    if (labels === undefined) return [];
    return [
      { organFolder, image: path, labels, ambiguous: ambiguous.get(`${organFolder}\n${stem}`) ?? null },
    ];
  });
}

/** Masks of unsure areas by organ folder and stem; they lie in the folder or one below it. */
function ambiguousByPatch(files: ImportFiles): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path } of files.entries) {
    if (!/\.(png|tiff?)$/i.test(path)) continue;
    const folder = folderOf(path);
    const holder = AMBIGUOUS.test(fileOf(folder)) ? folder : folderOf(folder);
    if (AMBIGUOUS.test(fileOf(holder))) found.set(`${folderOf(holder)}\n${bareName(path)}`, path);
  }
  return found;
}

function reasonFor(path: string): string {
  const folder = fileOf(folderOf(path));
  if (folder === "label masks") return `"${LABELS}" holds the corrected labels`;
  return folder === IMAGES ? `it has no labels in "${LABELS}"` : "it is derived from the labels";
}

function patchItem(patch: Patch): LayoutItem {
  const [, species, organ] = /^(human|mouse)[ _]+(.+)$/i.exec(fileOf(patch.organFolder)) ?? [];
  return {
    name: joinPath(patch.organFolder, bareName(patch.image)),
    imagePath: patch.image,
    locator: { ...patch },
    layers: ["nuclear"],
    metadata: {
      ...(species === undefined ? {} : { species: species.toLowerCase() }),
      ...(organ === undefined ? {} : { organ }),
      modality: "brightfield",
      stain: "H&E",
    },
    group: groupKey("nuinsseg", { species: species?.toLowerCase(), organ }),
    mpp: null,
  };
}

async function readPatch(files: ImportFiles, patch: Patch): Promise<ReadItem> {
  const image = await readImage(await files.read(patch.image), { name: patch.image });
  const labels = await readLabels(await files.read(patch.labels), { name: patch.labels });
  assertPair(image.image, patch.image, labels, patch.labels);
  const { unsure, sure } =
    patch.ambiguous === null
      ? { unsure: 0, sure: null }
      : await readUnsure(files, patch.ambiguous, labels, patch.labels);
  const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
  return {
    image,
    layers: [
      {
        compartment: "nuclear",
        name: "",
        truth: "gold",
        coverage: unsure === 0 ? "exhaustive" : sure === null ? "sparse" : "region",
        ...(unsure === 0 || sure === null ? {} : { region: sure }),
        objects,
        links: [],
      },
    ],
    notes:
      unsure > 0
        ? [
            `The annotators marked ${unsure} pixels as ambiguous (${patch.ambiguous}); unlabelled is not background there.`,
          ]
        : [],
  };
}

/** How many pixels are marked as ambiguous, and the region of all others; null when none is left. */
async function readUnsure(
  files: ImportFiles,
  path: string,
  labels: LabelImage,
  labelsPath: string,
): Promise<{ readonly unsure: number; readonly sure: ObjectShape | null }> {
  const { image } = await readImage(await files.read(path), { name: path });
  assertPair(image, path, labels, labelsPath);
  const { height, width } = labels;
  // Of a coloured mask the first channel says it.
  const data = Uint8Array.from({ length: height * width }, (_, i) => (image.data[i] === 0 ? 1 : 0));
  const unsure = data.reduce((sum, value) => sum + 1 - value, 0);
  return { unsure, sure: objectShapeFromMask({ dtype: "uint8", height, width, data }) };
}
