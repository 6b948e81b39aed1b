/**
 * Marker-controlled watershed.
 *
 * Seeds grow over an elevation plane in order of height until basins meet. Used after deep-watershed models
 * (elevation = -innerDistance). Pixels are ranked once by a radix sort, the queue is one first-in-first-out bucket per
 * distinct height, so the whole flood is linear and exact; nothing is quantised. Pieces of the mask that do not touch
 * are flooded one after the other, which changes nothing but the use of the cache. A pixel below the present water level
 * joins the present bucket: fronts of equal height advance in turn and meet half-way, also across hollows without a
 * seed. Ties are broken by scan order, so the result does not depend on the machine. Method: Meyer's flooding.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { type Frame, framedIndex, frameOf, neighboursOf } from "./frame.ts";
import { pixelsByPieceAndValue } from "./pixel-order.ts";

export interface WatershedOptions {
  /** uint8 0/1, axes yx. Pixels at 0 stay background; seeds there are dropped. Default: everywhere 1. */
  readonly mask?: Mask;
  /** Which pixels are neighbours: 4 (default) or 8. */
  readonly connectivity?: 4 | 8;
}

/**
 * Grows every seed until it meets another seed or the edge of the mask.
 *
 * @param elevation  float32, axes yx. Low values flood first. NaN is refused (inside the mask).
 * @param seeds      int32 label image, axes yx. 0 = unassigned, k > 0 = start of object k (any number of pixels).
 * @returns int32 label image, axes yx: labels present in `seeds` only; mask pixels no seed can reach stay 0.
 * @throws FoundryError `array.shapeMismatch` if the shapes differ; `array.nan` with the first bad pixel.
 * Cost: O(pixels) time, about 50 bytes per pixel of scratch. Deterministic.
 *
 * @example two seeds meet half-way on a flat plane: [[1, 0, 0, 0, 2]] -> [[1, 1, 1, 2, 2]]
 */
export function watershedFromSeeds(
  elevation: Plane<"float32">,
  seeds: LabelImage,
  options: WatershedOptions = {},
): LabelImage {
  assertSameShape(elevation, seeds, "Watershed needs seeds of the size of its elevation");
  const { mask, connectivity = 4 } = options;
  if (mask !== undefined)
    assertSameShape(elevation, mask, "Watershed needs a mask of the size of its elevation");
  const { height, width } = elevation;
  const frame = frameOf(height, width);
  const order = pixelsByPieceAndValue(elevation.data, mask, connectivity);
  const rank = rankPixels(elevation.data, order, frame);
  const labels = new Int32Array(rank.length);
  const queue = new RankQueue(rank.length, order.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const seed = seeds.data[i] as number;
      const pixel = frame.first + y * frame.width + x;
      if (seed <= 0 || (rank[pixel] as number) < 0) continue;
      labels[pixel] = seed;
      queue.push(pixel, rank[pixel] as number);
      rank[pixel] = taken;
    }
  }
  flood(labels, rank, queue, neighboursOf(frame.width, connectivity));
  const out = new Int32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = frame.first + y * frame.width;
    out.set(labels.subarray(row, row + width), y * width);
  }
  return { dtype: "int32", height, width, data: out };
}

/** Rank of a pixel that is off the mask or already labelled. */
const taken = -1;

/**
 * Position of each pixel's value in the order, in the frame; equal values of one piece share the first position.
 * The order keeps pieces together, so the ranks of one piece never lie between those of another.
 */
function rankPixels(values: Float32Array, order: Int32Array, frame: Frame): Int32Array {
  const rank = new Int32Array(frame.length).fill(taken);
  let level = 0;
  let last = Number.NaN;
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    const value = values[i] as number;
    if (value !== last) level = k;
    last = value;
    rank[framedIndex(frame, i)] = level;
  }
  return rank;
}

/** One first-in-first-out list per rank, threaded through the pixels: each pixel is queued once. */
class RankQueue {
  readonly head: Int32Array;
  readonly tail: Int32Array;
  readonly next: Int32Array;

  constructor(pixels: number, ranks: number) {
    this.head = new Int32Array(ranks).fill(-1);
    this.tail = new Int32Array(ranks);
    this.next = new Int32Array(pixels);
  }

  push(pixel: number, rank: number): void {
    this.next[pixel] = -1;
    if (this.head[rank] === -1) this.head[rank] = pixel;
    else this.next[this.tail[rank] as number] = pixel;
    this.tail[rank] = pixel;
  }
}

function flood(labels: Int32Array, rank: Int32Array, queue: RankQueue, neighbours: Int32Array): void {
  const { head, tail, next } = queue;
  for (let level = 0; level < head.length; level++) {
    for (let pixel = head[level] as number; pixel !== -1; pixel = next[pixel] as number) {
      const label = labels[pixel] as number;
      for (let k = 0; k < neighbours.length; k++) {
        const to = pixel + (neighbours[k] as number);
        const own = rank[to] as number;
        if (own < 0) continue;
        rank[to] = taken;
        labels[to] = label;
        // The queue's push, written out: this is the innermost line of the program.
        const at = Math.max(own, level);
        next[to] = -1;
        if (head[at] === -1) head[at] = to;
        else next[tail[at] as number] = to;
        tail[at] = to;
      }
    }
  }
}
