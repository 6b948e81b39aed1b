/**
 * Tracked movies as GEFF proposes them: a Zarr hierarchy with the graph, its image and its labels side by side.
 *
 * The graph's metadata name the image and the label image (`related_objects`), each a bare array or an OME-Zarr image.
 * A graph inside an OME-Zarr image is that image's (import/ome-zarr.ts). Without labels there are no cells to link, and
 * without an image there is nothing to import; both are said.
 */
import type { ImageArray } from "#core/array/index.ts";
import { fault } from "../../fault.ts";
import { compartmentNamed } from "../../import/compartment-named.ts";
import type {
  ImportFiles,
  ItemReader,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
} from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { objectsOfStack } from "../../objects-of-stack.ts";
import { asLabels, readBareZarr, readOmeZarr } from "../../pixels/zarr/read-ome-zarr.ts";
import { keyOf, readNode } from "../../pixels/zarr/zarr-metadata.ts";
import { type ZarrStore, zarrStoreOfFiles } from "../../pixels/zarr/zarr-store.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { attachLineage } from "../attach-lineage.ts";
import { findGeffGroups } from "./find-geff.ts";
import { type GeffMetadata, geffFault, parseGeffMetadata, relatedPath } from "./geff-metadata.ts";
import { readGeff, sizesForGeff } from "./read-geff.ts";

interface Locator {
  readonly graph: string;
  readonly image: string;
  readonly labels: string | null;
  readonly labelProp: string | null;
}

const REMEDY =
  "Put image and labels beside the graph in one Zarr hierarchy and name them in related_objects (types image and labels).";

export const geffLayout: Layout = {
  format: "geff",
  title: "GEFF (graph exchange file format)",
  plan: planGeff,
  open: openGeff,
};

async function planGeff(files: ImportFiles): Promise<LayoutPlan | null> {
  const store = storeOf(files);
  const items: LayoutItem[] = [];
  const notes: string[] = [];
  const lacking: string[] = [];
  const roots: string[] = [];
  for (const graph of findGeffGroups(files.entries)) {
    if (await isInsideImage(store, graph)) continue;
    const node = await readNode(store, graph);
    const metadata = node === null ? null : parseGeffMetadata(store, graph, node.attributes);
    if (metadata === null) continue;
    const locator = await locate(store, graph, metadata);
    if (locator === null) {
      lacking.push(graph);
      continue;
    }
    roots.push(rootOf(locator));
    items.push(graphItem(files, locator, metadata));
  }
  if (items.length === 0 && lacking.length > 0)
    throw fault("format.geff", {
      file: `${files.title}/${lacking[0]}`,
      reason: "it names no image that is there",
      remedy: REMEDY,
    });
  if (items.length === 0) return null;
  if (lacking.length > 0) notes.push(`${lacking.length} graphs name no image and were left out.`);
  const inside = (path: string) => roots.some((root) => root === "" || path.startsWith(`${root}/`));
  const ignored = files.entries
    .filter(({ path }) => !inside(path))
    .map(({ path }) => ({ path, reason: "it lies outside the hierarchies of the graphs" }));
  return { items, ignored, notes, licence: null };
}

function storeOf(files: ImportFiles): ZarrStore {
  return zarrStoreOfFiles(files, "", files.title);
}

/** Whether a folder above the graph is an OME-Zarr image. */
async function isInsideImage(store: ZarrStore, graph: string): Promise<boolean> {
  const parts = graph.split("/");
  for (let depth = parts.length - 1; depth >= 0; depth--) {
    const node = await readNode(store, parts.slice(0, depth).join("/"));
    const { ome } = node?.attributes ?? {};
    const holds = (value: unknown) => typeof value === "object" && value !== null && "multiscales" in value;
    if (holds(ome) || holds(node?.attributes)) return true;
  }
  return false;
}

async function locate(store: ZarrStore, graph: string, { related }: GeffMetadata): Promise<Locator | null> {
  const find = async (type: string) => {
    for (const one of related.filter((object) => object.type === type)) {
      const path = relatedPath(graph, one.path);
      if (path !== null && (await readNode(store, path)) !== null) return { path, prop: one.labelProp };
    }
    return null;
  };
  const [image, labels] = [await find("image"), await find("labels")];
  if (image === null) return null;
  return { graph, image: image.path, labels: labels?.path ?? null, labelProp: labels?.prop ?? null };
}

/** Folder that holds graph and image. */
function rootOf({ graph, image }: Locator): string {
  const [a, b] = [graph.split("/"), image.split("/")];
  let same = 0;
  while (same < Math.min(a.length, b.length) - 1 && a[same] === b[same]) same++;
  return a.slice(0, same).join("/");
}

function graphItem(files: ImportFiles, locator: Locator, metadata: GeffMetadata): LayoutItem {
  const root = rootOf(locator);
  const bare = (path: string) => path.replace(/(\.ome)?\.(zarr|geff)$/i, "");
  const own = bare(fileOf(locator.graph));
  const base = bare(root === "" ? files.title : root);
  const name = own === "" || own === "tracks" ? base : `${base}/${own}`;
  return {
    name,
    // The hierarchy, as sheets and people call the image.
    imagePath: root === "" ? locator.graph : root,
    locator: { ...locator },
    layers: locator.labels === null ? [] : [compartmentNamed(fileOf(locator.labels))],
    metadata: { graphVersion: metadata.version },
    // Frames of one movie show the same cells.
    group: { key: base, level: "movie" },
    mpp: null,
  };
}

function openGeff(files: ImportFiles): ItemReader {
  const store = storeOf(files);
  return {
    async read(item): Promise<ReadItem> {
      const locator = item.locator as unknown as Locator;
      const { graph, labels, labelProp } = locator;
      const image = await readImageAt(store, locator.image);
      const read = await readGeff(store, graph, { ...sizesForGeff(image), labelProp });
      const known: ReadImage = {
        ...image,
        ...(image.mpp === null && read.mpp !== null ? { mpp: read.mpp, mppSource: "ome" as const } : {}),
        metadata: { ...image.metadata, ...read.steps },
      };
      if (labels === null)
        return {
          image: known,
          layers: [],
          notes: [`${graph} names no labels, so its tracks were left out.`],
        };
      const pixels = await readLabelsAt(store, labels);
      assertFits(store, labels, pixels, image.image);
      const objects = objectsOfStack(pixels);
      if (!read.labelled && !read.inPixels)
        throw geffFault(store, graph, "its places are in micrometres and its image has no pixel size");
      const attached = attachLineage(objects, read, {
        labelled: read.labelled,
        code: "format.geff",
        file: graph,
        remedy: "Write labels and graph again so that every node has its pixels.",
      });
      const compartment = compartmentNamed(fileOf(labels));
      const layer = {
        compartment,
        name: "",
        truth: "gold",
        coverage: "exhaustive",
        objects,
        links: attached.links,
      } as const;
      return { image: known, layers: [layer], notes: [...read.notes, ...attached.notes] };
    },
  };
}

async function readImageAt(store: ZarrStore, path: string): Promise<ReadImage> {
  const node = await readNode(store, path);
  if (node?.kind === "group") {
    const { labels: _, ...image } = await readOmeZarr(store, { path });
    return image;
  }
  const image = await readBareZarr(store, path, axesFor);
  const channels = image.shape[image.axes.indexOf("c")] ?? 1;
  return {
    image,
    channels: Array.from({ length: channels }, () => ({ name: "" })),
    mpp: null,
    mppSource: null,
    notes: [],
  };
}

async function readLabelsAt(store: ZarrStore, path: string): Promise<ImageArray> {
  const node = await readNode(store, path);
  const image =
    node?.kind === "group"
      ? (await readOmeZarr(store, { path })).image
      : await readBareZarr(store, path, axesFor);
  return asLabels(store, path, image);
}

/** What arrays without names for their dimensions are taken for: movies, as graphs of cells in time imply. */
function axesFor(rank: number): string {
  return ["", "x", "yx", "tyx", "tzyx", "tczyx"][rank] ?? "";
}

function assertFits(store: ZarrStore, path: string, labels: ImageArray, image: ImageArray): void {
  const size = (of: ImageArray, axis: string) => of.shape[of.axes.indexOf(axis)] ?? 1;
  const differs = ["t", "z", "y", "x"].some((axis) => size(labels, axis) !== size(image, axis));
  if (!differs && !labels.axes.includes("c")) return;
  throw geffFault(
    store,
    path,
    `the labels are ${labels.shape.join(" x ")} (${labels.axes}), the image is ${image.shape.join(" x ")} (${image.axes})`,
    "Save labels at the size of the image.",
  );
}

/** Graphs of an OME-Zarr image: those below its group, as paths of the store. */
export function graphsOfImage(files: ImportFiles, root: string, path: string): string[] {
  const prefix = path === "" ? "" : `${path}/`;
  const entries = files.entries
    .filter((entry) => entry.path.startsWith(root))
    .map((entry) => ({ ...entry, path: entry.path.slice(root.length) }));
  return findGeffGroups(entries).filter((graph) => graph.startsWith(prefix));
}

/** Name of the label image that a graph inside an OME-Zarr image is of; `null` when it names none. */
export async function labelImageOfGraph(
  store: ZarrStore,
  graph: string,
  imagePath: string,
): Promise<string | null> {
  const node = await readNode(store, graph);
  const metadata = node === null ? null : parseGeffMetadata(store, graph, node.attributes);
  for (const { type, path } of metadata?.related ?? []) {
    const at = type === "labels" ? relatedPath(graph, path) : null;
    const prefix = keyOf(imagePath, "labels/");
    if (at?.startsWith(prefix) === true) return at.slice(prefix.length).split("/")[0] ?? null;
  }
  return null;
}
