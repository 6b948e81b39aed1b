/**
 * OME-Zarr hierarchies in the files: an image, a collection, or the fields of a plate, each with its label images.
 *
 * A hierarchy is found by the metadata file of its topmost group, whatever the folder is called. Label images are
 * layers; what they outline is told by their names at best, so the first one of a compartment is its main layer and
 * further ones keep their names. Graphs inside an image (GEFF) are the tracks of the label image they name.
 */

import { objectsOfStack } from "../objects-of-stack.ts";
import { listLabels, listOmeZarr, type OmeZarrEntry } from "../pixels/zarr/list-ome-zarr.ts";
import { type OmeZarrLabelImage, readOmeZarr } from "../pixels/zarr/read-ome-zarr.ts";
import { streamOmeZarr } from "../pixels/zarr/stream-ome-zarr.ts";
import { type ZarrStore, zarrStoreOfFiles } from "../pixels/zarr/zarr-store.ts";
import { stemOf } from "../sheet/join-sheet.ts";
import { assertExpansion } from "../streamed-image.ts";
import { attachLineage } from "../tracks/attach-lineage.ts";
import { graphsOfImage, labelImageOfGraph } from "../tracks/geff/geff-layout.ts";
import { readGeff, sizesForGeff } from "../tracks/geff/read-geff.ts";
import { compartmentNamed } from "./compartment-named.ts";
import type {
  ImportFiles,
  LayerCompartment,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
  ReadLayer,
} from "./layout.ts";
import { fileOf, folderOf, joinPath } from "./paths.ts";

const METADATA_FILES: ReadonlySet<string> = new Set(["zarr.json", ".zgroup", ".zattrs"]);

/** Hierarchies in one import; a folder of more is a plate that was torn apart. */
const ROOTS_MAX = 20_000;

interface Locator {
  /** Root of the hierarchy, "" or ending in "/". */
  readonly root: string;
  readonly path: string;
}

export const omeZarrLayout: Layout = {
  format: "ome-zarr",
  title: "OME-Zarr",
  plan: planZarr,
  open(files, choices = {}) {
    const stores = new Map<string, ReturnType<typeof zarrStoreOfFiles>>();
    const storeOf = (root: string) => {
      const store = stores.get(root) ?? zarrStoreOfFiles(files, root, shownRoot(files, root));
      stores.clear();
      stores.set(root, store);
      return store;
    };
    return {
      async stream(item) {
        const { root, path } = item.locator as unknown as Locator;
        const store = storeOf(root);
        const image = await streamOmeZarr(store, path, choices.wholeValuesMax);
        if (image === null) return null;
        const own = files.entries.filter((entry) => entry.path.startsWith(root));
        const stored = own.reduce((sum, { size }) => sum + size, 0);
        assertExpansion(image, stored, item.imagePath);
        const names = item.layers.length === 0 ? [] : await listLabels(store, path);
        const notes = names.length === 0 ? [] : [largeLabelsNote(names)];
        return { image, layers: [], notes };
      },
      async read(item) {
        const { root, path } = item.locator as unknown as Locator;
        const store = storeOf(root);
        const { labels, ...image } = await readOmeZarr(store, { path });
        return withTracks(toItem(image, labels), labels, store, path, graphsOfImage(files, root, path));
      },
    };
  },
};

function largeLabelsNote(names: readonly string[]): string {
  return `The image is too large for its label images (${names.join(", ").slice(0, 200)}) to be read with it; they were left out.`;
}

async function planZarr(files: ImportFiles): Promise<LayoutPlan | null> {
  const roots = findRoots(files);
  if (roots.length === 0) return null;
  const items: LayoutItem[] = [];
  const notes: string[] = [];
  for (const root of roots) {
    const store = zarrStoreOfFiles(files, root, shownRoot(files, root));
    const listing = await listOmeZarr(store);
    const several = listing.images.length > 1;
    for (const entry of listing.images) {
      const labels = await listLabels(store, entry.path);
      items.push(zarrItem(files, root, entry, { several, labels, plate: listing.kind === "plate" }));
    }
    if (listing.images.length === 0) notes.push(`${store.name} holds no image.`);
  }
  const ignored = files.entries
    .filter(({ path }) => !roots.some((root) => path.startsWith(root)))
    .map(({ path }) => ({ path, reason: "it lies outside the Zarr hierarchies" }));
  return { items, ignored, notes, licence: null };
}

/** Folders with metadata of Zarr and none above them that has it. */
function findRoots(files: ImportFiles): string[] {
  const folders = files.entries
    .filter(({ path }) => METADATA_FILES.has(fileOf(path)))
    .map(({ path }) => folderOf(path))
    .map((folder) => (folder === "" ? "" : `${folder}/`));
  const sorted = [...new Set(folders)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const known = new Set<string>();
  const roots: string[] = [];
  for (const folder of sorted) {
    if (roots.length >= ROOTS_MAX) break;
    if (above(folder).some((parent) => known.has(parent))) continue;
    known.add(folder);
    roots.push(folder);
  }
  return roots.sort();
}

/** Folders above "a/b/c/": "a/b/", "a/", "". */
function above(folder: string): string[] {
  const parts = folder.split("/").slice(0, -1);
  return parts.map((_, i) => (i === 0 ? "" : `${parts.slice(0, i).join("/")}/`));
}

function shownRoot(files: ImportFiles, root: string): string {
  return root === "" ? files.title : root.slice(0, -1);
}

function zarrItem(
  files: ImportFiles,
  root: string,
  entry: OmeZarrEntry,
  facts: { readonly several: boolean; readonly labels: readonly string[]; readonly plate: boolean },
): LayoutItem {
  const hierarchy = shownRoot(files, root);
  const base = stemOf(fileOf(hierarchy)).replace(/(\.ome)?\.zarr$/i, "");
  const locator: Locator = { root, path: entry.path };
  return {
    name: facts.several ? joinPath(base, entry.path) : base,
    imagePath: entry.path === "" ? hierarchy : joinPath(root.slice(0, -1), entry.path),
    locator: { ...locator },
    layers: [...new Set(facts.labels.map(compartmentNamed))],
    metadata: entry.well === null ? {} : { plate: base, well: entry.well },
    group: entry.well === null ? null : { key: `${base} ${entry.well}`, level: "well" },
    mpp: null,
  };
}

function toItem(image: ReadItem["image"], labels: readonly OmeZarrLabelImage[]): ReadItem {
  const taken = new Set<LayerCompartment>();
  const layers = labels.map(({ name, image: array }): ReadLayer => {
    const compartment = compartmentNamed(name);
    const main = !taken.has(compartment);
    taken.add(compartment);
    return {
      compartment,
      name: main ? "" : name,
      truth: "gold",
      coverage: "exhaustive",
      objects: objectsOfStack(array),
      links: [],
    };
  });
  return { image, layers, notes: layers.length === 0 ? [] : namesNote(labels) };
}

/** Links of the graphs (GEFF) that lie in the image and name one of its label images. */
async function withTracks(
  item: ReadItem,
  labels: readonly OmeZarrLabelImage[],
  store: ZarrStore,
  path: string,
  graphs: readonly string[],
): Promise<ReadItem> {
  const layers = [...item.layers];
  const notes = [...item.notes];
  for (const graph of graphs) {
    const name = await labelImageOfGraph(store, graph, path);
    const at = name === null && labels.length === 1 ? 0 : labels.findIndex((one) => one.name === name);
    if (at < 0) {
      notes.push(`The graph ${graph} names no label image of this image; its tracks were left out.`);
      continue;
    }
    const layer = layers[at]!;
    const read = await readGeff(store, graph, sizesForGeff(item.image));
    const attached = attachLineage(layer.objects, read, {
      labelled: read.labelled,
      code: "format.geff",
      file: graph,
      remedy: "Write labels and graph again so that every node has its pixels.",
    });
    layers[at] = { ...layer, links: attached.links };
    notes.push(...read.notes, ...attached.notes);
  }
  return { ...item, layers, notes };
}

function namesNote(labels: readonly OmeZarrLabelImage[]): string[] {
  const read = labels.map(({ name }) => `"${name}" as ${compartmentNamed(name)}`);
  return [`Label images were taken by their names: ${read.join(", ")}.`];
}
