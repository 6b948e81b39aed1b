/**
 * A GEFF group as a lineage: nodes become detections, edges become links.
 *
 * Only what a lineage needs is read (time, place, pixel value, divisions); every other property is left alone, so that
 * a graph with polygons or meshes costs no more. Laws are those of a lineage, and stricter than the format: edges run
 * forward in time, and of several edges into one node (a merge, which a lineage cannot hold) the first counts, with a
 * note. Edges of undirected graphs are turned forward.
 */
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import type { LineageFinding, PlacedDetection, PlacedLineage, TrackLink } from "#core/lineage/index.ts";
import { readLimits } from "../../limits.ts";
import { micrometresPer, secondsPer } from "../../pixels/zarr/ome-zarr-metadata.ts";
import { type OpenZarrArray, openZarrArray } from "../../pixels/zarr/read-zarr-array.ts";
import { keyOf, readNode } from "../../pixels/zarr/zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";
import { withoutMerges } from "../without-merges.ts";
import { type GeffAxis, type GeffMetadata, geffFault, parseGeffMetadata, propPath } from "./geff-metadata.ts";

export interface GeffReadOptions {
  /** Sizes of the image the graph belongs to, for coordinates in micrometres or seconds. */
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
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

// Ten times the densest movie we aim at (500,000 detections).
const NODES_MAX = 5_000_000;
// A million rows are decoded together at most; a chunk of more is no table of this size.
const CHUNK_ROWS_MAX = 2 ** 23;
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
  const column = (name: string) => readProp(store, path, "nodes", name, count);
  const [t, y, x] = [await frames(store, path, axis.t, column, options), ...(await places(axis, column))];
  if (y === null || x === null)
    throw geffFault(store, path, "it has no axes y and x", "Name the axes of the nodes in its metadata.");
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

interface KnownAxes {
  readonly t: GeffAxis | null;
  readonly z: GeffAxis | null;
  readonly y: GeffAxis | null;
  readonly x: GeffAxis | null;
}

/** By name where axes bear ours, else by type and order: the last two of space are y and x, as in OME-Zarr. */
function axesOf({ axes }: GeffMetadata): KnownAxes {
  const named = (name: string) => axes.find((axis) => axis.name.toLowerCase() === name) ?? null;
  const space = axes.filter(({ type }) => type === "space");
  const time = axes.find(({ type }) => type === "time") ?? null;
  const byOrder = named("y") === null && named("x") === null;
  return {
    t: named("t") ?? time,
    z: named("z") ?? (byOrder ? (space.at(-3) ?? null) : null),
    y: named("y") ?? (byOrder ? (space.at(-2) ?? null) : null),
    x: named("x") ?? (byOrder ? (space.at(-1) ?? null) : null),
  };
}

type Column = TypedArrays[Dtype];

/** Frames as whole numbers; times in seconds are divided by the frame interval where it is known. */
async function frames(
  store: ZarrStore,
  path: string,
  axis: GeffAxis | null,
  column: (name: string) => Promise<Column>,
  { frameIntervalS = null }: GeffReadOptions,
): Promise<Column> {
  if (axis === null) throw geffFault(store, path, "none of its axes is time");
  const values = await column(axis.name);
  const seconds = axis.scale === null ? secondsPer(axis.unit) : undefined;
  const whole = (of: ArrayLike<number>) => {
    for (let i = 0; i < of.length; i++) if (!(Number.isInteger(of[i]!) && of[i]! >= 0)) return i;
    return -1;
  };
  if (seconds !== undefined && frameIntervalS !== null) {
    const counted = Float64Array.from(values, (value) => {
      const frame = (value * seconds) / frameIntervalS;
      return Math.abs(frame - Math.round(frame)) < 0.01 ? Math.round(frame) : frame;
    });
    if (whole(counted) < 0) return counted;
  }
  const bad = whole(values);
  if (bad < 0) return values;
  throw lineageFault(
    {
      code: "format.geff",
      file: store.name,
      remedy: "Save time as frames, whole numbers from 0, or with the frame interval of the image.",
    },
    [
      lineageError(
        "numberInvalid",
        { label: null, frame: null },
        `node ${bad} of its list is at time ${values[bad]}, which is not a frame`,
      ),
    ],
  );
}

async function places(
  axis: KnownAxes,
  column: (name: string) => Promise<Column>,
): Promise<[y: Column | null, x: Column | null]> {
  if (axis.y === null || axis.x === null) return [null, null];
  return [await column(axis.y.name), await column(axis.x.name)];
}

/** Units of the axes per pixel. Values with a scale of their own, or in pixels, or without a unit, are pixels. */
function scalesOf(axis: KnownAxes, { mpp = null, zStepUm = null }: GeffReadOptions) {
  const perPixel = (of: GeffAxis | null, size: number | null | undefined): number | null => {
    if (of === null || of.scale !== null || of.unit === null) return 1;
    const micrometres = micrometresPer(of.unit);
    if (micrometres === undefined) return 1;
    return size === null || size === undefined ? null : size / micrometres;
  };
  const [z, y, x] = [perPixel(axis.z, zStepUm), perPixel(axis.y, mpp?.y), perPixel(axis.x, mpp?.x)];
  return { z: z ?? 1, y: y ?? 1, x: x ?? 1, known: z !== null && y !== null && x !== null };
}

function mppOf({ y, x }: KnownAxes): ReadGeff["mpp"] {
  const [sizeY, sizeX] = [sizeOf(y, micrometresPer), sizeOf(x, micrometresPer)];
  return sizeY === null || sizeX === null ? null : { y: sizeY, x: sizeX };
}

function stepsOf({ t, z }: KnownAxes): Record<string, string> {
  const [seconds, step] = [sizeOf(t, secondsPer), sizeOf(z, micrometresPer)];
  return {
    ...(step === null ? {} : { zStepUm: String(step) }),
    ...(seconds === null ? {} : { frameIntervalS: String(seconds) }),
  };
}

function sizeOf(axis: GeffAxis | null, per: (unit: string | null) => number | undefined): number | null {
  if (axis?.scale === null || axis === null || !(axis.scale > 0)) return null;
  const unit = per(axis.scaledUnit);
  return unit === undefined ? null : axis.scale * unit;
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

/** A property that nodes may lack, NaN for those; `null` when there is no such property. */
async function readOptional(
  store: ZarrStore,
  path: string,
  name: string,
  count: number,
): Promise<Float64Array | null> {
  const key = propPath(store, path, "nodes", name, "values");
  if ((await readNode(store, key)) === null) return null;
  const values = Float64Array.from(await readColumn(store, key, [count]));
  const missing = await readMissing(store, path, "nodes", name, count);
  if (missing !== null) for (let i = 0; i < count; i++) if (missing[i] !== 0) values[i] = Number.NaN;
  return values;
}

async function readMissing(
  store: ZarrStore,
  path: string,
  of: "nodes" | "edges",
  name: string,
  count: number,
): Promise<Column | null> {
  const key = propPath(store, path, of, name, "missing");
  return (await readNode(store, key)) === null ? null : readColumn(store, key, [count]);
}

/** A property that every node must have. */
async function readProp(
  store: ZarrStore,
  path: string,
  of: "nodes" | "edges",
  name: string,
  count: number,
): Promise<Column> {
  const values = await readColumn(store, propPath(store, path, of, name, "values"), [count]);
  const missing = await readMissing(store, path, of, name, count);
  const lacks = missing === null ? -1 : missing.findIndex((value) => value !== 0);
  if (lacks >= 0) throw geffFault(store, path, `node ${lacks} of its list has no ${name}`);
  return values;
}

/** @param shape  expected lengths; `null` for any. Values of a table, row by row. */
async function readColumn(store: ZarrStore, key: string, shape: readonly (number | null)[]): Promise<Column> {
  const array: OpenZarrArray = await openZarrArray(store, key);
  const { facts } = array;
  // Some writers give a table without rows one dimension.
  if (facts.shape.length === 1 && facts.shape[0] === 0) return new Float64Array(0);
  const fits =
    facts.shape.length === shape.length && shape.every((size, i) => size === null || size === facts.shape[i]);
  if (!fits)
    throw geffFault(
      store,
      key,
      `its shape is (${facts.shape.join(", ")}), (${shape.map((size) => size ?? "any").join(", ")}) is expected`,
    );
  const rows = facts.shape[0]!;
  if (rows > NODES_MAX || facts.chunks[0]! > CHUNK_ROWS_MAX)
    throw geffFault(
      store,
      key,
      `it has ${rows} rows in chunks of ${facts.chunks[0]}; the limits are ${NODES_MAX} and ${CHUNK_ROWS_MAX}`,
      "Cut the graph into parts.",
    );
  return array.read({ start: facts.shape.map(() => 0), size: facts.shape }, readLimits({}));
}

/** Links of the graph; whether an edge with one successor is a division is told by the property `division`. */
async function readEdges(
  store: ZarrStore,
  path: string,
  { directed }: GeffMetadata,
  ids: Column,
  detections: readonly PlacedDetection[],
): Promise<{ links: TrackLink[]; notes: string[] }> {
  const place = new Map<number, number>();
  const findings: LineageFinding[] = [];
  for (const [i, id] of ids.entries()) {
    if (place.has(id))
      findings.push(
        lineageError("labelRepeated", { label: id, frame: detections[i]!.t }, `node ${id} is listed twice`),
      );
    place.set(id, i);
  }
  const edges = await readColumn(store, keyOf(path, "edges/ids"), [null, 2]);
  const count = edges.length / 2;
  const divisions = await readDivisions(store, path, count);
  const links: TrackLink[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const [source, target] = [edges[2 * i]!, edges[2 * i + 1]!];
    const [a, b] = [place.get(source), place.get(target)];
    const lost = a === undefined ? source : b === undefined ? target : null;
    if (a === undefined || b === undefined) {
      const message = `edge ${i} joins node ${lost}, which is not listed`;
      findings.push(lineageError("parentMissing", { label: lost, frame: null }, message));
      continue;
    }
    const turned = !directed && detections[a]!.t > detections[b]!.t;
    const [from, to] = turned ? [b, a] : [a, b];
    const key = `${from}/${to}`;
    if (seen.has(key))
      findings.push(
        lineageError(
          "labelRepeated",
          { label: target, frame: detections[to]!.t },
          `the edge from node ${source} to node ${target} is listed twice`,
        ),
      );
    seen.add(key);
    if (detections[to]!.t <= detections[from]!.t)
      findings.push(backward(source, target, detections[from]!.t, detections[to]!.t));
    links.push({ from, to, kind: divisions !== null && divisions[i] !== 0 ? "division" : "link" });
  }
  if (findings.length > 0)
    throw lineageFault(
      { code: "format.geff", file: path === "" ? store.name : `${store.name}/${path}`, remedy: REMEDY },
      findings,
    );
  return withoutMerges(links, detections, (at) => `node ${ids[at]}`);
}

const REMEDY = "Mend the graph: every node once, every edge once and from an earlier to a later frame.";

function backward(source: number, target: number, from: number, to: number): LineageFinding {
  const message = `the edge from node ${source} (frame ${from}) to node ${target} (frame ${to}) does not go forward in time`;
  return lineageError("parentOverlaps", { label: target, frame: to }, message);
}

async function readDivisions(store: ZarrStore, path: string, count: number): Promise<Column | null> {
  const key = propPath(store, path, "edges", "division", "values");
  const node = await readNode(store, key);
  return node === null ? null : readColumn(store, key, [count]);
}
