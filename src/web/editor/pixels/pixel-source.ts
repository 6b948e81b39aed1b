/**
 * The image of the server as Viv's layers want it: one `PixelSource` per resolution level.
 *
 * Viv asks for whole planes (`getRaster`) or square tiles (`getTile`); both are rectangles of a Zarr array. The tile
 * size is the same on all levels, as the tiled layer assumes. Element types keep their depth up to the shader.
 */

import { type FetchBytes, type PlaneRegion, ZarrArray } from "./zarr-array.ts";
import { type Elements, parseArrayMetadata, parseMultiscale } from "./zarr-metadata.ts";

/** Which plane: index of each axis before y and x, by axis letter. */
export type Selection = Readonly<Record<string, number>>;

interface Raster {
  readonly data: Elements;
  readonly width: number;
  readonly height: number;
}

/** Structurally Viv's `PixelSource<string[]>`. */
export interface PixelLevel {
  readonly shape: number[];
  readonly labels: string[];
  /** Viv's spelling: "Uint8", "Float32" … */
  readonly dtype: string;
  readonly tileSize: number;
  getRaster(request: { selection: Selection }): Promise<Raster>;
  getTile(request: { x: number; y: number; selection: Selection }): Promise<Raster>;
  onTileError(error: Error): void;
}

export interface ImagePyramid {
  readonly levels: readonly PixelLevel[];
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Rectangle [y0, y1) x [x0, x1) of full resolution, in the image's element type. */
  readonly readRegion: (
    selection: Selection,
    y0: number,
    x0: number,
    y1: number,
    x1: number,
  ) => Promise<Raster>;
  /** Whether a rectangle of a level is in memory. */
  readonly holds: (level: number, selection: Selection, region: PlaneRegion) => boolean;
  /** Brings a rectangle of a level into memory, as far as there is room. */
  readonly hold: (level: number, selection: Selection, region: PlaneRegion) => Promise<void>;
  /** Intensity at a pixel of full resolution, when it is in memory already. */
  readonly valueAt: (selection: Selection, y: number, x: number) => number | null;
}

/** Tiles larger than this take long on a slow line, smaller ones cost a request each. */
const tileSize = 512;

/** Images up to this side are drawn whole at full resolution: one texture, no tiles that pop in. */
const wholeImageSideMax = 2048;

/** Whether the picture is drawn whole, at full resolution. */
export function isDrawnWhole({ levels, shape }: Pick<ImagePyramid, "levels" | "shape">): boolean {
  return levels.length === 1 || Math.max(shape.at(-2) ?? 0, shape.at(-1) ?? 0) <= wholeImageSideMax;
}

/**
 * Opens an OME-Zarr image.
 *
 * @param fetchBytes  reads a key below the image's folder; null when there is nothing.
 * @throws FoundryError `format.zarr` when the metadata are not understood, or what `fetchBytes` throws.
 */
export async function openPyramid(fetchBytes: FetchBytes): Promise<ImagePyramid> {
  const { paths, axes } = parseMultiscale(await readJson(fetchBytes, "zarr.json"));
  const arrays = await Promise.all(
    paths.map(
      async (path) =>
        new ZarrArray(path, parseArrayMetadata(await readJson(fetchBytes, `${path}/zarr.json`)), fetchBytes),
    ),
  );
  const full = arrays[0] as ZarrArray;
  const levels = arrays.filter((array, level) => halvesProperly(full, array, level));
  return {
    levels: levels.map((array) => pixelLevel(array, axes)),
    axes,
    shape: full.facts.shape,
    dtype: full.facts.dtype,
    readRegion: async (selection, y0, x0, y1, x1) => ({
      data: await full.readRegion(leadingOf(axes, selection), { y0, x0, y1, x1 }),
      height: y1 - y0,
      width: x1 - x0,
    }),
    holds: (level, selection, region) =>
      levels[level]?.hasRegion(leadingOf(axes, selection), region) ?? false,
    hold: async (level, selection, region) => levels[level]?.holdRegion(leadingOf(axes, selection), region),
    valueAt: (selection, y, x) => full.valueIfLoaded(leadingOf(axes, selection), y, x),
  };
}

/** The tiled layer assumes that each level is half the one before; levels after one that is not are left out. */
function halvesProperly(full: ZarrArray, array: ZarrArray, level: number): boolean {
  const [height, width] = planeSize(full);
  const [levelHeight, levelWidth] = planeSize(array);
  const near = (size: number, at: number): boolean => Math.abs(size / 2 ** level - at) <= 1;
  return near(height, levelHeight) && near(width, levelWidth);
}

const planeSize = (array: ZarrArray): [height: number, width: number] => [
  array.facts.shape.at(-2) as number,
  array.facts.shape.at(-1) as number,
];

const leadingOf = (axes: readonly string[], selection: Selection): number[] =>
  axes.slice(0, -2).map((axis) => selection[axis] ?? 0);

function pixelLevel(array: ZarrArray, axes: readonly string[]): PixelLevel {
  const [height, width] = planeSize(array);
  const read = async (
    selection: Selection,
    y0: number,
    x0: number,
    y1: number,
    x1: number,
  ): Promise<Raster> => ({
    data: await array.readRegion(leadingOf(axes, selection), { y0, x0, y1, x1 }),
    height: y1 - y0,
    width: x1 - x0,
  });
  const { dtype } = array.facts;
  return {
    shape: [...array.facts.shape],
    labels: [...axes],
    dtype: dtype.charAt(0).toUpperCase() + dtype.slice(1),
    tileSize,
    getRaster: ({ selection }) => read(selection, 0, 0, height, width),
    getTile: ({ x, y, selection }) => {
      const y0 = Math.min(y * tileSize, height);
      const x0 = Math.min(x * tileSize, width);
      return read(selection, y0, x0, Math.min(y0 + tileSize, height), Math.min(x0 + tileSize, width));
    },
    onTileError: () => {
      // The layer below (the coarsest level) stays visible; the next view change asks again.
    },
  };
}

async function readJson(fetchBytes: FetchBytes, key: string): Promise<unknown> {
  const bytes = await fetchBytes(key);
  if (bytes === null) return null;
  return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
}
