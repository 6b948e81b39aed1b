/**
 * Runs a released segmentation model over normalised planes, tile by tile.
 */
import type { Plane } from "#core/array/index.ts";
import type { Session } from "../engine/engine.ts";
import { checkNotCanceled, runTile } from "./run-tile.ts";
import type { Tile } from "./tiles.ts";
import { planTiles } from "./tiles.ts";

// Side of the kept part of a tile. The time per pixel hardly depends on it (0.21 to 0.27 s per megapixel from 256 to
// 2,048 on two cores), so it is as large as keeps the work in halos below a fifth; activations then take 350 MB.
const TILE_CORE_PX = 1024;

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

function pasteCore(into: Plane<"float32">, tile: Tile, values: Float32Array): void {
  const [y0, x0, y1, x1] = tile.core;
  const [top, left, , right] = tile.window;
  for (let y = y0; y < y1; y++) {
    const from = (y - top) * (right - left) + (x0 - left);
    into.data.set(values.subarray(from, from + (x1 - x0)), y * into.width + x0);
  }
}

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
    checkNotCanceled(options.signal);
    const values = await runTile(session, planes, tile.window, names);
    values.forEach((map, k) => {
      pasteCore(result[k] as Plane<"float32">, tile, map);
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
