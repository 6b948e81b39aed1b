/**
 * Folders of images with COCO files.
 *
 * An image that a file lists twice under two ids (LIVECell: two people annotated it) is one item with two layers.
 * Categories named after a compartment choose the layer, others are kept as cell types. Regions of many objects
 * (iscrowd) are no objects; with one, unlabelled pixels of that image are not background.
 */
import { axisLength } from "#core/array/index.ts";
import { sourceOfFile } from "../../byte-source.ts";
import { imagePaths, notImages } from "../../import/image-files.ts";
import type {
  ImportFiles,
  LayerCompartment,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadChoices,
  ReadItem,
  ReadLayer,
} from "../../import/layout.ts";
import type { IgnoredFile } from "../../import/plan.ts";
import { type LayerFacts, objectLayer, type RawObject } from "../../object-layer.ts";
import { assertPair } from "../../pair.ts";
import { pixelBudget } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import type { CocoAnnotation, CocoImage } from "./coco-entries.ts";
import { type CocoAnnotations, type CocoHead, indexAnnotations, readCocoHead } from "./coco-file.ts";
import { cocoShape } from "./coco-shape.ts";
import { type FoundImages, findImages } from "./find-images.ts";

interface Locator {
  readonly file: string;
  /** One per time the image is listed. */
  readonly ids: readonly string[];
}

// The keys of a COCO file show in its beginning, but for info blocks of many pages.
const PEEK_BYTES = 256 * 1024;

export const cocoLayout: Layout = {
  format: "coco",
  title: "Images with COCO annotations",
  plan: planCoco,
  open: (files, choices = {}) => {
    // The file read last: its list of annotations is 20 bytes per annotation, its text is never kept.
    let last: { readonly file: string; readonly opened: Promise<OpenFile> } | undefined;
    return {
      read(item) {
        const { file } = item.locator as unknown as Locator;
        if (last?.file !== file) last = { file, opened: openFile(files, file) };
        return last.opened.then((opened) => readItem(files, item, opened, choices));
      },
    };
  },
};

interface OpenFile {
  readonly head: CocoHead;
  readonly imageById: ReadonlyMap<string, CocoImage>;
  readonly annotations: CocoAnnotations;
  /** Sentences on the whole file, told with the first image read. */
  notes: readonly string[];
}

async function openFile(files: ImportFiles, file: string): Promise<OpenFile> {
  const source = sourceOfFile(files, file);
  const head = await readCocoHead(source);
  const annotations = await indexAnnotations(source, head);
  const notes: string[] = [];
  if (annotations.withoutArea > 0)
    notes.push(
      `${file}: ${annotations.withoutArea} annotations have no area; it is computed from their pixels.`,
    );
  if (annotations.strays > 0)
    notes.push(
      `${file}: ${annotations.strays} annotations belong to no image that the file lists and were left out.`,
    );
  return { head, imageById: new Map(head.images.map((image) => [image.id, image])), annotations, notes };
}

/** Whether the beginning of a file looks like COCO. */
export async function looksLikeCoco(files: ImportFiles, path: string, size: number): Promise<boolean> {
  if (!/\.json$/i.test(path)) return false;
  const source = sourceOfFile(files, path);
  const text = new TextDecoder("latin1").decode(await source.read(0, Math.min(size, PEEK_BYTES)));
  return (
    /^[\s\u00ef\u00bb\u00bf]*\{/.test(text) && /"(?:images|annotations|categories)"\s*:\s*[[{]/.test(text)
  );
}

async function planCoco(files: ImportFiles): Promise<LayoutPlan | null> {
  const items: LayoutItem[] = [];
  const notes: string[] = [];
  const licences = new Set<string>();
  const used = new Set<string>();
  const paths = await imagePaths(files);
  const found = findImages(paths);
  let recognised = false;
  for (const { path, size } of files.entries) {
    if (!(await looksLikeCoco(files, path, size))) continue;
    const head = await readCocoHead(sourceOfFile(files, path));
    if (head.images.length === 0) continue;
    recognised = true;
    used.add(path);
    for (const licence of head.licences) licences.add(licence);
    items.push(...itemsOf(path, head, found, notes));
  }
  if (!recognised || items.length === 0) return null;
  for (const { imagePath } of items) used.add(imagePath);
  const ignored: IgnoredFile[] = [
    ...paths.filter((path) => !used.has(path)).map((path) => ({ path, reason: "no COCO file lists it" })),
    ...notImages(files, paths).filter(({ path }) => !used.has(path)),
  ];
  return { items, ignored, notes, licence: licences.size === 0 ? null : [...licences].join("; ") };
}

function itemsOf(file: string, head: CocoHead, found: FoundImages, notes: string[]): LayoutItem[] {
  const byName = new Map<string, CocoImage[]>();
  for (const image of head.images) {
    const images = byName.get(image.fileName);
    if (images === undefined) byName.set(image.fileName, [image]);
    else images.push(image);
  }
  const layers = compartmentsOf(head);
  const missing: string[] = [];
  const items: LayoutItem[] = [];
  for (const [fileName, images] of byName) {
    const imagePath = found.find(fileName, file);
    if (imagePath === undefined) {
      missing.push(fileName);
      continue;
    }
    const locator: Locator = { file, ids: images.map(({ id }) => id) };
    items.push({
      name: (imagePath.split("/").at(-1) as string).replace(/\.\w+$/, ""),
      imagePath,
      locator: { ...locator },
      layers,
      metadata: {},
      group: null,
      mpp: null,
    });
  }
  const twice = head.images.length - byName.size;
  if (twice > 0)
    notes.push(
      `${file}: ${twice} images are listed again under another id; each listing becomes a layer of its own.`,
    );
  if (missing.length > 0)
    notes.push(
      `${file}: ${missing.length} images it lists are not among the files, for example ${missing[0]?.slice(0, 100)}.`,
    );
  if (head.categories.size === 0)
    notes.push(`${file}: it names no categories; its objects are taken as whole cells.`);
  return items;
}

/** Compartment of a category by its name, or by that of the wider category: "mitotic" below "nucleus". */
function compartmentOf({ categories, supercategories }: CocoHead, id: string): LayerCompartment {
  for (const name of [categories.get(id), supercategories.get(id)]) {
    if (/nucle(us|i|ar)\b/i.test(name ?? "")) return "nuclear";
    if (/cytoplasm/i.test(name ?? "")) return "cytoplasm";
  }
  return "wholeCell";
}

function compartmentsOf(head: CocoHead): readonly LayerCompartment[] {
  const all = [...head.categories.keys()].map((id) => compartmentOf(head, id));
  return all.length === 0 ? ["wholeCell"] : [...new Set(all)];
}

/** Whether a category only repeats what every object is. */
function isGeneric(category: string): boolean {
  return /^(cells?|nucle(us|i)|nuclear|whole[ _-]?cell|cytoplasm|objects?|instances?|foreground)$/i.test(
    category.trim(),
  );
}

async function readItem(
  files: ImportFiles,
  item: LayoutItem,
  opened: OpenFile,
  { keepOverlaps }: ReadChoices,
): Promise<ReadItem> {
  const { ids } = item.locator as unknown as Locator;
  const image = await readImage(await files.read(item.imagePath), { name: item.imagePath });
  const notes: string[] = [...opened.notes];
  opened.notes = [];
  if (item.layers.length === 0) return { image, layers: [], notes };
  const layers: ReadLayer[] = [];
  for (const [i, id] of ids.entries()) {
    const listed = opened.imageById.get(id) as CocoImage;
    const file = `${item.imagePath}${i === 0 ? "" : ` (listed as ${id})`}`;
    assertPair(image.image, item.imagePath, listed, file);
    const annotations = await opened.annotations.ofImage(id);
    const made = layersOf(annotations, opened.head, listed, {
      file,
      name: i === 0 ? "" : `annotation ${i + 1}`,
      keepOverlaps,
    });
    layers.push(...made.layers.filter((layer) => item.layers.includes(layer.compartment)));
    notes.push(...made.notes);
  }
  const planes = axisLength(image.image, "t") * axisLength(image.image, "z");
  if (planes > 1)
    notes.push(`${item.imagePath}: it has ${planes} planes; the annotations belong to the first.`);
  return { image, layers, notes };
}

/** Layers of one listing of an image: one per compartment among the categories. */
function layersOf(
  annotations: readonly CocoAnnotation[],
  head: CocoHead,
  image: CocoImage,
  facts: Pick<LayerFacts, "file" | "name" | "keepOverlaps">,
): { readonly layers: ReadLayer[]; readonly notes: string[] } {
  const budget = pixelBudget(image);
  const raw = new Map<LayerCompartment, RawObject[]>(compartmentsOf(head).map((one) => [one, []]));
  let [crowds, boxes] = [0, 0];
  for (const { categoryId, isCrowd, segmentation } of annotations) {
    if (isCrowd) crowds++;
    else if (segmentation.kind === "none") boxes++;
    else {
      const category = head.categories.get(categoryId) ?? "";
      const compartment = compartmentOf(head, categoryId);
      const objects = raw.get(compartment) ?? [];
      raw.set(compartment, objects);
      const shape = cocoShape(segmentation, image, facts.file, budget);
      objects.push({ shape, ...(isGeneric(category) ? {} : { cellType: category }) });
    }
  }
  const notes: string[] = [];
  if (crowds > 0)
    notes.push(
      `${facts.file}: ${crowds} regions of many objects (iscrowd) were left out; the image counts as partly labelled.`,
    );
  if (boxes > 0)
    notes.push(
      `${facts.file}: ${boxes} annotations have only a box and were left out; the image counts as partly labelled.`,
    );
  const coverage = crowds + boxes > 0 ? "sparse" : "exhaustive";
  const layers = [...raw].map(([compartment, objects]) => {
    const made = objectLayer(objects, { compartment, ...facts, coverage });
    notes.push(...made.notes);
    return made.layer;
  });
  return { layers, notes };
}
