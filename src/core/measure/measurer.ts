/**
 * Measures all cells of a layer, pixels coming in pieces.
 *
 * A slide's pixels do not fit into memory, so cells are put into groups that lie together; whoever has the pixels reads
 * one window per group and channel, in any order. Everything that needs no pixels is measured at once. Each pixel of a
 * cell is read once per channel and compartment.
 */

import type { BoundingBox, Plane } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import type { ObjectShape } from "../labels/index.ts";
import { cellParts } from "./cell-parts.ts";
import { compartmentColumns, lightColumns, withRatio } from "./light-columns.ts";
import {
  createLightScratch,
  type LightWindow,
  lightStatistics,
  measureLightInto,
} from "./light-statistics.ts";
import type { MeasureTable } from "./measure-table.ts";
import { neighbourColumns } from "./neighbour-columns.ts";
import { type PixelSize, shapeColumns } from "./shape-columns.ts";

export interface MeasuredCell {
  readonly id: string;
  readonly shape: ObjectShape;
}

export interface MeasureSettings {
  /** Size of the image the cells lie in. */
  readonly height: number;
  readonly width: number;
  /** µm per pixel; null when nobody has said. */
  readonly mpp: PixelSize | null;
  /** Names of the channels that will be measured, by channel index. */
  readonly channels: readonly string[];
  /** Cells with centroids at most this far apart are neighbours: µm where `mpp` is known, else pixels. */
  readonly neighbourDistance: number;
  /** Nuclei of the same image when the cells are whole cells: light is measured per compartment then. */
  readonly nuclei?: readonly ObjectShape[] | null;
}

/** Cells that lie together: their pixels are read at once. */
export interface CellGroup {
  readonly t: number;
  readonly z: number;
  /** Around all cells of the group. */
  readonly box: BoundingBox;
  /** Rows of the table. */
  readonly rows: readonly number[];
}

export interface CellMeasurer {
  readonly groups: readonly CellGroup[];
  /**
   * Measures the light of one channel under the cells of a group.
   *
   * @param window  holds the group's box. Cost: O(pixels of the cells).
   */
  addLight(group: CellGroup, channel: number, window: LightWindow): void;
  /** The table; columns of channels that were never added are NaN. */
  finish(): MeasureTable;
}

/** Distance that is asked for first: about two cells of tissue. */
export const defaultNeighbourDistanceUm = 30;
export const defaultNeighbourDistancePx = 60;

/** Side of the tiles by which cells are grouped: a window of 16-bit pixels is some MB. */
const groupSidePx = 1_024;

/**
 * @throws FoundryError `label.invalid` when a cell lies outside the image, `request.invalid` for a distance that is not above 0.
 *         Cost: O(pixels of all boxes + pairs of neighbours).
 */
export function createMeasurer(cells: readonly MeasuredCell[], settings: MeasureSettings): CellMeasurer {
  const { mpp, neighbourDistance, height, width } = settings;
  if (!(neighbourDistance > 0 && neighbourDistance < Infinity)) {
    throw new FoundryError("request.invalid", {
      message: `The distance to neighbours is ${neighbourDistance}.`,
      hint: "Give a number above 0.",
    });
  }
  const shapes = cells.map(({ shape }) => shape);
  const outside = cells.find(({ shape: { bbox } }) => bbox[2] > height || bbox[3] > width);
  if (outside !== undefined) {
    throw new FoundryError("label.invalid", {
      message: `Cell ${outside.id} reaches outside the image of ${height} x ${width} pixels.`,
      hint: "Measure the labels with the image they were made for.",
    });
  }
  const parts = settings.nuclei ? cellParts(shapes, settings.nuclei) : null;
  const plain = [
    ...shapeColumns(shapes, settings, mpp),
    ...neighbourColumns(shapes, mpp, neighbourDistance),
    ...(parts === null ? [] : compartmentColumns(shapes, parts, mpp)),
  ];
  const light = settings.channels.map((name, c) => lightColumns(name, c, shapes, parts));
  const scratch = createLightScratch();
  const row = new Float64Array(lightStatistics.length);
  return {
    groups: groupCells(shapes),
    addLight(group, channel, window) {
      const regions = light[channel];
      assert(regions !== undefined, `there is no channel ${channel}`);
      for (const region of regions) {
        for (const at of group.rows) {
          const shape = region.shapes[at];
          if (!shape) continue;
          measureLightInto(row, shape, window, scratch);
          for (const [i, { values }] of region.columns.entries()) values[at] = row[i] as number;
        }
      }
    },
    finish: () => ({
      ids: cells.map(({ id }) => id),
      columns: [
        ...plain,
        ...light.flatMap((regions, c) => withRatio(regions, c, settings.channels[c] as string)),
      ],
    }),
  };
}

/**
 * Measures the cells of one plane whose pixels are all in memory.
 *
 * @param planes  one per channel of the settings, axes yx, of the image's size.
 * @throws FoundryError as `createMeasurer`, and `array.shapeMismatch`.
 */
export function measureCells(
  cells: readonly MeasuredCell[],
  planes: readonly Plane[],
  settings: MeasureSettings,
): MeasureTable {
  const measurer = createMeasurer(cells, settings);
  for (const [channel, plane] of planes.entries()) {
    assertSize(plane, settings);
    for (const group of measurer.groups) measurer.addLight(group, channel, { y0: 0, x0: 0, plane });
  }
  return measurer.finish();
}

/** Tiles by the middle of each box, in scan order per frame and slice. */
function groupCells(shapes: readonly ObjectShape[]): CellGroup[] {
  const tiles = new Map<
    string,
    { t: number; z: number; box: [number, number, number, number]; rows: number[] }
  >();
  for (const [row, { t, z, bbox }] of shapes.entries()) {
    const tileY = Math.floor((bbox[0] + bbox[2]) / 2 / groupSidePx);
    const tileX = Math.floor((bbox[1] + bbox[3]) / 2 / groupSidePx);
    const key = `${t},${z},${tileY},${tileX}`;
    const tile = tiles.get(key);
    if (tile === undefined) {
      tiles.set(key, { t, z, box: [...bbox], rows: [row] });
      continue;
    }
    const { box } = tile;
    tile.box = [
      Math.min(box[0], bbox[0]),
      Math.min(box[1], bbox[1]),
      Math.max(box[2], bbox[2]),
      Math.max(box[3], bbox[3]),
    ];
    tile.rows.push(row);
  }
  return [...tiles.values()].sort(
    (a, b) => a.t - b.t || a.z - b.z || a.box[0] - b.box[0] || a.box[1] - b.box[1],
  );
}

function assertSize(plane: Plane, { height, width }: MeasureSettings): void {
  if (plane.height === height && plane.width === width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `The image has ${plane.height} x ${plane.width} pixels, the labels ${height} x ${width}.`,
    hint: "Measure the labels with the image they were made for.",
  });
}
