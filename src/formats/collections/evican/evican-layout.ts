/**
 * EVICAN: phase-contrast and brightfield images of 30 cell lines with COCO annotations of cells and nuclei.
 *
 * Images are annotated in part only, so unlabelled is not background: both layers are sparse. Annotations have no area.
 * EVICAN60 names the cell line in the category, EVICAN2 only cell or nucleus; where both list an image, EVICAN2 counts.
 */

import type { CocoImage } from "../../annotations/coco/coco-entries.ts";
import {
  type CocoAnnotations,
  type CocoHead,
  indexAnnotations,
  readCocoHead,
} from "../../annotations/coco/coco-file.ts";
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
import { objectLayer, type RawObject } from "../../object-layer.ts";
import { assertPair } from "../../pair.ts";
import { pixelBudget } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";

interface AnnotationFile {
  readonly path: string;
  readonly head: CocoHead;
}

export const evicanLayout: Layout = {
  format: "evican",
  title: "EVICAN",
  async plan(files) {
    const found: AnnotationFile[] = [];
    for (const { path, size } of files.entries) {
      // The set's own name must stand somewhere: cells and nuclei alone could be anybody's, and complete.
      if (!/evican/i.test(`${files.title}/${path}`) || !(await looksLikeCoco(files, path, size))) continue;
      const head = await readCocoHead(sourceOfFile(files, path));
      if (hasCellsAndNuclei(head)) found.push({ path, head });
    }
    if (found.length === 0) return null;
    // EVICAN2 before EVICAN60.
    const sorted = found.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
    return planImages(files, sorted);
  },
  open: openEvican,
};

function hasCellsAndNuclei({ categories }: CocoHead): boolean {
  const names = [...categories.values()];
  return names.some((name) => /nucle/i.test(name)) && names.some((name) => !/nucle/i.test(name));
}

function rank({ path }: AnnotationFile): number {
  return /evican60/i.test(path) ? 1 : 0;
}

function planImages(files: ImportFiles, annotationFiles: readonly AnnotationFile[]): LayoutPlan | null {
  const images = files.entries.map(({ path }) => path).filter((path) => isImageFile(path));
  const finder = findImages(images);
  const items = new Map<string, LayoutItem>();
  let [again, missing] = [0, 0];
  for (const { path: file, head } of annotationFiles) {
    for (const { id, fileName } of head.images) {
      const image = finder.find(fileName, file);
      if (image === undefined) missing++;
      else if (items.has(image)) again++;
      else items.set(image, imageItem(image, file, id));
    }
  }
  if (items.size === 0) return null;
  const jsons = new Set(annotationFiles.map(({ path }) => path));
  const notes = ["Images of this set are annotated in part only; unlabelled is not background."];
  if (again > 0)
    notes.push(`${again} images are listed in a second annotation file; the first listing was taken.`);
  if (missing > 0) notes.push(`${missing} listed images are not among the files.`);
  return {
    items: [...items.values()].toSorted((a, b) => (a.imagePath < b.imagePath ? -1 : 1)),
    ignored: files.entries
      .filter(({ path }) => !items.has(path) && !jsons.has(path))
      .map(({ path }) => ({ path, reason: "no annotation file of the set lists it" })),
    notes,
    licence: null,
  };
}

function imageItem(image: string, file: string, id: string): LayoutItem {
  const split = /(train|val|eval)/i.exec(fileOf(file).replace(/evican\d*/i, ""))?.[1]?.toLowerCase();
  return {
    name: bareName(image),
    imagePath: image,
    locator: { image, file, id },
    layers: ["wholeCell", "nuclear"],
    metadata: split === undefined ? {} : { sourceSplit: split === "eval" ? "test" : split },
    group: groupKey("evican", {}),
    mpp: null,
  };
}

interface OpenFile {
  readonly head: CocoHead;
  readonly images: ReadonlyMap<string, CocoImage>;
  readonly annotations: CocoAnnotations;
}

function openEvican(files: ImportFiles): ItemReader {
  const opened = new Map<string, Promise<OpenFile>>();
  const open = async (file: string): Promise<OpenFile> => {
    const source = sourceOfFile(files, file);
    const head = await readCocoHead(source);
    const images = new Map(head.images.map((image) => [image.id, image]));
    return { head, images, annotations: await indexAnnotations(source, head) };
  };
  return {
    async read(item) {
      const { image, file, id } = item.locator as { image: string; file: string; id: string };
      const known = opened.get(file) ?? open(file);
      opened.set(file, known);
      return readField(files, image, id, await known);
    },
  };
}

async function readField(files: ImportFiles, path: string, id: string, open: OpenFile): Promise<ReadItem> {
  const image = await readImage(await files.read(path), { name: path });
  const listed = open.images.get(id)!;
  assertPair(image.image, path, listed, `${path} (listed as ${id})`);
  const raw = { wholeCell: [] as RawObject[], nuclear: [] as RawObject[] };
  const budget = pixelBudget(listed);
  for (const { categoryId, segmentation } of await open.annotations.ofImage(id)) {
    const category = open.head.categories.get(categoryId) ?? "";
    const shape = cocoShape(segmentation, listed, path, budget);
    // EVICAN60: "A549_Cell"; EVICAN2 only says what every object of the layer is.
    const line = category.replace(/cells?|nucle(us|i)/gi, "").replace(/^[\s_-]+|[\s_-]+$/g, "");
    const object = { shape, ...(line === "" ? {} : { cellType: line }) };
    raw[/nucle/i.test(category) ? "nuclear" : "wholeCell"].push(object);
  }
  const made = (["wholeCell", "nuclear"] as const).map((compartment) =>
    objectLayer(raw[compartment], { compartment, file: path, coverage: "sparse" }),
  );
  return { image, layers: made.map(({ layer }) => layer), notes: made.flatMap(({ notes }) => notes) };
}
