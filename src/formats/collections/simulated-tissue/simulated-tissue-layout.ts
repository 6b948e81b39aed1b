/**
 * Folders that `cellfoundry simulate tissue` wrote: two channels, nuclei and cells, everything known by construction.
 *
 * The list names files and parameters. Truth is "synthetic", never gold; each image was drawn on its own, so each is a
 * group of its own.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";
import type {
  ImportFiles,
  LayerCompartment,
  Layout,
  LayoutItem,
  ReadItem,
  ReadLayer,
} from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import { assertPair } from "../../pair.ts";
import { readImage } from "../../read-image.ts";
import type { ReadChannel } from "../../read-image-types.ts";
import { readLabels } from "../../read-labels.ts";
import { tissueListName } from "./write-simulated-tissue.ts";

/** A list of 100,000 images with their parameters has some 150 MB; folders are made by the thousand. */
const listBytesMax = 32 * 1024 * 1024;

/** Parameters worth a facet; the list keeps the rest. */
const facetParameters = ["density", "cellDiameterUm", "photons", "epithelium", "immune", "stroma"] as const;

interface Place {
  readonly image: string;
  readonly nuclei: string;
  readonly cells: string;
  /** What each channel shows; OME-XML has no word for it. */
  readonly roles: readonly Role[];
}

type Role = NonNullable<ReadChannel["role"]>;

const roles: readonly Role[] = ["nuclear", "membrane", "cytoplasm"];

export const simulatedTissueLayout: Layout = {
  format: "simulated-tissue",
  title: "Simulated tissue of this program",
  async plan(files) {
    const lists = files.entries.filter(({ path }) => fileOf(path) === tissueListName);
    if (lists.length === 0) return null;
    const items: LayoutItem[] = [];
    for (const { path, size } of lists) items.push(...(await planList(files, path, size)));
    const used = new Set(
      items.flatMap(({ locator }) => {
        const { image, nuclei, cells } = locator as unknown as Place;
        return [image, nuclei, cells];
      }),
    );
    const ignored = files.entries
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => ({
        path,
        reason: fileOf(path) === tissueListName ? "it is the list of the images" : "no list names it",
      }));
    const notes = ["Labels are exact by construction; the pictures are simulated (truth: synthetic)."];
    return { items, ignored, notes, licence: "CC0-1.0" };
  },
  open: (files) => ({ read: (item) => readTissue(files, item) }),
};

function broken(file: string, reason: string, cause?: unknown): Error {
  return fault("format.dataset", {
    file,
    reason,
    remedy: "Simulate the folder again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

async function planList(files: ImportFiles, path: string, bytes: number): Promise<LayoutItem[]> {
  if (bytes > listBytesMax) throw broken(path, `it has ${bytes} bytes; the limit is ${listBytesMax}`);
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(await files.read(path)));
  } catch (error) {
    throw broken(path, "it is not JSON", error);
  }
  const images = isRecord(list) && Array.isArray(list.images) ? (list.images as unknown[]) : undefined;
  if (images === undefined) throw broken(path, "it has no list of images");
  const present = new Set(files.entries.map((entry) => entry.path));
  return images.map((entry, k) => planImage(path, entry, k, present));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function planImage(list: string, entry: unknown, k: number, present: ReadonlySet<string>): LayoutItem {
  const words = isRecord(entry) ? entry : {};
  const place = (field: string): string => {
    const word = words[field];
    const path = typeof word === "string" ? joinPath(folderOf(list), word) : "";
    if (!present.has(path)) throw broken(list, `image ${k + 1} names no file of the import as "${field}"`);
    return path;
  };
  const metadata = isRecord(words.metadata) ? words.metadata : {};
  const channels = Array.isArray(metadata.channels) ? (metadata.channels as unknown[]) : [];
  const locator = {
    image: place("image"),
    nuclei: place("nuclei"),
    cells: place("cells"),
    roles: channels.map(
      (channel) => roles.find((role) => isRecord(channel) && channel.role === role) ?? "other",
    ),
  };
  const name = typeof words.name === "string" && words.name !== "" ? words.name : fileOf(locator.image);
  const seed = String(metadata.seed ?? "");
  return {
    name,
    imagePath: locator.image,
    locator,
    layers: ["nuclear", "wholeCell"],
    metadata: metadataWords(metadata),
    group: { key: `simulated ${seed} ${name}`.slice(0, 200), level: "field" },
    mpp: null,
  };
}

function metadataWords(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const words: Record<string, string> = { truth: "synthetic" };
  for (const field of ["platform", "modality"]) {
    const word = metadata[field];
    if (typeof word === "string") words[field] = word;
  }
  const parameters = isRecord(metadata.parameters) ? metadata.parameters : {};
  for (const parameter of facetParameters) {
    const value = parameters[parameter];
    if (typeof value === "number") words[`simulated_${parameter}`] = String(Number(value.toPrecision(3)));
  }
  if (metadata.seed !== undefined) words.simulated_seed = String(metadata.seed);
  return words;
}

async function readTissue(files: ImportFiles, item: LayoutItem): Promise<ReadItem> {
  // The same program wrote the locator, so it has the form it was given.
  const place = item.locator as unknown as Place;
  const read = await readImage(await files.read(place.image), { name: place.image });
  const channels = read.channels.map((channel, c): ReadChannel => {
    const role = place.roles[c];
    return role === undefined ? channel : { ...channel, role };
  });
  const image = { ...read, channels };
  const layers: ReadLayer[] = [];
  for (const compartment of item.layers) layers.push(await readLayer(files, place, image.image, compartment));
  return { image, layers, notes: [] };
}

async function readLayer(
  files: ImportFiles,
  place: Place,
  image: Parameters<typeof assertPair>[0],
  compartment: LayerCompartment,
): Promise<ReadLayer> {
  const path = compartment === "nuclear" ? place.nuclei : place.cells;
  const labels = await readLabels(await files.read(path), { name: path });
  assertPair(image, place.image, labels, path);
  const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
  return { compartment, name: "", truth: "synthetic", coverage: "exhaustive", objects, links: [] };
}
