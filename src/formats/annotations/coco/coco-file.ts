/**
 * A COCO file of any size: images and categories at once, annotations image by image.
 *
 * 2.1 GB of annotations are not kept: one pass notes where the annotations of each image lie, which is read when the
 * image is. Tolerated: `annotations` as an object instead of a list (dumps of LIVECell), no `area` (EVICAN), ids as text.
 */
import type { ByteSource } from "../../byte-source.ts";
import { parseJsonBytes, scanJson } from "../../containers/json/scan-json.ts";
import { fault } from "../../fault.ts";
import { type CocoAnnotation, type CocoImage, cocoFault, toAnnotation, toImage } from "./coco-entries.ts";

export interface CocoHead {
  readonly images: readonly CocoImage[];
  /** Name by id. */
  readonly categories: ReadonlyMap<string, string>;
  /** Name of the wider category by id, where there is one. */
  readonly supercategories: ReadonlyMap<string, string>;
  /** Name and URL of the licences the file lists. */
  readonly licences: readonly string[];
}

export interface CocoAnnotations {
  /** Annotations of one image in file order. @throws FoundryError `format.coco`, `format.json`, `limit.*`. */
  ofImage(id: string): Promise<CocoAnnotation[]>;
  /** Annotations of all images; those of images that the file does not list. */
  readonly count: number;
  readonly withoutArea: number;
  readonly strays: number;
}

// COCO itself has 330,000 images; ten times as many still fit memory.
const IMAGES_MAX = 4_000_000;
const CATEGORIES_MAX = 100_000;

/**
 * Images and categories; annotations are passed over.
 *
 * @throws FoundryError `format.json`, `format.coco`, `limit.files`. Cost: one pass over the file.
 */
export async function readCocoHead(source: ByteSource): Promise<CocoHead> {
  const images: CocoImage[] = [];
  const categories = new Map<string, string>();
  const supercategories = new Map<string, string>();
  const licences: string[] = [];
  const ids = new Set<string>();
  await scanJson(source, {
    wanted: (key) => key === "images" || key === "categories" || key === "licenses",
    element({ key, parse, from }) {
      const value = parse();
      if (key === "images") {
        const image = toImage(value, source.name, from);
        if (ids.has(image.id)) throw cocoFault(source.name, from, `two images have the id ${image.id}`);
        ids.add(image.id);
        images.push(image);
      } else if (key === "categories") addCategory({ categories, supercategories }, value, source.name, from);
      else addLicence(licences, value);
      if (images.length > IMAGES_MAX || categories.size > CATEGORIES_MAX) {
        throw fault("limit.files", {
          file: source.name,
          reason: `it lists more than ${IMAGES_MAX} images or ${CATEGORIES_MAX} categories`,
          remedy: "Split the file.",
        });
      }
      return undefined;
    },
  });
  return { images, categories, supercategories, licences };
}

interface Categories {
  readonly categories: Map<string, string>;
  readonly supercategories: Map<string, string>;
}

function addCategory(to: Categories, value: unknown, file: string, from: number): void {
  const { id, name, supercategory } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if ((typeof id !== "number" && typeof id !== "string") || typeof name !== "string")
    throw cocoFault(file, from, "a category has no id or name");
  to.categories.set(String(id), name);
  if (typeof supercategory === "string" && supercategory !== "")
    to.supercategories.set(String(id), supercategory);
}

function addLicence(licences: string[], value: unknown): void {
  const { name, url } = (value ?? {}) as { name?: unknown; url?: unknown };
  const words = [name, url].filter((part) => typeof part === "string" && part !== "");
  if (words.length > 0 && licences.length < 20) licences.push(words.join(", "));
}

/**
 * Finds the annotations of every image.
 *
 * @throws FoundryError `format.json`, `format.coco`. Cost: one pass; 20 bytes of memory per annotation.
 */
export async function indexAnnotations(source: ByteSource, head: CocoHead): Promise<CocoAnnotations> {
  const ordinals = new Map(head.images.map(({ id }, i) => [id, i]));
  const owners = new NumberList();
  const froms = new NumberList();
  const tos = new NumberList();
  let [count, withoutArea, strays] = [0, 0, 0];
  await scanJson(source, {
    wanted: (key) => key === "annotations",
    element({ parse, from, to }) {
      const value = parse() as { image_id?: unknown; area?: unknown } | null;
      if (typeof value !== "object" || value === null)
        throw cocoFault(source.name, from, "an annotation is not an object");
      count++;
      if (typeof value.area !== "number") withoutArea++;
      const owner = ordinals.get(String(value.image_id));
      if (owner === undefined) strays++;
      else {
        owners.push(owner);
        froms.push(from);
        tos.push(to);
      }
      return undefined;
    },
  });
  const places = placesByOwner(owners.values(), head.images.length);
  const [starts, ends] = [froms.values(), tos.values()];
  return {
    count,
    withoutArea,
    strays,
    async ofImage(id) {
      const owner = ordinals.get(id);
      if (owner === undefined) return [];
      const ranges = Array.from(places.of(owner), (i) => [starts[i] as number, ends[i] as number] as const);
      return readRanges(source, ranges);
    },
  };
}

// Annotations of an image mostly follow each other; gaps up to this are read along.
const GAP_BYTES = 16 * 1024;
const READ_BYTES = 16 * 1024 * 1024;

async function readRanges(
  source: ByteSource,
  ranges: readonly (readonly [number, number])[],
): Promise<CocoAnnotation[]> {
  const annotations: CocoAnnotation[] = [];
  for (let i = 0; i < ranges.length; ) {
    const from = (ranges[i] as readonly [number, number])[0];
    let end = (ranges[i] as readonly [number, number])[1];
    let last = i + 1;
    for (; last < ranges.length; last++) {
      const [start, stop] = ranges[last] as readonly [number, number];
      if (start - end > GAP_BYTES || stop - from > READ_BYTES) break;
      end = stop;
    }
    const bytes = await source.read(from, end);
    for (; i < last; i++) {
      const [start, stop] = ranges[i] as readonly [number, number];
      const value = parseJsonBytes(bytes.subarray(start - from, stop - from), source.name, start);
      annotations.push(toAnnotation(value, source.name, start));
    }
  }
  return annotations;
}

/** Positions sorted by owner, order kept. */
function placesByOwner(owners: Float64Array, ownerCount: number) {
  const starts = new Int32Array(ownerCount + 1);
  for (const owner of owners) starts[owner + 1] = (starts[owner + 1] as number) + 1;
  for (let i = 0; i < ownerCount; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const sorted = new Int32Array(owners.length);
  owners.forEach((owner, i) => {
    sorted[next[owner] as number] = i;
    next[owner] = (next[owner] as number) + 1;
  });
  return { of: (owner: number) => sorted.subarray(starts[owner], starts[owner + 1]) };
}

/** Numbers in one growing buffer: a list of the runtime would take several times the memory. */
class NumberList {
  #data = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.#length++] = value;
  }

  values(): Float64Array {
    return this.#data.subarray(0, this.#length);
  }
}
