/**
 * Prediction of an image larger than memory: rows in, rows of labels out, in bounded memory.
 *
 * Three things move down the image together: a band of normalised pixels, a band of predicted maps and a row of
 * post-processing tiles that overlap, whose objects the stitcher makes one labelling. Network tiles are cut at their
 * cores, not blended: with a halo as wide as the network's reach both views of a seam are equal, and blending would
 * cost a third more work for the same numbers (docs/decisions/0024).
 */
import type { LabelImage } from "#core/array/index.ts";
import { resampleLabelRows } from "#core/image/index.ts";
import type { InputContract, PlaneStatistics, StatisticsCollector } from "../contract/index.ts";
import { createStatisticsCollector } from "../contract/index.ts";
import type { Session } from "../engine/engine.ts";
import { mapNames, type PostprocessingChanges } from "./label-maps.ts";
import { createMapBand, type MapBand } from "./map-band.ts";
import { type ModelRows, type ModelSize, openModelRows } from "./model-rows.ts";
import type { RowSource } from "./row-source.ts";
import { checkNotCanceled, runTile } from "./run-tile.ts";
import { type StreamGeometry, streamGeometry } from "./stream-geometry.ts";
import { createStreamObjects, type StreamedCompartment } from "./stream-objects.ts";
import { planTiles, type Tile } from "./tiles.ts";

/** Rows of one compartment's labels, top to bottom, at the size of the image. */
export interface LabelRows {
  /** Index in the contract's list. */
  readonly compartment: number;
  readonly y0: number;
  readonly labels: LabelImage;
}

export interface StreamOptions {
  readonly changes?: PostprocessingChanges | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** For tests and measurements. */
  readonly geometry?: Partial<StreamGeometry>;
}

export interface StreamedSegmentation {
  readonly compartments: readonly StreamedCompartment[];
  /** One per input of the model; `null` for inputs the image lacks. */
  readonly statistics: readonly (PlaneStatistics | null)[];
}

// The count of intensities reads everything once but computes little.
const COUNTING_SHARE = 0.06;

/**
 * Predicts an image row by row.
 *
 * @param size of the image at the model's pixel size. @param give receives rows of labels as they become final.
 * @returns what is known when the last row is given.
 * @throws FoundryError `job.canceled`, `array.nan`, `model.invalid`, and whatever source and receiver throw.
 * Memory: about 30 bytes per pixel of `width` x 3,500 rows, see `streamGeometry`; not of the height.
 */
export async function predictStream(
  session: Session,
  contract: InputContract,
  source: RowSource,
  size: ModelSize,
  give: (rows: LabelRows) => Promise<void>,
  options: StreamOptions = {},
): Promise<StreamedSegmentation> {
  const geometry = { ...streamGeometry(contract, size.width), ...options.geometry };
  const report = (fraction: number): void => options.onProgress?.(fraction);
  const rows = await openModelRows(source, size, contract, {
    signal: options.signal,
    onProgress: (fraction) => report(fraction * COUNTING_SHARE),
  });
  const network = createNetworkRows(session, contract, rows, source, geometry);
  const giveRows = createRowGiver(source, size, give);
  const objects = createStreamObjects(contract, size, geometry, options.changes, giveRows);
  const tiles = planTiles(size, { coreSize: geometry.labelCorePx, reach: geometry.labelHaloPx, stride: 1 });
  for (const tile of tiles) {
    while (network.maps.end() < tile.window[2]) {
      checkNotCanceled(options.signal);
      await network.next(() => checkNotCanceled(options.signal));
      report(COUNTING_SHARE + (1 - COUNTING_SHARE) * (network.maps.end() / size.height));
    }
    network.maps.forgetAbove(tile.window[0]);
    checkNotCanceled(options.signal);
    await objects.add(tile, network.maps);
  }
  return { compartments: objects.finish(), statistics: network.statistics() };
}

interface NetworkRows {
  readonly maps: MapBand;
  /** Predicts the next row of network tiles. */
  next(betweenTiles: () => void): Promise<void>;
  statistics(): (PlaneStatistics | null)[];
}

function createNetworkRows(
  session: Session,
  contract: InputContract,
  rows: ModelRows,
  source: RowSource,
  geometry: StreamGeometry,
): NetworkRows {
  const { width, height } = rows;
  const names = mapNames(contract.compartments);
  const tiles = planTiles(rows, {
    coreSize: geometry.networkCorePx,
    reach: contract.receptiveRadiusPx,
    stride: contract.stride,
  });
  const rowsMax = Math.max(...tiles.map(({ core }) => core[2] - core[0]));
  const maps = createMapBand(width, names.length, rowsMax);
  const collectors = source.present.map((present): StatisticsCollector | null =>
    present ? createStatisticsCollector(rows) : null,
  );
  let at = 0;
  return {
    maps,
    async next(betweenTiles) {
      const first = tiles[at] as Tile;
      const [y0, , y1] = first.core;
      const [top, , bottom] = first.window;
      // One row more above and below: noise is measured between neighbours.
      const [from, to] = [Math.max(0, Math.min(top, y0 - 1)), Math.min(height, Math.max(bottom, y1 + 1))];
      const planes = await rows.rows(from, to);
      for (const [c, collector] of collectors.entries()) {
        for (let y = y0; y < y1; y++)
          if (collector?.wants(y) === true)
            collector.addRow(y, (planes[c] as (typeof planes)[number]).data, (y - from) * width);
      }
      const into = maps.append(y1 - y0);
      for (; at < tiles.length && (tiles[at] as Tile).core[0] === y0; at++) {
        betweenTiles();
        const { core, window } = tiles[at] as Tile;
        const shifted = [window[0] - from, window[1], window[2] - from, window[3]] as const;
        const values = await runTile(session, planes, shifted, names);
        values.forEach((map, k) => {
          pasteRows(into[k] as Float32Array, width, map, core, window);
        });
      }
    },
    statistics: () => collectors.map((collector) => collector?.finish() ?? null),
  };
}

/** Copies the core of a tile's map into rows over the full width, of which the first is the core's first. */
function pasteRows(
  into: Float32Array,
  width: number,
  map: Float32Array,
  [y0, x0, y1, x1]: Tile["core"],
  [top, left, , right]: Tile["window"],
): void {
  for (let y = y0; y < y1; y++) {
    const from = (y - top) * (right - left) + (x0 - left);
    into.set(map.subarray(from, from + (x1 - x0)), (y - y0) * width + x0);
  }
}

/** Gives rows of the model's size at the size of the image: each new row takes the row under its centre. */
function createRowGiver(
  image: ModelSize,
  size: ModelSize,
  give: (rows: LabelRows) => Promise<void>,
): (compartment: number, y0: number, labels: LabelImage) => Promise<void> {
  const same = image.height === size.height && image.width === size.width;
  if (same) return (compartment, y0, labels) => give({ compartment, y0, labels });
  /** First row of the image whose centre lies at or below row `y` of the model's size. */
  const rowFor = (y: number): number => {
    let row = Math.max(0, Math.floor((y * image.height) / size.height - 0.5));
    while (row < image.height && Math.floor(((row + 0.5) * size.height) / image.height) < y) row++;
    return row;
  };
  return async (compartment, y0, labels) => {
    const [from, to] = [rowFor(y0), rowFor(y0 + labels.height)];
    if (to <= from) return;
    const rows = resampleLabelRows(labels, size, image, { bandY0: y0, y0: from, y1: to });
    await give({ compartment, y0: from, labels: rows });
  };
}
