/**
 * LIVECell: phase-contrast crops of eight cell lines with COCO annotations.
 *
 * Known traps: images annotated twice under two ids (one listing is kept, the one with more cells); the same cell
 * outlined twice in one image (dropped); annotations stored as an object instead of a list (the COCO reader takes both);
 * further annotation files that list subsets of the same images; a handful of images with almost no outlines. Crops and
 * time points of one well show the same cells, so cell line and well are the group.
 */

import type { CocoAnnotation, CocoImage } from "../../annotations/coco/coco-entries.ts";
import { type CocoAnnotations, indexAnnotations, readCocoHead } from "../../annotations/coco/coco-file.ts";
import { cocoShape } from "../../annotations/coco/coco-shape.ts";
import { findImages } from "../../annotations/coco/find-images.ts";
import { looksLikeCoco } from "../../annotations/coco/layout.ts";
import { sourceOfFile } from "../../byte-source.ts";
import { bareName } from "../../import/bare-name.ts";
import { groupKey } from "../../import/group-rules.ts";
import type {
  ImportFiles,
  ItemReader,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
} from "../../import/layout.ts";
import { fileOf, isImageFile } from "../../import/paths.ts";
import { objectLayer } from "../../object-layer.ts";
import { assertPair } from "../../pair.ts";
import { pixelBudget } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import { dropDuplicates } from "./drop-duplicates.ts";
import { parseLivecellName } from "./image-name.ts";

const MPP = { y: 1.24, x: 1.24 };
/** The files of the whole set; others (per cell line, growing shares of train) list parts of the same images. */
const WHOLE_SET = /^livecell_coco_(train|val|test)\.json$/i;
// Images of the set hold hundreds of cells; the known incomplete ones have one to nine outlines.
const FEW_CELLS = 10;

/** Where an image is listed: one id per time somebody annotated it. */
interface Listing {
  readonly file: string;
  readonly id: string;
}

export const livecellLayout: Layout = {
  format: "livecell",
  title: "LIVECell",
  async plan(files) {
    const images = files.entries.map(({ path }) => path).filter((path) => isImageFile(path));
    if (!images.some((path) => parseLivecellName(fileOf(path)) !== null)) return null;
    const jsons: string[] = [];
    for (const { path, size } of files.entries) if (await looksLikeCoco(files, path, size)) jsons.push(path);
    if (jsons.length === 0) return null;
    return planListings(files, images, jsons);
  },
  open: openLivecell,
};

async function planListings(
  files: ImportFiles,
  images: readonly string[],
  jsons: readonly string[],
): Promise<LayoutPlan | null> {
  const whole = jsons.filter((path) => WHOLE_SET.test(fileOf(path)));
  const used = whole.length > 0 ? whole : jsons;
  const found = findImages(images);
  const listings = new Map<string, Listing[]>();
  let missing = 0;
  for (const file of used) {
    const { images: listed } = await readCocoHead(sourceOfFile(files, file));
    for (const { id, fileName } of listed) {
      const path = found.find(fileName, file);
      if (path === undefined || parseLivecellName(fileOf(path)) === null) missing++;
      else listings.set(path, [...(listings.get(path) ?? []), { file, id }]);
    }
  }
  if (listings.size === 0) return null;
  const items = [...listings].map(([path, places]) => imageItem(path, places)).toSorted(byImage);
  return {
    items,
    ignored: [
      ...images
        .filter((path) => !listings.has(path))
        .map((path) => ({ path, reason: "no annotation file lists it" })),
      ...jsons
        .filter((path) => !used.includes(path))
        .map((path) => ({ path, reason: "it lists a part of the images of the files for the whole set" })),
      ...files.entries
        .filter(({ path }) => !images.includes(path) && !jsons.includes(path))
        .map(({ path }) => ({ path, reason: "it is not an image or a list of annotations" })),
    ],
    notes: listingNotes(listings, missing),
    licence: "CC-BY-NC-4.0",
  };
}

function byImage(a: LayoutItem, b: LayoutItem): number {
  return a.imagePath < b.imagePath ? -1 : 1;
}

function listingNotes(listings: ReadonlyMap<string, readonly Listing[]>, missing: number): string[] {
  const twice = [...listings.values()].filter((places) => places.length > 1);
  const acrossFiles = twice.filter((places) => new Set(places.map(({ file }) => file)).size > 1).length;
  const notes: string[] = [];
  if (twice.length > 0)
    notes.push(
      `${twice.length} images are annotated more than once; the listing with the most cells is taken for each.`,
    );
  if (acrossFiles > 0)
    notes.push(`${acrossFiles} images are listed in two parts of the set (train, val, test).`);
  if (missing > 0) notes.push(`${missing} listed images are not among the files.`);
  return notes;
}

function imageItem(path: string, places: readonly Listing[]): LayoutItem {
  const name = parseLivecellName(fileOf(path))!;
  const splits = [
    ...new Set(
      places.map(({ file }) => /(?:^|_)(train|val|test)/i.exec(fileOf(file))?.[1]?.toLowerCase() ?? ""),
    ),
  ];
  // In two parts at once: the strictest counts, so that nothing of the test part is trained on.
  const split = ["test", "val", "train"].find((part) => splits.includes(part));
  return {
    name: bareName(path),
    imagePath: path,
    locator: { image: path, places: places.map(({ file, id }) => ({ file, id })) },
    layers: ["wholeCell"],
    metadata: {
      ...name,
      modality: "phase contrast",
      ...(split === undefined ? {} : { sourceSplit: split }),
    },
    group: groupKey("livecell", { cellLine: name.cellLine, well: name.well }),
    mpp: MPP,
  };
}

interface OpenFile {
  readonly images: ReadonlyMap<string, CocoImage>;
  readonly annotations: CocoAnnotations;
}

function openLivecell(files: ImportFiles): ItemReader {
  // The indexes of the set's three files together take 20 bytes for each of 1.6 million cells.
  const opened = new Map<string, Promise<OpenFile>>();
  const open = async (file: string): Promise<OpenFile> => {
    const source = sourceOfFile(files, file);
    const head = await readCocoHead(source);
    return {
      images: new Map(head.images.map((image) => [image.id, image])),
      annotations: await indexAnnotations(source, head),
    };
  };
  return {
    async read(item) {
      const { image, places } = item.locator as unknown as { image: string; places: readonly Listing[] };
      const candidates: Annotated[] = [];
      for (const { file, id } of places) {
        const known = opened.get(file) ?? open(file);
        opened.set(file, known);
        const { images, annotations } = await known;
        candidates.push({ id, listed: images.get(id)!, annotations: await annotations.ofImage(id) });
      }
      return readCrop(files, image, candidates);
    },
  };
}

interface Annotated {
  readonly id: string;
  readonly listed: CocoImage;
  readonly annotations: readonly CocoAnnotation[];
}

async function readCrop(
  files: ImportFiles,
  path: string,
  candidates: readonly Annotated[],
): Promise<ReadItem> {
  const image = await readImage(await files.read(path), { name: path });
  const drawn = candidates.map(({ id, listed, annotations }) => {
    assertPair(image.image, path, listed, `${path} (listed as ${id})`);
    const budget = pixelBudget(listed);
    return {
      id,
      ...dropDuplicates(annotations.map(({ segmentation }) => cocoShape(segmentation, listed, path, budget))),
    };
  });
  const count = ({ shapes }: (typeof drawn)[number]) => shapes.filter((shape) => shape !== null).length;
  const best = drawn.reduce((a, b) => (count(b) > count(a) ? b : a));
  const { layer, notes } = objectLayer(
    best.shapes.filter((shape) => shape !== null).map((shape) => ({ shape })),
    { compartment: "wholeCell", file: path },
  );
  const others = drawn.filter((one) => one !== best).map((one) => `${count(one)} (id ${one.id})`);
  return {
    image,
    layers: [layer],
    notes: [
      ...(others.length === 0
        ? []
        : [
            `${path}: annotated ${drawn.length} times; ${count(best)} cells of id ${best.id} were taken, the other has ${others.join(", ")}.`,
          ]),
      ...(best.dropped === 0
        ? []
        : [`${path}: ${best.dropped} cells are outlined twice; the second outlines were dropped.`]),
      ...notes,
      ...(layer.objects.length < FEW_CELLS
        ? [
            `${path}: only ${layer.objects.length} cells are outlined; the set has images with incomplete annotations, look at it.`,
          ]
        : []),
    ],
  };
}
