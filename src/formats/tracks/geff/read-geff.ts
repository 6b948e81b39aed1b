/**
 * A GEFF group as a lineage: nodes become detections, edges become links.
 *
 * Only what a lineage needs is read (time, place, pixel value, divisions); every other property is left alone, so that
 * a graph with polygons or meshes costs no more. Laws are those of a lineage, and stricter than the format: edges run
 * forward in time, and of several edges into one node (a merge, which a lineage cannot hold) the first counts, with a
 * note. Edges of undirected graphs are turned forward.
 */
import type { LineageFinding, PlacedDetection, PlacedLineage } from "#core/lineage/index.ts";
import { keyOf, readNode } from "../../pixels/zarr/zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";
import { axesOf, type ImageSizes, mppOf, readFrames, scalesOf, stepsOf } from "./geff-axes.ts";
import { readColumn, readOptional, readProp } from "./geff-columns.ts";
import { readEdges } from "./geff-edges.ts";
import { type GeffMetadata, geffFault, parseGeffMetadata } from "./geff-metadata.ts";

/** Sizes are those of the image the graph belongs to, for coordinates in micrometres or seconds. */
export interface GeffReadOptions extends ImageSizes {
  /** Property with the pixel value of each node; default `seg_id` where there is one. */
  readonly labelProp?: string | null;
}

export interface ReadGeff extends PlacedLineage {
  readonly metadata: GeffMetadata;
  /** Whether `label` of each detection is its pixel value; otherwise it is the node's id where that fits, else 0. */
  readonly labelled: boolean;
  /** Whether y and x are pixels; without units that are known, and pixel size, they are what the file says. */
  readonly inPixels: boolean;
  /** Pixel size that the axes state. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** Spacing of planes and frames that the axes state, as raw metadata fields. */
  readonly steps: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const LABEL_MAX = 2 ** 31 - 1;

/**
 * @param path  of the group, "" for the root.
 * @throws FoundryError `format.geff` with rule, id and frame where a law is broken; `format.zarr` for damaged arrays; `limit.*`.
 * Cost: linear in nodes and edges.
 */
export async function readGeff(
  store: ZarrStore,
  path: string,
  options: GeffReadOptions = {},
): Promise<ReadGeff> {
  const node = await readNode(store, path);
  const metadata = node === null ? null : parseGeffMetadata(store, path, node.attributes);
  if (metadata === null) throw geffFault(store, path, "there is no graph (no attribute geff)");
  const ids = await readColumn(store, keyOf(path, "nodes/ids"), [null]);
  const count = ids.length;
  const axis = axesOf(metadata);
  if (axis.y === null || axis.x === null)
    throw geffFault(store, path, "it has no axes y and x", "Name the axes of the nodes in its metadata.");
  const column = (name: string) => readProp(store, path, name, count);
  const t = await readFrames(store, path, axis.t, column, {
    ids,
    frameIntervalS: options.frameIntervalS ?? null,
  });
  const [y, x] = [await column(axis.y.name), await column(axis.x.name)];
  const z = axis.z === null ? null : await column(axis.z.name);
  const labels = await readLabels(store, path, metadata, options, count);
  const scales = scalesOf(axis, options);
  const areas = await readAreas(store, path, metadata, scales.y * scales.x, count);
  const detections = Array.from({ length: count }, (_, i): PlacedDetection => {
    const own = labels?.[i] ?? ids[i]!;
    return {
      t: t[i]!,
      label: Number.isInteger(own) && own > 0 && own <= LABEL_MAX ? own : 0,
      z: (z?.[i] ?? 0) / scales.z,
      y: y[i]! / scales.y,
      x: x[i]! / scales.x,
      areaPx: areas === null || !(areas[i]! > 0) ? null : areas[i]!,
    };
  });
  const nowhere = detections.findIndex(({ z, y, x }) => !Number.isFinite(z + y + x));
  if (nowhere >= 0)
    throw lineageFault(at(store, path), [withoutPlace(ids[nowhere]!, detections[nowhere]!.t)]);
  const edges = await readEdges(store, path, metadata, ids, detections);
  return {
    metadata,
    detections,
    links: edges.links,
    labelled: labels !== null,
    inPixels: scales.known,
    mpp: mppOf(axis),
    steps: stepsOf(axis),
    notes: edges.notes,
  };
}

/** Sizes of an image as `readGeff` takes them. */
export function sizesForGeff({ mpp, metadata }: Pick<ReadImage, "mpp" | "metadata">): GeffReadOptions {
  const number = (text: string | undefined) => (text === undefined ? null : Number(text));
  return {
    mpp,
    zStepUm: number(metadata?.["zStepUm"]),
    frameIntervalS: number(metadata?.["frameIntervalS"]),
  };
}

function at(store: ZarrStore, path: string) {
  const file = path === "" ? store.name : `${store.name}/${path}`;
  return { code: "format.geff", file, remedy: "Give every node its place." } as const;
}

function withoutPlace(id: number, frame: number): LineageFinding {
  return lineageError("numberInvalid", { label: id, frame }, `node ${id} has a place that is not a number`);
}

/** Pixel values of the nodes; NaN where the property is missing. `null` when no property holds them. */
function readLabels(
  store: ZarrStore,
  path: string,
  metadata: GeffMetadata,
  options: GeffReadOptions,
  count: number,
): Promise<Float64Array | null> {
  const related = metadata.related.find(({ type, labelProp }) => type === "labels" && labelProp !== null);
  return readOptional(store, path, options.labelProp ?? related?.labelProp ?? "seg_id", count);
}

/** Pixels of the nodes: our own property, else the sphere of the specification as a disc; NaN where unknown. */
async function readAreas(
  store: ZarrStore,
  path: string,
  { sphere }: GeffMetadata,
  pixelArea: number,
  count: number,
): Promise<Float64Array | null> {
  const areas = await readOptional(store, path, "area_px", count);
  if (areas !== null || sphere === null) return areas;
  const radii = await readOptional(store, path, sphere, count);
  return radii === null ? null : radii.map((radius) => (Math.PI * radius * radius) / pixelArea);
}
