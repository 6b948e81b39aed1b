/**
 * OME-Zarr images and their label images, whole or by region.
 *
 * Axes come out in our order whatever theirs; axes of size 1 are left out, except yx. Label images keep their numbers;
 * properties of objects (class, track, review state) are handed on as they are.
 */
import { type Dtype, type ImageArray, type TypedArrays, typedArray } from "#core/array/index.ts";
import { channelNamed } from "../../colours.ts";
import { type ReadLimits, readLimits } from "../../limits.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { withoutLateStrays } from "../../strays.ts";
import { listLabels } from "./list-ome-zarr.ts";
import {
  type AxisDimensions,
  channelLabels,
  dimensionsOf,
  type Multiscale,
  mppOf,
  omeAttributes,
  readMultiscale,
  stepMetadata,
} from "./ome-zarr-metadata.ts";
import { type OpenZarrArray, openZarrArray, type ZarrBox } from "./read-zarr-array.ts";
import { isRecord, type Json, keyOf, pathInside, readNode, records, zarrFault } from "./zarr-metadata.ts";
import type { ZarrStore } from "./zarr-store.ts";

export interface OmeZarrReadOptions {
  /** Group of the image from the root of the hierarchy (see `listOmeZarr`); default the root itself. */
  readonly path?: string;
  readonly limits?: Partial<ReadLimits>;
  /** 0 is full size. */
  readonly level?: number;
  /** Told how many chunks a reading of a region looked for in vain. */
  readonly onMissing?: (chunks: number) => void;
}

export interface OmeZarrLabelImage {
  readonly name: string;
  /** int32, axes a subset of tzyx that ends in yx; 0 is background. */
  readonly image: ImageArray;
  /** Facts of objects by label, as the file has them. */
  readonly properties: ReadonlyMap<number, Json>;
}

export interface OmeZarrImage extends ReadImage {
  readonly labels: readonly OmeZarrLabelImage[];
}

/** A box of one level; `t`, `c` and `z` leave their axis out of the result. Without them the whole axis is read. */
export interface OmeZarrRegion {
  readonly t?: number;
  readonly c?: number;
  readonly z?: number;
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Reads an image with all its label images.
 *
 * @throws FoundryError `format.zarr`, `limit.pixels`, `limit.bytes`, and what the store throws.
 */
export async function readOmeZarr(store: ZarrStore, options: OmeZarrReadOptions = {}): Promise<OmeZarrImage> {
  return withoutLateStrays("format.zarr", store.name, async () => {
    const opened = await openLevel(store, options);
    const { multiscale, ome, array, dimensions, level } = opened;
    const image = await readBoxOf(opened, wholeBox(array), {}, readLimits(options.limits));
    const count = dimensions.c === undefined ? 1 : array.facts.shape[dimensions.c]!;
    const names = channelLabels(ome);
    const notes = missingNote(array.missing());
    const labels =
      options.level === undefined || options.level === 0
        ? await readLabelImages(store, opened, options, notes)
        : [];
    const mpp = mppOf(multiscale, level);
    return {
      image,
      channels: Array.from({ length: count }, (_, c) =>
        channelNamed(names.length === count ? names[c]! : ""),
      ),
      mpp,
      mppSource: mpp === null ? null : "ome",
      metadata: {
        ...stepMetadata(multiscale, level),
        ...(multiscale.name === "" ? {} : { imageName: multiscale.name }),
      },
      notes,
      labels,
    };
  });
}

/**
 * A bare array as an image, without metadata of OME: its axes are the names of its dimensions, else `axesFor`.
 *
 * @param axesFor  axes of an array of so many dimensions that names none: "tyx" for 3.
 * @returns axes in our order, those of size 1 left out, except yx.
 * @throws FoundryError `format.zarr` when there is no array or its dimensions are not axes; `limit.*`.
 */
export async function readBareZarr(
  store: ZarrStore,
  path: string,
  axesFor: (rank: number) => string,
): Promise<ImageArray> {
  return withoutLateStrays("format.zarr", store.name, async () => {
    const node = await readNode(store, path);
    const array = await openZarrArray(store, path);
    if (array.dtype === "text") throw zarrFault(store, path, "it holds text, not numbers");
    const { shape, dimensionNames } = array.facts;
    const listed = node?.attributes["_ARRAY_DIMENSIONS"];
    const named = dimensionNames ?? (Array.isArray(listed) ? listed : null);
    const names = named?.length === shape.length ? named : [...axesFor(shape.length)];
    const axes = names.map((name: unknown) => ({ name: String(name).toLowerCase(), unit: null }));
    const dimensions = dimensionsOf(store, path, { name: "", axes, levels: [] }, shape);
    const opened = { array, dtype: array.dtype, dimensions };
    return readBoxOf(opened, wholeBox(array), {}, readLimits({}));
  });
}

/** What an image is without its pixels. Axes it lacks have size 1. */
export interface OmeZarrFacts {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  readonly height: number;
  readonly width: number;
  readonly dtype: Dtype;
  readonly channels: ReadImage["channels"];
  readonly mpp: ReadImage["mpp"];
  readonly metadata: Readonly<Record<string, string>>;
  /** Rows that are stored together. */
  readonly chunkHeight: number;
}

/** Sizes, channels and steps of one level, from its metadata alone. @throws FoundryError `format.zarr`. */
export async function describeOmeZarr(
  store: ZarrStore,
  options: OmeZarrReadOptions = {},
): Promise<OmeZarrFacts> {
  return withoutLateStrays("format.zarr", store.name, async () => {
    const { array, dimensions, multiscale, ome, level, dtype } = await openLevel(store, options);
    const size = (axis: "t" | "c" | "z" | "y" | "x"): number =>
      array.facts.shape[dimensions[axis] ?? -1] ?? 1;
    const names = channelLabels(ome);
    const c = size("c");
    return {
      t: size("t"),
      c,
      z: size("z"),
      height: size("y"),
      width: size("x"),
      dtype,
      channels: Array.from({ length: c }, (_, at) => channelNamed(names.length === c ? names[at]! : "")),
      mpp: mppOf(multiscale, level),
      metadata: {
        ...stepMetadata(multiscale, level),
        ...(multiscale.name === "" ? {} : { imageName: multiscale.name }),
      },
      chunkHeight: array.facts.chunks[dimensions.y ?? -1] ?? 1,
    };
  });
}

/** Reads a box of one level; only the chunks it touches are fetched. It is cut at the image's edge. */
export async function readOmeZarrRegion(
  store: ZarrStore,
  region: OmeZarrRegion,
  options: OmeZarrReadOptions = {},
): Promise<ImageArray> {
  return withoutLateStrays("format.zarr", store.name, async () => {
    const opened = await openLevel(store, options);
    const image = await readBoxOf(
      opened,
      regionBox(store, opened, region),
      region,
      readLimits(options.limits),
    );
    options.onMissing?.(opened.array.missing());
    return image;
  });
}

/** Absent chunks are legal, but an incomplete copy looks the same. */
export function missingNote(missing: number): string[] {
  if (missing === 0) return [];
  const what =
    missing === 1 ? "One chunk does not exist and counts" : `${missing} chunks do not exist and count`;
  return [`${what} as empty; was everything copied?`];
}

interface OpenedLevel {
  readonly path: string;
  readonly ome: Json;
  readonly multiscale: Multiscale;
  readonly level: Multiscale["levels"][number];
  readonly array: OpenZarrArray;
  readonly dtype: Dtype;
  readonly dimensions: AxisDimensions;
}

async function openLevel(
  store: ZarrStore,
  { path = "", level = 0 }: OmeZarrReadOptions,
): Promise<OpenedLevel> {
  const inside = pathInside(store, "", path);
  const node = await readNode(store, inside);
  const multiscale = node === null ? null : readMultiscale(store, inside, node);
  if (node === null || multiscale === null)
    throw zarrFault(store, inside, "there is no OME-Zarr image", "Choose the folder of the image itself.");
  const chosen = multiscale.levels[level];
  if (chosen === undefined)
    throw zarrFault(store, inside, `it has ${multiscale.levels.length} levels, not level ${level}`);
  const array = await openZarrArray(store, chosen.path);
  if (array.dtype === "text") throw zarrFault(store, chosen.path, "it holds text, not numbers");
  const dimensions = dimensionsOf(store, chosen.path, multiscale, array.facts.shape);
  return {
    path: inside,
    ome: omeAttributes(node),
    multiscale,
    level: chosen,
    array,
    dtype: array.dtype,
    dimensions,
  };
}

function wholeBox({ facts }: OpenZarrArray): ZarrBox {
  return { start: facts.shape.map(() => 0), size: facts.shape };
}

function regionBox(
  store: ZarrStore,
  { array, dimensions, level }: OpenedLevel,
  region: OmeZarrRegion,
): ZarrBox {
  const { shape } = array.facts;
  const start = shape.map(() => 0);
  const size = [...shape];
  const cut = (axis: "t" | "c" | "z" | "y" | "x", from: number, length: number): void => {
    const dimension = dimensions[axis];
    const total = dimension === undefined ? 1 : shape[dimension]!;
    if (!(Number.isInteger(from) && Number.isInteger(length) && from >= 0 && from < total && length >= 1))
      throw zarrFault(
        store,
        level.path,
        `${axis} ${from} lies outside 0 to ${total - 1}`,
        "Ask for a part that exists.",
      );
    if (dimension === undefined) return;
    start[dimension] = from;
    size[dimension] = Math.min(length, total - from);
  };
  for (const axis of ["t", "c", "z"] as const) if (region[axis] !== undefined) cut(axis, region[axis], 1);
  cut("y", region.y0, region.height);
  cut("x", region.x0, region.width);
  return { start, size };
}

const ORDER = ["t", "c", "z", "y", "x"] as const;

async function readBoxOf(
  { array, dtype, dimensions }: Pick<OpenedLevel, "array" | "dtype" | "dimensions">,
  box: ZarrBox,
  fixed: { readonly t?: number; readonly c?: number; readonly z?: number },
  limits: ReadLimits,
): Promise<ImageArray> {
  const data = await array.read(box, limits);
  const sizes = ORDER.map((axis) => {
    const dimension = dimensions[axis];
    return { axis, dimension, size: dimension === undefined ? 1 : box.size[dimension]! };
  });
  const kept = sizes.filter(
    ({ axis, size }) => axis === "y" || axis === "x" || (size > 1 && fixed[axis] === undefined),
  );
  const order = sizes.flatMap(({ dimension }) => dimension ?? []);
  return {
    dtype,
    axes: kept.map(({ axis }) => axis).join(""),
    shape: kept.map(({ size }) => size),
    data: transposed(dtype, data, box.size, order),
  };
}

/** Values with the dimensions in another order; dimensions not named have size 1. */
function transposed(
  dtype: Dtype,
  data: TypedArrays[Dtype],
  shape: readonly number[],
  order: readonly number[],
): TypedArrays[Dtype] {
  const moved = order.filter((dimension) => shape[dimension]! > 1);
  if (moved.every((dimension, i) => i === 0 || dimension > moved[i - 1]!)) return data;
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  const out = typedArray(dtype, data.length);
  let to = 0;
  const walk = (depth: number, from: number): void => {
    const dimension = order[depth]!;
    const [size, stride] = [shape[dimension]!, strides[dimension]!];
    for (let i = 0; i < size; i++) {
      if (depth === order.length - 1) out[to++] = data[from + i * stride]!;
      else walk(depth + 1, from + i * stride);
    }
  };
  walk(0, 0);
  return out;
}

async function readLabelImages(
  store: ZarrStore,
  parent: OpenedLevel,
  options: OmeZarrReadOptions,
  notes: string[],
): Promise<OmeZarrLabelImage[]> {
  const labels: OmeZarrLabelImage[] = [];
  for (const name of await listLabels(store, parent.path)) {
    const path = pathInside(store, keyOf(parent.path, "labels"), name);
    const opened = await openLevel(store, { path });
    const differs = (["t", "z", "y", "x"] as const).filter((axis) => {
      const size = (level: OpenedLevel): number => level.array.facts.shape[level.dimensions[axis] ?? -1] ?? 1;
      return size(opened) !== size(parent);
    });
    const channels = opened.array.facts.shape[opened.dimensions.c ?? -1] ?? 1;
    if (differs.length > 0 || channels !== 1) {
      notes.push(`The label image "${name.slice(0, 100)}" has another size than its image and was left out.`);
      continue;
    }
    const image = await readBoxOf(opened, wholeBox(opened.array), {}, readLimits(options.limits));
    labels.push({ name, image: asLabels(store, path, image), properties: propertiesOf(opened.ome) });
  }
  return labels;
}

const LABEL_MAX = 2 ** 31 - 1;

/** An image as labels, int32. @throws FoundryError `format.zarr` for a value that is none. */
export function asLabels(store: ZarrStore, path: string, image: ImageArray): ImageArray {
  const data = new Int32Array(image.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = image.data[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) {
      throw zarrFault(
        store,
        path,
        `value ${value} at position ${i} is no label`,
        `Labels are whole numbers from 0 to ${LABEL_MAX}.`,
      );
    }
    data[i] = value;
  }
  return { ...image, dtype: "int32", data };
}

function propertiesOf(ome: Json): ReadonlyMap<number, Json> {
  const facts = ome["image-label"];
  const properties = new Map<number, Json>();
  for (const entry of records(isRecord(facts) ? facts["properties"] : undefined)) {
    const { "label-value": label, ...rest } = entry;
    if (typeof label === "number") properties.set(label, rest);
  }
  return properties;
}
