/**
 * Marker-controlled watershed.
 *
 * Seeds grow over an elevation plane in order of height until basins meet. Used after deep-watershed models (the inner
 * distance flooded from its tops). Heights are ranked once, the queue is one first-in-first-out list per distinct
 * height, so the whole flood is linear and exact; nothing is quantised. Connected pieces of the mask are flooded one
 * after the other, each in a small frame of its own, which changes nothing but the use of the cache; a piece whose seeds
 * are all of one label needs no flood. A pixel below the present water level joins the present list: fronts of equal
 * height advance in turn and meet half-way, also across hollows without a seed. Ties are broken by scan order, so the
 * result does not depend on the machine. Method: Meyer's flooding.
 */

import { assertSameShape, type LabelImage, type Mask, type Plane } from "../array/index.ts";
import { descending, type Frame, frameOf, gatherPiece, neighboursOf, roomFor } from "./framed-piece.ts";
import { notANumber } from "./not-a-number.ts";
import { forEachRunOf, listPieces, type PieceList } from "./piece-list.ts";
import { ValueOrder } from "./value-order.ts";

export interface WatershedOptions {
  /** uint8 0/1, axes yx. Pixels at 0 stay background; seeds there are dropped. Default: everywhere 1. */
  readonly mask?: Mask;
  /** Which pixels are neighbours: 4 (default) or 8. */
  readonly connectivity?: 4 | 8;
  /** Which values flood first: "low" (default), or "high", as if the plane were negated. */
  readonly first?: "low" | "high";
}

/**
 * Grows every seed until it meets another seed or the edge of the mask.
 *
 * @param elevation  float32, axes yx. Low values flood first. NaN is refused (inside the mask).
 * @param seeds      int32 label image, axes yx. 0 = unassigned, k > 0 = start of object k (any number of pixels).
 * @returns int32 label image, axes yx: labels present in `seeds` only; mask pixels no seed can reach stay 0.
 * @throws FoundryError `array.shapeMismatch` if the shapes differ; `array.nan` with the first bad pixel.
 * Cost: O(pixels) time; scratch of 40 bytes per run, 24 per pixel of the largest piece with several seeds and 8 per pixel
 * of its bounding box. Deterministic.
 *
 * @example two seeds meet half-way on a flat plane: [[1, 0, 0, 0, 2]] -> [[1, 1, 1, 2, 2]]
 */
export function watershedFromSeeds(
  elevation: Plane<"float32">,
  seeds: LabelImage,
  options: WatershedOptions = {},
): LabelImage {
  assertSameShape(elevation, seeds, "Watershed needs seeds of the size of its elevation");
  const { mask, connectivity = 4, first = "low" } = options;
  if (mask !== undefined)
    assertSameShape(elevation, mask, "Watershed needs a mask of the size of its elevation");
  const { height, width } = elevation;
  const list = listPieces(elevation, mask, connectivity);
  const seeded = findSeeded(elevation, seeds, list);
  const out = new Int32Array(height * width);
  const shared: number[] = [];
  for (let piece = 0; piece < list.count; piece++) {
    const label = seeded.only[piece] as number;
    if (label > 0) fillPiece(out, width, list, piece, label);
    else if (label < 0) shared.push(piece);
  }
  const flood = new Flood(list, shared, connectivity, first);
  for (const piece of shared) flood.run(elevation, seeds, seeded.spans, piece, out);
  return { dtype: "int32", height, width, data: out };
}

interface Seeded {
  /** By piece: the label of its seeds when there is one only, 0 when there is none, -1 when there are several. */
  readonly only: Int32Array;
  /**
   * Three numbers per run: x of its first seed pixel, of the one behind its last, and their label when all between are of
   * one, else 0. A flood then need not go back to the plane of seeds, which has left the cache.
   */
  readonly spans: Int32Array;
}

/** Looks once at every pixel of the pieces, in scan order. */
function findSeeded(
  { data }: Plane<"float32">,
  seeds: LabelImage,
  { runs, pieceOf, count }: PieceList,
): Seeded {
  const only = new Int32Array(count);
  const spans = new Int32Array(3 * pieceOf.length);
  let broken = -1;
  for (let r = 0; r < pieceOf.length; r++) {
    const row = (runs[3 * r] as number) * seeds.width;
    const stop = row + (runs[3 * r + 2] as number);
    let label = only[pieceOf[r] as number] as number;
    let first = stop;
    let last = stop - 1;
    let held = 0;
    for (let i = row + (runs[3 * r + 1] as number); i < stop; i++) {
      if (Number.isNaN(data[i] as number) && broken === -1) broken = i;
      const seed = seeds.data[i] as number;
      if (seed <= 0) continue;
      if (first === stop) {
        first = i;
        held = seed;
      } else if (seed !== held || last !== i - 1) held = 0;
      last = i;
      if (seed !== label) label = label === 0 ? seed : -1;
    }
    spans[3 * r] = first - row;
    spans[3 * r + 1] = last + 1 - row;
    spans[3 * r + 2] = held;
    only[pieceOf[r] as number] = label;
  }
  if (broken !== -1) throw notANumber(broken);
  return { only, spans };
}

function fillPiece(out: Int32Array, width: number, list: PieceList, piece: number, label: number): void {
  forEachRunOf(list, piece, (y, x0, x1) => {
    const stop = y * width + x1;
    // Most runs are too short for `fill` to be worth its call.
    for (let i = y * width + x0; i < stop; i++) out[i] = label;
  });
}

/** Of a place off the piece; a pixel of the piece has its level (0 and up) until it has a label, then -1 - label. */
const dry = -1;

/**
 * Floods pieces one after the other.
 *
 * Two values per place lie side by side: the level or label, and the next place in the queue (-1: none), so that a step
 * to a neighbour costs one trip to memory. Between pieces all levels are `dry`.
 */
class Flood {
  readonly #list: PieceList;
  readonly #order: ValueOrder;
  readonly #records: Int32Array;
  /** First and last record of each level's queue. */
  readonly #queues: Int32Array;
  readonly #connectivity: 4 | 8;
  readonly #flip: number;

  constructor(list: PieceList, pieces: readonly number[], connectivity: 4 | 8, first: "low" | "high") {
    const { pixels, places } = roomFor(list, pieces);
    this.#list = list;
    this.#order = new ValueOrder(pixels);
    this.#records = new Int32Array(2 * places).fill(dry);
    this.#queues = new Int32Array(2 * pixels);
    this.#connectivity = connectivity;
    this.#flip = first === "low" ? 0 : descending;
  }

  /** Writes the labels of a piece to `out`. */
  run(
    elevation: Plane<"float32">,
    seeds: LabelImage,
    spans: Int32Array,
    piece: number,
    out: Int32Array,
  ): void {
    const frame = frameOf(this.#list, piece);
    const count = gatherPiece(elevation, this.#list, piece, frame, this.#flip, this.#order);
    const levels = this.#order.rank(count, this.#records, 2);
    this.#queues.fill(-1, 0, 2 * levels);
    plant(seeds, spans, this.#list, piece, frame, this.#records, this.#queues);
    const steps = neighboursOf(frame.width, this.#connectivity).map((step) => 2 * step);
    flood(this.#records, this.#queues, steps, levels);
    harvest(this.#list, piece, frame, this.#records, seeds.width, out);
  }
}

/** Queues the seeds, in scan order. */
function plant(
  { width, data }: LabelImage,
  spans: Int32Array,
  { runs, order, starts }: PieceList,
  piece: number,
  frame: Frame,
  records: Int32Array,
  queues: Int32Array,
): void {
  const end = starts[piece + 1] as number;
  for (let k = starts[piece] as number; k < end; k++) {
    const run = order[k] as number;
    const y = runs[3 * run] as number;
    const stop = spans[3 * run + 1] as number;
    const held = spans[3 * run + 2] as number;
    for (let x = spans[3 * run] as number; x < stop; x++) {
      const seed = held !== 0 ? held : (data[y * width + x] as number);
      if (seed <= 0) continue;
      const at = 2 * (frame.origin + y * frame.width + x);
      const level = records[at] as number;
      records[at] = -1 - seed;
      push(records, queues, at, level);
    }
  }
}

function push(records: Int32Array, queues: Int32Array, at: number, level: number): void {
  if (queues[2 * level] === -1) queues[2 * level] = at;
  else records[(queues[2 * level + 1] as number) + 1] = at;
  queues[2 * level + 1] = at;
}

function flood(records: Int32Array, queues: Int32Array, steps: Int32Array, levels: number): void {
  const stepCount = steps.length;
  for (let water = 0; water < levels; water++) {
    for (let at = queues[2 * water] as number; at !== -1; at = records[at + 1] as number) {
      const label = records[at] as number;
      for (let k = 0; k < stepCount; k++) {
        const to = at + (steps[k] as number);
        const own = records[to] as number;
        if (own < 0) continue;
        records[to] = label;
        push(records, queues, to, Math.max(own, water));
      }
    }
  }
}

/** Carries the labels of a piece to the plane and leaves its frame dry. */
function harvest(
  { runs, order, starts }: PieceList,
  piece: number,
  frame: Frame,
  records: Int32Array,
  width: number,
  out: Int32Array,
): void {
  const end = starts[piece + 1] as number;
  for (let k = starts[piece] as number; k < end; k++) {
    const r = 3 * (order[k] as number);
    const row = (runs[r] as number) * width;
    const stop = row + (runs[r + 2] as number);
    let at = 2 * (frame.origin + (runs[r] as number) * frame.width + (runs[r + 1] as number));
    for (let i = row + (runs[r + 1] as number); i < stop; i++, at += 2) {
      out[i] = -1 - (records[at] as number);
      records[at] = dry;
      records[at + 1] = dry;
    }
  }
}
