/**
 * Runs a released segmentation model over normalised planes, tile by tile.
 */
import type { Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Session } from "../engine/engine.ts";
import type { Tile } from "./tiles.ts";
import { planTiles } from "./tiles.ts";

// Side of the kept part of a tile: 1 MB per channel, so a 16-channel level stays within an ordinary cache hierarchy and
// the largest activation of the default network needs about 25 MB.
const TILE_CORE_PX = 512;

export interface PredictedPlanes {
  /** 0..1, float32, axes yx. */
  readonly innerDistance: Plane<"float32">;
  /** Probability 0..1, float32, axes yx. */
  readonly foreground: Plane<"float32">;
}

export interface PredictPlanesOptions {
  /** Names of the outputs. */
  readonly outputs: { readonly innerDistance: string; readonly foreground: string };
  readonly stride: number;
  /** Pixels around a place that influence its result. */
  readonly reach: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Side of the kept part of a tile; for tests. */
  readonly tileCorePx?: number;
}

/** Pixels of a window; beyond the plane its edge pixels are repeated. */
function cutWindow(planes: readonly Plane<"float32">[], [y0, x0, y1, x1]: Tile["window"]): Float32Array {
  const cut = new Float32Array(planes.length * (y1 - y0) * (x1 - x0));
  let at = 0;
  for (const plane of planes) {
    for (let y = y0; y < y1; y++) {
      const row = Math.min(y, plane.height - 1) * plane.width;
      for (let x = x0; x < x1; x++, at++) cut[at] = plane.data[row + Math.min(x, plane.width - 1)] as number;
    }
  }
  return cut;
}

function pasteCore(into: Plane<"float32">, tile: Tile, values: Float32Array): void {
  const [y0, x0, y1, x1] = tile.core;
  const [top, left, , right] = tile.window;
  for (let y = y0; y < y1; y++) {
    const from = (y - top) * (right - left) + (x0 - left);
    into.data.set(values.subarray(from, from + (x1 - x0)), y * into.width + x0);
  }
}

function outputPlane(
  outputs: Readonly<Record<string, { readonly data: unknown }>>,
  name: string,
  count: number,
): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array && data.length === count) return data;
  throw new FoundryError("model.invalid", {
    message: `The model gave no usable output "${name}".`,
    hint: "Use a segmentation model exported by this program.",
  });
}

const checkAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true)
    throw new FoundryError("job.canceled", { message: "The prediction was cancelled." });
};

/**
 * Named outputs of a network for normalised planes, in the order named.
 *
 * @param planes one per channel of the network, all of one size.
 * @throws FoundryError `job.canceled` between tiles when the signal is aborted; `model.invalid` when outputs are missing.
 * Memory: inputs and outputs of the planes' size, plus one tile.
 */
export async function predictMaps(
  session: Session,
  planes: readonly Plane<"float32">[],
  names: readonly string[],
  options: Omit<PredictPlanesOptions, "outputs">,
): Promise<Plane<"float32">[]> {
  const { height, width } = planes[0] as Plane<"float32">;
  const result = names.map(
    (): Plane<"float32"> => ({ dtype: "float32", height, width, data: new Float32Array(height * width) }),
  );
  const coreSize = options.tileCorePx ?? TILE_CORE_PX;
  const tiles = planTiles({ height, width }, { coreSize, reach: options.reach, stride: options.stride });
  for (const [i, tile] of tiles.entries()) {
    checkAborted(options.signal);
    const [y0, x0, y1, x1] = tile.window;
    const shape = [1, planes.length, y1 - y0, x1 - x0];
    const outputs = await session.run({ image: { shape, data: cutWindow(planes, tile.window) } });
    const count = (y1 - y0) * (x1 - x0);
    names.forEach((name, k) => {
      pasteCore(result[k] as Plane<"float32">, tile, outputPlane(outputs, name, count));
    });
    options.onProgress?.((i + 1) / tiles.length);
  }
  return result;
}

/** Inner distance and foreground of one compartment; see `predictMaps`. */
export async function predictPlanes(
  session: Session,
  planes: readonly Plane<"float32">[],
  options: PredictPlanesOptions,
): Promise<PredictedPlanes> {
  const { outputs, ...rest } = options;
  const names = [outputs.innerDistance, outputs.foreground];
  const [innerDistance, foreground] = await predictMaps(session, planes, names, rest);
  return { innerDistance, foreground } as PredictedPlanes;
}
