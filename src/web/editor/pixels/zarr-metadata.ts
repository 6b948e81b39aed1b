/**
 * What a Zarr v3 array says about itself, reduced to what the viewer reads.
 *
 * The server writes OME-Zarr 0.5 with regular chunks, little-endian bytes and gzip; anything else is refused with the
 * name of the part that is not understood, never guessed. Specification: zarr-specs, core 3.0.
 */

import { FoundryError } from "#core/errors.ts";

/** Element types that can be drawn, with what a chunk of them is as bytes. */
export const elementTypes = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type ElementType = keyof typeof elementTypes;
export type Elements = InstanceType<(typeof elementTypes)[ElementType]>;

export interface ZarrArrayFacts {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly dtype: ElementType;
  readonly separator: string;
  /** True for the encoding `default`, whose keys start with `c`. */
  readonly prefixed: boolean;
  readonly gzip: boolean;
  readonly fillValue: number;
}

/** One chunk in memory; the server writes 512² chunks, so this is far beyond its own. */
const chunkBytesMax = 256 * 2 ** 20;
const dimensionsMax = 8;

function refuse(what: string): never {
  throw new FoundryError("format.zarr", {
    message: `The image's pixels cannot be drawn: ${what}.`,
    hint: "Export the image again, or open it with another version of the program.",
  });
}

type Json = Readonly<Record<string, unknown>>;
const asJson = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

function sizes(value: unknown, name: string): number[] {
  const good = (n: unknown): boolean => typeof n === "number" && Number.isInteger(n) && n > 0;
  if (!Array.isArray(value) || value.length < 2 || value.length > dimensionsMax || !value.every(good)) {
    refuse(`its ${name} is not a list of 2 to ${dimensionsMax} positive whole numbers`);
  }
  return value as number[];
}

/**
 * Reads the `zarr.json` of an array.
 *
 * @throws FoundryError `format.zarr` naming the part that is not understood.
 */
export function parseArrayMetadata(document: unknown): ZarrArrayFacts {
  const json = asJson(document);
  if (json["zarr_format"] !== 3 || json["node_type"] !== "array") refuse("it is not a Zarr version 3 array");
  const dtype = json["data_type"];
  if (typeof dtype !== "string" || !Object.hasOwn(elementTypes, dtype)) refuse(`element type ${dtype}`);
  const grid = asJson(json["chunk_grid"]);
  if (grid["name"] !== "regular") refuse(`chunk grid ${grid["name"]}`);
  const shape = sizes(json["shape"], "shape");
  const chunkShape = sizes(asJson(grid["configuration"])["chunk_shape"], "chunk shape");
  if (chunkShape.length !== shape.length) refuse("its chunks and its shape differ in dimensions");
  const elementType = dtype as ElementType;
  const chunkBytes = chunkShape.reduce((a, b) => a * b, elementTypes[elementType].BYTES_PER_ELEMENT);
  if (chunkBytes > chunkBytesMax) refuse(`chunks of ${chunkBytes} bytes`);
  const encoding = asJson(json["chunk_key_encoding"]);
  const prefixed = encoding["name"] === "default";
  if (!prefixed && encoding["name"] !== "v2") refuse(`chunk keys ${encoding["name"]}`);
  const separator = asJson(encoding["configuration"])["separator"] ?? (prefixed ? "/" : ".");
  if (separator !== "/" && separator !== ".") refuse("the separator of its chunk keys");
  const fill = json["fill_value"];
  return {
    shape,
    chunkShape,
    dtype: elementType,
    separator,
    prefixed,
    gzip: readCodecs(json["codecs"]),
    fillValue: typeof fill === "number" ? fill : 0,
  };
}

/** Accepts `bytes` (little-endian or single bytes) followed by at most one `gzip`. */
function readCodecs(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) refuse("it names no codecs");
  const codecs = (value as unknown[]).map(asJson);
  const endian = asJson(codecs[0]?.["configuration"])["endian"];
  if (codecs[0]?.["name"] !== "bytes" || (endian !== undefined && endian !== "little"))
    refuse("its byte order");
  if (codecs.length === 1) return false;
  if (codecs.length > 2 || codecs[1]?.["name"] !== "gzip") {
    refuse(`codecs ${codecs.map((codec) => codec["name"]).join(", ")}`);
  }
  return true;
}

/** Name of a chunk below the array, for instance `c/0/1/2`. */
export function chunkKey(facts: ZarrArrayFacts, index: readonly number[]): string {
  const joined = index.join(facts.separator);
  return facts.prefixed ? `c${facts.separator}${joined}` : joined;
}

/** Paths of the resolution levels, finest first, and the axes they share, from the `zarr.json` of an OME-Zarr group. */
export function parseMultiscale(document: unknown): { readonly paths: string[]; readonly axes: string[] } {
  const ome = asJson(asJson(asJson(document)["attributes"])["ome"]);
  const multiscales = ome["multiscales"];
  const first = asJson(Array.isArray(multiscales) ? multiscales[0] : undefined);
  const datasets = Array.isArray(first["datasets"]) ? (first["datasets"] as unknown[]) : [];
  const axes = Array.isArray(first["axes"]) ? (first["axes"] as unknown[]) : [];
  const paths = datasets.map((dataset) => asJson(dataset)["path"]).filter((path) => typeof path === "string");
  const names = axes.map((axis) => asJson(axis)["name"]).filter((name) => typeof name === "string");
  if (paths.length === 0 || names.length === 0) refuse("it has no OME-Zarr multiscale image");
  // Showing the first plane along an axis that nobody knows would hide all others.
  if (!/^t?c?z?yx$/.test(names.join("")) || names.some((name) => name.length !== 1)) {
    refuse(`its axes are ${names.join(", ")}, and only t, c, z, y, x in this order can be shown`);
  }
  // 24 halvings take the largest image we accept to one pixel.
  return { paths: paths.slice(0, 24), axes: names };
}
