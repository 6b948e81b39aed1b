/**
 * The images of an OME-Zarr hierarchy: one image, a collection as bioformats2raw writes it, or the fields of a plate.
 */
import { omeAttributes, readMultiscale, texts } from "./ome-zarr-metadata.ts";
import { isRecord, keyOf, pathInside, readNode, records, zarrFault } from "./zarr-metadata.ts";
import type { ZarrStore } from "./zarr-store.ts";

export interface OmeZarrEntry {
  /** Of the image's group, from the root of the hierarchy; "" for the root itself. */
  readonly path: string;
  /** "B/03" on a plate; `null` elsewhere. Images of one well belong together. */
  readonly well: string | null;
}

export interface OmeZarrListing {
  readonly kind: "image" | "collection" | "plate";
  readonly name: string;
  readonly images: readonly OmeZarrEntry[];
}

// A plate of 1,536 wells with 25 fields each.
const IMAGES_MAX = 65_536;
// bioformats2raw numbers its images when it does not list them.
const NUMBERED_MAX = 4_096;

/** @throws FoundryError `format.zarr` when there is no OME-Zarr at the root. */
export async function listOmeZarr(store: ZarrStore): Promise<OmeZarrListing> {
  const root = await readNode(store, "");
  if (root === null || root.kind === "array") {
    const what = root === null ? "there is no Zarr group" : "it is a bare array";
    throw zarrFault(
      store,
      "",
      `${what}, not an OME-Zarr image`,
      "Choose the folder that holds zarr.json or .zattrs.",
    );
  }
  const ome = omeAttributes(root);
  const multiscale = readMultiscale(store, "", root);
  if (multiscale !== null)
    return { kind: "image", name: multiscale.name, images: [{ path: "", well: null }] };
  if (isRecord(ome["plate"])) return listPlate(store, ome["plate"]);
  const listed = await listCollection(store, ome);
  if (listed.length > 0)
    return { kind: "collection", name: "", images: listed.map((path) => ({ path, well: null })) };
  throw zarrFault(
    store,
    "",
    "it holds no image that its metadata name",
    "Choose the folder of the image itself.",
  );
}

async function listPlate(
  store: ZarrStore,
  plate: Readonly<Record<string, unknown>>,
): Promise<OmeZarrListing> {
  const images: OmeZarrEntry[] = [];
  for (const well of records(plate["wells"])) {
    const path = pathInside(store, "", well["path"]);
    const node = await readNode(store, path);
    // Wells that were never imaged are listed but not there.
    if (node === null) continue;
    const group = omeAttributes(node)["well"];
    for (const image of records(isRecord(group) ? group["images"] : undefined)) {
      images.push({ path: pathInside(store, path, image["path"]), well: path });
      if (images.length > IMAGES_MAX)
        throw zarrFault(store, "", `the plate has more than ${IMAGES_MAX} images`);
    }
  }
  const { name } = plate;
  return { kind: "plate", name: typeof name === "string" ? name : "", images };
}

async function listCollection(store: ZarrStore, ome: Readonly<Record<string, unknown>>): Promise<string[]> {
  const node = await readNode(store, "OME");
  const series = texts(ome["series"] ?? (node === null ? undefined : omeAttributes(node)["series"]));
  if (series.length > 0) return series.slice(0, IMAGES_MAX).map((path) => pathInside(store, "", path));
  if (ome["bioformats2raw.layout"] === undefined) return [];
  const found: string[] = [];
  while (found.length < NUMBERED_MAX && (await isImage(store, String(found.length))))
    found.push(String(found.length));
  return found;
}

async function isImage(store: ZarrStore, path: string): Promise<boolean> {
  const node = await readNode(store, path);
  return node !== null && node.kind === "group" && readMultiscale(store, path, node) !== null;
}

/** Names of the label images of an image. */
export async function listLabels(store: ZarrStore, path: string): Promise<string[]> {
  const node = await readNode(store, keyOf(path, "labels"));
  return node === null ? [] : texts(omeAttributes(node)["labels"]);
}
