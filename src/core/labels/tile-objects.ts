/**
 * The objects of one label tile as the stitcher needs them: extent, anchor, whether they are seen whole, and what is
 * painted already where they lie. Everything in coordinates of the whole plane; one scan of the tile.
 */

import type { BoundingBox, LabelImage, Point } from "../array/index.ts";
import { indexLabels } from "./label-index.ts";
import type { Canvas, LabelTile } from "./stitch-labels.ts";

export interface TileObjects {
  readonly count: number;
  /** Labels of the tile, ascending. */
  readonly labels: Int32Array;
  box(k: number): BoundingBox;
  /** Pixel that holds the centroid: the same in every tile that sees the same object, and in one core only. */
  anchor(k: number): Point;
  /** False when the object touches a side of the window behind which the plane goes on. */
  isWhole(k: number): boolean;
  area(k: number): number;
  /** Pixels in the tile's core. */
  coreArea(k: number): number;
  /** Pixels in cores that came before. */
  earlierArea(k: number): number;
  /** Numbers painted where object k lies, with their shared pixels. */
  overlaps(k: number): ReadonlyMap<number, number>;
  /** Pixels of a number in this window before the tile was painted. */
  paintedArea(id: number): number;
  /** Paints the free pixels of object k (of its part in the core only, when asked); returns how many. */
  paintInPlace(k: number, id: number, coreOnly: boolean): number;
}

interface Part {
  /** Labels of the window inside the plane. */
  readonly labels: LabelImage;
  readonly y0: number;
  readonly x0: number;
}

/** Cost: O(pixels of the window). */
export function viewTile(tile: LabelTile, height: number, width: number, canvas: Canvas): TileObjects {
  const part = clip(tile, height, width);
  const { labels, y0, x0 } = part;
  const index = indexLabels(labels);
  const count = index.labels.length;
  const sums = new Float64Array(2 * count);
  const coreAreas = new Int32Array(count);
  const earlierAreas = new Int32Array(count);
  const paintedAreas = new Map<number, number>();
  const overlaps = new Map<number, Map<number, number>>();
  const [coreY0, coreX0, coreY1, coreX1] = tile.core;
  for (let row = 0; row < labels.height; row++) {
    const y = y0 + row;
    const source = row * labels.width;
    const target = (y - canvas.y0) * width + x0;
    const rowState = y < coreY0 ? -1 : y < coreY1 ? 0 : 1;
    for (let x = 0; x < labels.width; ) {
      const label = labels.data[source + x] as number;
      const id = canvas.data[target + x] as number;
      const start = x++;
      while (x < labels.width && labels.data[source + x] === label && canvas.data[target + x] === id) x++;
      const length = x - start;
      if (id !== 0) paintedAreas.set(id, (paintedAreas.get(id) ?? 0) + length);
      if (label <= 0) continue;
      const k = index.indexOf(label);
      sums[2 * k] = (sums[2 * k] as number) + y * length;
      sums[2 * k + 1] = (sums[2 * k + 1] as number) + (length * (2 * (x0 + start) + length - 1)) / 2;
      const before = clamp(coreX0 - x0 - start, 0, length);
      const inside = clamp(coreX1 - x0 - start, 0, length) - before;
      if (rowState === 0) coreAreas[k] = (coreAreas[k] as number) + inside;
      const earlier = rowState < 0 ? length : rowState === 0 ? before : 0;
      earlierAreas[k] = (earlierAreas[k] as number) + earlier;
      if (id !== 0) addShared(overlaps, k, id, length);
    }
  }
  const box = (k: number): BoundingBox => {
    const at = 4 * k;
    const { boxes } = index;
    return [
      y0 + (boxes[at] as number),
      x0 + (boxes[at + 1] as number),
      y0 + (boxes[at + 2] as number),
      x0 + (boxes[at + 3] as number),
    ];
  };
  return {
    count,
    labels: index.labels,
    box,
    anchor: (k) => ({
      y: Math.floor((sums[2 * k] as number) / (index.areas[k] as number)),
      x: Math.floor((sums[2 * k + 1] as number) / (index.areas[k] as number)),
    }),
    isWhole: (k) => {
      const [top, left, bottom, right] = box(k);
      const [endY, endX] = [y0 + labels.height, x0 + labels.width];
      return (
        (top > y0 || y0 === 0) &&
        (left > x0 || x0 === 0) &&
        (bottom < endY || endY === height) &&
        (right < endX || endX === width)
      );
    },
    area: (k) => index.areas[k] as number,
    coreArea: (k) => coreAreas[k] as number,
    earlierArea: (k) => earlierAreas[k] as number,
    overlaps: (k) => overlaps.get(k) ?? none,
    paintedArea: (id) => paintedAreas.get(id) ?? 0,
    paintInPlace: (k, id, coreOnly) => {
      const all = box(k);
      const limits = coreOnly ? intersect(all, tile.core) : all;
      return paintInPlace(part, canvas, index.labels[k] as number, id, limits);
    },
  };
}

const none: ReadonlyMap<number, number> = new Map();

function addShared(into: Map<number, Map<number, number>>, k: number, id: number, length: number): void {
  let ids = into.get(k);
  if (ids === undefined) {
    ids = new Map();
    into.set(k, ids);
  }
  ids.set(id, (ids.get(id) ?? 0) + length);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function intersect(a: BoundingBox, b: BoundingBox): BoundingBox {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

/** The part of the tile's labels that lies inside the plane; the tile's own array when that is all. */
function clip({ window, labels }: LabelTile, height: number, width: number): Part {
  const [y0, x0] = [Math.max(0, window[0]), Math.max(0, window[1])];
  const [y1, x1] = [Math.min(height, window[2]), Math.min(width, window[3])];
  if (y1 - y0 === labels.height && x1 - x0 === labels.width) return { labels, y0, x0 };
  const data = new Int32Array((y1 - y0) * (x1 - x0));
  for (let y = y0; y < y1; y++) {
    const from = (y - window[0]) * labels.width - window[1];
    data.set(labels.data.subarray(from + x0, from + x1), (y - y0) * (x1 - x0));
  }
  return { labels: { dtype: "int32", height: y1 - y0, width: x1 - x0, data }, y0, x0 };
}

function paintInPlace(part: Part, canvas: Canvas, label: number, id: number, box: BoundingBox): number {
  const [top, left, bottom, right] = box;
  let painted = 0;
  for (let y = top; y < bottom; y++) {
    const source = (y - part.y0) * part.labels.width - part.x0;
    const target = (y - canvas.y0) * canvas.width;
    for (let x = left; x < right; x++) {
      if (part.labels.data[source + x] !== label || canvas.data[target + x] !== 0) continue;
      canvas.data[target + x] = id;
      painted++;
    }
  }
  return painted;
}
