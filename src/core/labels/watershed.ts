/**
 * Marker-controlled watershed.
 *
 * Seeds grow over an elevation plane in order of height until basins meet. Used after deep-watershed models
 * (elevation = -innerDistance). Pixels are ranked once by a radix sort, the queue is one first-in-first-out bucket per
 * distinct height, so the whole flood is linear and exact; nothing is quantised. Pieces of the mask that do not touch
 * are flooded one after the other, which changes nothing but the use of the cache. A pixel below the present water level
 * joins the present bucket: fronts of equal height advance in turn and meet half-way, also across hollows without a
 * seed. A piece whose seeds are all of one label needs no flood. Ties are broken by scan order, so the result does not depend on the machine. Method: Meyer's flooding.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { floodWide } from "./flood-wide.ts";
import { neighboursOf } from "./frame.ts";
import { assertNumbers, type PieceBatch, sortedPieces } from "./sorted-pieces.ts";

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
 * Cost: O(pixels) time; scratch of 4 bytes per pixel and 36 per pixel of the largest piece of the mask. Deterministic.
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
  assertNumbers(elevation, mask);
  const out = new Int32Array(height * width);
  const pieces = sortedPieces(elevation, mask, connectivity, (runs, runStart, runEnd) => {
    const only = onlySeed(seeds, runs, runStart, runEnd);
    if (only > 0) fillRuns(out, width, runs, runStart, runEnd, only);
    return only >= 0;
  });
  const flood = makeFlood(
    Math.min(compactPixelsMax, pieces.countMax),
    pieces.member,
    neighboursOf(pieces.frame.width, connectivity),
  );
  pieces.forEach((batch) => {
    if (batch.count > compactPixelsMax) {
      floodWide(batch, seeds, pieces.frame, connectivity, out);
      return;
    }
    flood.plant(batch, seeds);
    const labels = flood.run(batch);
    const { runs, runStart, runEnd } = batch;
    let pixel = 0;
    for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
      const row = (runs[r] as number) * width;
      const end = row + (runs[r + 2] as number);
      for (let i = row + (runs[r + 1] as number); i < end; i++, pixel++) out[i] = labels[pixel] as number;
    }
  });
  return { dtype: "int32", height, width, data: out };
}

/** The label of a piece's seeds when there is one only; 0 when there is none, -1 when there are several. */
function onlySeed({ width, data }: LabelImage, runs: Int32Array, runStart: number, runEnd: number): number {
  let only = 0;
  for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
    const row = (runs[r] as number) * width;
    const end = row + (runs[r + 2] as number);
    for (let i = row + (runs[r + 1] as number); i < end; i++) {
      const seed = data[i] as number;
      if (seed <= 0 || seed === only) continue;
      if (only !== 0) return -1;
      only = seed;
    }
  }
  return only;
}

function fillRuns(
  out: Int32Array,
  width: number,
  runs: Int32Array,
  runStart: number,
  runEnd: number,
  label: number,
): void {
  for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
    const row = (runs[r] as number) * width;
    const end = row + (runs[r + 2] as number);
    for (let i = row + (runs[r + 1] as number); i < end; i++) out[i] = label;
  }
}

/** Up to here a batch's arrays fit the cache of a core (24 bytes per pixel); above, `floodWide` is quicker. */
const compactPixelsMax = 2 ** 16;

/** Instead of its number, at a pixel that has its label. */
const taken = -1;

interface Flood {
  /** Queues the seeds of a batch. */
  plant(batch: PieceBatch, seeds: LabelImage): void;
  /** Label of each pixel of the batch. Valid until the next call. */
  run(batch: PieceBatch): Int32Array;
}

/** One first-in-first-out list per level, threaded through the pixels of the batch: each pixel is queued once. */
function makeFlood(capacity: number, member: Int32Array, neighbours: Int32Array): Flood {
  const labels = new Int32Array(capacity);
  const head = new Int32Array(capacity);
  const tail = new Int32Array(capacity);
  const next = new Int32Array(capacity);
  return {
    plant: ({ count, level, places, runs, runStart, runEnd }, { width, data }) => {
      labels.fill(0, 0, count);
      head.fill(-1, 0, count);
      let pixel = 0;
      for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
        const row = (runs[r] as number) * width;
        const end = row + (runs[r + 2] as number);
        for (let i = row + (runs[r + 1] as number); i < end; i++, pixel++) {
          const seed = data[i] as number;
          if (seed <= 0) continue;
          member[places[pixel] as number] = taken;
          const list = level[pixel] as number;
          labels[pixel] = seed;
          next[pixel] = -1;
          if (head[list] === -1) head[list] = pixel;
          else next[tail[list] as number] = pixel;
          tail[list] = pixel;
        }
      }
    },
    run: (batch) => {
      flood(batch, member, neighbours, labels, head, tail, next);
      return labels;
    },
  };
}

function flood(
  { count, places, level }: PieceBatch,
  member: Int32Array,
  neighbours: Int32Array,
  labels: Int32Array,
  head: Int32Array,
  tail: Int32Array,
  next: Int32Array,
): void {
  const neighbourCount = neighbours.length;
  for (let water = 0; water < count; water++) {
    for (let pixel = head[water] as number; pixel !== -1; pixel = next[pixel] as number) {
      const label = labels[pixel] as number;
      const place = places[pixel] as number;
      for (let k = 0; k < neighbourCount; k++) {
        const to = member[place + (neighbours[k] as number)] as number;
        if (to < 0) continue;
        member[place + (neighbours[k] as number)] = taken;
        labels[to] = label;
        // The queue's push, written out: this is the innermost line of the program.
        const list = Math.max(level[to] as number, water);
        next[to] = -1;
        if (head[list] === -1) head[list] = to;
        else next[tail[list] as number] = to;
        tail[list] = to;
      }
    }
  }
}
