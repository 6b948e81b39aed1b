/**
 * A large image as OME-Zarr 0.5, one key at a time, from levels that are read by region: the same bytes as `omeZarrImage`
 * gives for an image in memory, without ever having it there. Label images are drawn where a chunk is asked for.
 */
import { type ArrayForm, type BoundingBox, type ImageArray, typedArray } from "#core/array/index.ts";
import {
  groupMetadata,
  imageExtra,
  labelsExtra,
  type OmeZarrImageOptions,
  type OmeZarrLabelsOptions,
} from "./ome-zarr.ts";
import { arrayMetadata, chunkShapeOf, jsonBytes, parseChunkKey, zippedChunk } from "./zarr-array.ts";

/** A level of which parts can be read. */
export interface LevelSource {
  /** Full size first; each level has ceil(size / 2) pixels of the one before. */
  readonly levels: readonly ArrayForm[];
  /**
   * A box of one plane. @param plane  position among the planes, in the order of the axes before yx.
   * @returns its values, row-major, of the type of the level.
   */
  readBox(level: number, plane: number, box: BoundingBox): Promise<ImageArray["data"]>;
}

export interface ZarrRegions {
  /** Whether there is such a key; decides without reading pixels. */
  has(key: string): boolean;
  /** Bytes of a key that there is. The same key gives the same bytes every time. */
  get(key: string): Promise<Uint8Array | undefined>;
}

/** @param source.levels  as many as `levelForms` says. Cost: a chunk reads its own pixels. */
export function omeZarrImageRegions(source: LevelSource, options: OmeZarrImageOptions): ZarrRegions {
  const { channels } = options;
  return regions(source, options, async () =>
    imageExtra(channels === undefined ? null : await smallest(source), options),
  );
}

/** Label image of one plane, drawn on demand; `source.readBox` takes every 2^level-th pixel. */
export function omeZarrLabelsRegions(source: LevelSource, options: OmeZarrLabelsOptions): ZarrRegions {
  return regions(source, options, async () => labelsExtra(options));
}

async function smallest({ levels, readBox }: LevelSource): Promise<ImageArray> {
  const last = levels.length - 1;
  const form = levels[last] as ArrayForm;
  const [height, width] = form.shape.slice(-2) as [number, number];
  const planes = form.shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const data = typedArray(form.dtype, planes * height * width);
  for (let plane = 0; plane < planes; plane++)
    data.set((await readBox(last, plane, [0, 0, height, width])) as never, plane * height * width);
  return { ...form, data };
}

function regions(
  source: LevelSource,
  options: OmeZarrImageOptions | OmeZarrLabelsOptions,
  extra: () => Promise<Record<string, unknown>>,
): ZarrRegions {
  const { levels } = source;
  const chunkOf = (
    key: string,
  ): { readonly level: number; readonly index: readonly number[] | null } | null => {
    const match = /^(\d{1,2})\/(?:zarr\.json|c\/(.+))$/.exec(key);
    const level = Number(match?.[1]);
    const form = levels[level];
    if (match === null || form === undefined || String(level) !== match[1]) return null;
    if (match[2] === undefined) return { level, index: null };
    const chunkShape = chunkShapeOf(form);
    const index = parseChunkKey(
      match[2],
      form.shape.map((size, i) => Math.ceil(size / (chunkShape[i] as number))),
    );
    return index === null ? null : { level, index };
  };
  return {
    has: (key) => key === "zarr.json" || chunkOf(key) !== null,
    async get(key) {
      if (key === "zarr.json")
        return jsonBytes(groupMetadata(levels[0] as ArrayForm, options, levels.length, await extra()));
      const found = chunkOf(key);
      if (found === null) return undefined;
      const form = levels[found.level] as ArrayForm;
      return found.index === null
        ? jsonBytes(arrayMetadata(form))
        : readChunk(source, found.level, found.index);
    },
  };
}

/** Chunks at the edge are filled up with zeros, as the format asks. */
async function readChunk(
  { levels, readBox }: LevelSource,
  level: number,
  index: readonly number[],
): Promise<Uint8Array> {
  const form = levels[level] as ArrayForm;
  const [height, width] = form.shape.slice(-2) as [number, number];
  const [chunkHeight, chunkWidth] = chunkShapeOf(form).slice(-2) as [number, number];
  const plane = form.shape.slice(0, -2).reduce((at, size, i) => at * size + (index[i] as number), 0);
  const [y0, x0] = [(index.at(-2) as number) * chunkHeight, (index.at(-1) as number) * chunkWidth];
  const [rows, columns] = [Math.min(chunkHeight, height - y0), Math.min(chunkWidth, width - x0)];
  const box = await readBox(level, plane, [y0, x0, y0 + rows, x0 + columns]);
  if (rows === chunkHeight && columns === chunkWidth) return zippedChunk(box);
  const chunk = typedArray(form.dtype, chunkHeight * chunkWidth);
  for (let y = 0; y < rows; y++)
    chunk.set(box.subarray(y * columns, (y + 1) * columns) as never, y * chunkWidth);
  return zippedChunk(chunk);
}
