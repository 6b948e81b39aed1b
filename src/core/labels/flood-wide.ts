/**
 * The flood of `watershedFromSeeds` for pieces larger than the cache: the same order and result, other memory.
 *
 * Water rises everywhere at once, so each step is far from the last and every array it touches costs a trip to memory.
 * Here level, queue and label of a pixel lie side by side at its place in the frame, where its neighbours lie too: three
 * or four trips a pixel instead of a dozen.
 */

import type { LabelImage } from "../array/index.ts";
import { type Frame, neighboursOf } from "./frame.ts";
import type { PieceBatch } from "./sorted-pieces.ts";

/** Values of a record: level (-1: off the piece or labelled), next in the queue (a record, -1 none), label, spare. */
const stride = 4;
const nextAt = 1;
const labelAt = 2;

/** Writes the labels of the batch to `out` (row-major). Memory: 16 bytes per pixel of the frame, 8 per pixel of the batch. */
export function floodWide(
  batch: PieceBatch,
  seeds: LabelImage,
  frame: Frame,
  connectivity: 4 | 8,
  out: Int32Array,
): void {
  const records = new Int32Array(stride * frame.length).fill(-1);
  /** First and last record of each level's queue. */
  const queues = new Int32Array(2 * batch.count).fill(-1);
  const { places, level, count } = batch;
  for (let pixel = 0; pixel < count; pixel++) {
    records[stride * (places[pixel] as number)] = level[pixel] as number;
  }
  plant(batch, seeds, records, queues);
  const steps = neighboursOf(frame.width, connectivity).map((step) => stride * step);
  flood(records, queues, steps, count);
  const { width } = seeds;
  let pixel = 0;
  for (let r = 3 * batch.runStart; r < 3 * batch.runEnd; r += 3) {
    const row = (batch.runs[r] as number) * width;
    const end = row + (batch.runs[r + 2] as number);
    for (let i = row + (batch.runs[r + 1] as number); i < end; i++, pixel++) {
      out[i] = Math.max(0, records[stride * (places[pixel] as number) + labelAt] as number);
    }
  }
}

/** Queues the seeds, in scan order. */
function plant(
  { runs, runStart, runEnd, places, level }: PieceBatch,
  { width, data }: LabelImage,
  records: Int32Array,
  queues: Int32Array,
): void {
  let pixel = 0;
  for (let r = 3 * runStart; r < 3 * runEnd; r += 3) {
    const row = (runs[r] as number) * width;
    const end = row + (runs[r + 2] as number);
    for (let i = row + (runs[r + 1] as number); i < end; i++, pixel++) {
      const seed = data[i] as number;
      if (seed <= 0) continue;
      const record = stride * (places[pixel] as number);
      records[record] = -1;
      records[record + labelAt] = seed;
      push(records, queues, record, level[pixel] as number);
    }
  }
}

function push(records: Int32Array, queues: Int32Array, record: number, list: number): void {
  if (queues[2 * list] === -1) queues[2 * list] = record;
  else records[(queues[2 * list + 1] as number) + nextAt] = record;
  queues[2 * list + 1] = record;
}

function flood(records: Int32Array, queues: Int32Array, steps: Int32Array, count: number): void {
  const stepCount = steps.length;
  for (let water = 0; water < count; water++) {
    for (let at = queues[2 * water] as number; at !== -1; at = records[at + nextAt] as number) {
      const label = records[at + labelAt] as number;
      for (let k = 0; k < stepCount; k++) {
        const to = at + (steps[k] as number);
        const own = records[to] as number;
        if (own < 0) continue;
        records[to] = -1;
        records[to + labelAt] = label;
        push(records, queues, to, Math.max(own, water));
      }
    }
  }
}
