/**
 * One Zarr array as keys and bytes: version 3, or 2 for programs that read nothing newer.
 *
 * Regular chunks of one plane and at most 512 x 512 pixels, codecs bytes (little-endian) and gzip: the pair that every
 * Zarr reader has. Chunks at the edge are filled up with zeros, as the format asks. gzip headers carry no time.
 */
import { gzipSync } from "fflate";
import { type ArrayForm, type ImageArray, typedArray } from "#core/array/index.ts";
import { littleEndianBytes } from "../../little-endian.ts";

// One screen of a laptop is six such chunks; at 16 bits a chunk is 512 KiB before compression.
const CHUNK_SIDE = 512;
// Level 1 halves the time of level 6 for about 3 % larger chunks of microscope images.
const GZIP_LEVEL = 1;

/** Reads by key, the whole contract of a Zarr store. */
export interface ZarrKeys {
  keys(): string[];
  /** Bytes of a key, or `undefined` for a key that does not exist. The same key gives the same bytes every time. */
  get(key: string): Uint8Array | undefined;
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function zarrArray(image: ImageArray, version: 2 | 3 = 3): ZarrKeys {
  const { shape } = image;
  const chunkShape = chunkShapeOf(image);
  const grid = shape.map((size, i) => Math.ceil(size / chunkShape[i]!));
  const count = grid.reduce((product, size) => product * size, 1);
  const metadata = metadataFiles(image, chunkShape, version);
  const prefix = version === 3 ? "c/" : "";
  return {
    keys: () => [
      ...metadata.keys(),
      ...Array.from({ length: count }, (_, i) => `${prefix}${unravel(i, grid).join("/")}`),
    ],
    get(key) {
      const facts = metadata.get(key);
      if (facts !== undefined) return jsonBytes(facts);
      const index = key.startsWith(prefix) ? parseChunkKey(key.slice(prefix.length), grid) : null;
      return index === null ? undefined : zippedChunk(chunkValues(image, chunkShape, index));
    },
  };
}

/** One plane and at most 512 x 512 pixels. */
export function chunkShapeOf({ shape }: Pick<ArrayForm, "shape">): number[] {
  return shape.map((size, i) => (i < shape.length - 2 ? 1 : Math.min(size, CHUNK_SIDE)));
}

/** Metadata of an array of version 3. */
export function arrayMetadata(form: ArrayForm) {
  return metadataV3(form, chunkShapeOf(form));
}

/** Values of a whole chunk as they are stored. */
export function zippedChunk(chunk: ImageArray["data"]): Uint8Array {
  return gzipSync(littleEndianBytes(chunk), { level: GZIP_LEVEL, mtime: 0 });
}

/** Metadata files by key. */
function metadataFiles(
  image: ArrayForm,
  chunkShape: readonly number[],
  version: 2 | 3,
): ReadonlyMap<string, unknown> {
  if (version === 3) return new Map([["zarr.json", metadataV3(image, chunkShape)]]);
  const { dtype, axes, shape } = image;
  return new Map<string, unknown>([
    [
      ".zarray",
      {
        zarr_format: 2,
        shape,
        chunks: chunkShape,
        dtype: typeNameV2(dtype),
        compressor: { id: "gzip", level: GZIP_LEVEL },
        fill_value: 0,
        order: "C",
        filters: null,
        dimension_separator: "/",
      },
    ],
    [".zattrs", { _ARRAY_DIMENSIONS: [...axes] }],
  ]);
}

/** "uint16" as "<u2": the names of version 2. */
function typeNameV2(dtype: ImageArray["dtype"]): string {
  const [, kind, bits] = /^(u?int|float)(\d+)$/.exec(dtype) as unknown as [string, string, string];
  const size = Number(bits) / 8;
  return `${size === 1 ? "|" : "<"}${kind === "float" ? "f" : kind === "uint" ? "u" : "i"}${size}`;
}

function metadataV3({ dtype, axes, shape }: ArrayForm, chunkShape: readonly number[]) {
  return {
    zarr_format: 3,
    node_type: "array",
    shape,
    data_type: dtype,
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunkShape } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: 0,
    codecs: [
      { name: "bytes", configuration: { endian: "little" } },
      { name: "gzip", configuration: { level: GZIP_LEVEL } },
    ],
    dimension_names: [...axes],
    attributes: {},
  };
}

function unravel(index: number, grid: readonly number[]): number[] {
  const at: number[] = [];
  for (const size of grid.toReversed()) {
    at.unshift(index % size);
    index = Math.floor(index / size);
  }
  return at;
}

/** Indexes of a chunk by the part of its key behind the prefix; `null` for one outside the grid. */
export function parseChunkKey(key: string, grid: readonly number[]): number[] | null {
  const parts = key.split("/");
  if (parts.length !== grid.length) return null;
  const index = parts.map((part) => (/^(0|[1-9]\d{0,8})$/.test(part) ? Number(part) : -1));
  return index.every((value, i) => value >= 0 && value < grid[i]!) ? index : null;
}

function chunkValues(
  { dtype, shape, data }: ImageArray,
  chunkShape: readonly number[],
  index: readonly number[],
): ImageArray["data"] {
  const [height, width] = shape.slice(-2) as [number, number];
  const [chunkHeight, chunkWidth] = chunkShape.slice(-2) as [number, number];
  const plane = shape.slice(0, -2).reduce((at, size, i) => at * size + index[i]!, 0);
  const [y0, x0] = [index.at(-2)! * chunkHeight, index.at(-1)! * chunkWidth];
  const columns = Math.min(chunkWidth, width - x0);
  const chunk = typedArray(dtype, chunkHeight * chunkWidth);
  for (let y = 0; y < Math.min(chunkHeight, height - y0); y++) {
    const from = (plane * height + y0 + y) * width + x0;
    chunk.set(data.subarray(from, from + columns), y * chunkWidth);
  }
  return chunk;
}
