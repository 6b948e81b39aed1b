/**
 * The polygons that a star-convex network proposes: in which order they are taken, which lie near one, and the box of each.
 *
 * Candidates are looked for through blocks of grid points that know their greatest radius; boxes let most pairs of
 * polygons be told apart without drawing either.
 */

import { type PackedRays, packRays } from "./packed-rays.ts";
import { rayDirections, type StarTargets } from "./star-polygon-targets.ts";
import type { StarPolygonParams } from "./star-polygons.ts";
import { ValueOrder } from "./value-order.ts";

/** Side in grid points of the blocks that candidates are looked for in. */
const blockSide = 32;

/** Offsets of a box that do not fit are kept as this, which stands for no bound. */
const unbounded = 2 ** 15 - 1;

export class StarCandidates {
  /** Grid points above the threshold, most probable first, ties in scan order. */
  readonly byProbability: Int32Array;
  /** 1 at grid points that propose nothing, or nothing any more. */
  readonly dead: Uint8Array;
  readonly rays: PackedRays;
  readonly #radius: Float32Array;
  readonly #blockRadius: Float32Array;
  readonly #radiusMax: number;
  /** Top, left, bottom, right of each polygon around its grid point, pixels; the box holds each of its pixels. */
  readonly #boxes: Int16Array;
  readonly #grid: number;
  readonly #width: number;
  readonly #height: number;
  readonly #columns: number;

  constructor(maps: StarTargets, params: StarPolygonParams) {
    const { probability, grid } = maps;
    const { height, width, data } = probability;
    const size = height * width;
    this.#grid = grid;
    [this.#height, this.#width] = [height, width];
    this.dead = new Uint8Array(size).fill(1);
    this.#radius = new Float32Array(size);
    this.#boxes = new Int16Array(4 * size);
    this.#columns = Math.ceil(width / blockSide);
    this.#blockRadius = new Float32Array(this.#columns * Math.ceil(height / blockSide));
    const edge = params.edgePoints;
    let count = 0;
    for (let y = edge; y < height - edge; y++) {
      for (let x = edge, at = y * width + edge; x < width - edge; x++, at++) {
        if (!((data[at] as number) > params.probabilityThreshold)) continue;
        this.dead[at] = 0;
        count++;
      }
    }
    this.byProbability = sortByProbability(data, this.dead, count);
    this.rays = packRays(maps, this.dead, count);
    this.#measure(maps);
    this.#radiusMax = this.#blockRadius.reduce((most, radius) => Math.max(most, radius), 0);
  }

  /** Radii and boxes of all candidates. */
  #measure({ rays, grid }: StarTargets): void {
    const width = this.#width;
    const { lengths, starts } = this.rays;
    const [dy, dx] = rayDirections(rays);
    const { dead } = this;
    const boxes = this.#boxes;
    for (let at = 0; at < dead.length; at++) {
      if (dead[at] !== 0) continue;
      let [radius, top, left, bottom, right] = [0, 0, 0, 0, 0];
      for (let k = 0, from = starts[at]!; k < rays; k++, from++) {
        const distance = lengths[from]!;
        if (distance > radius) radius = distance;
        const y = distance * dy[k]!;
        const x = distance * dx[k]!;
        if (y < top) top = y;
        else if (y > bottom) bottom = y;
        if (x < left) left = x;
        else if (x > right) right = x;
      }
      // In grid points, rounded up so that nothing near is missed.
      const reach = radius / grid + 1;
      this.#radius[at] = reach;
      // Crossings between vertices may lie beyond them by a rounding, so columns get one more.
      boxes[4 * at] = offset(Math.floor(top));
      boxes[4 * at + 1] = offset(Math.floor(left) - 1);
      boxes[4 * at + 2] = offset(Math.floor(bottom) + 1);
      boxes[4 * at + 3] = offset(Math.floor(right) + 2);
      const block = Math.floor(at / width / blockSide) * this.#columns + Math.floor((at % width) / blockSide);
      if (this.#radius[at]! > this.#blockRadius[block]!) this.#blockRadius[block] = this.#radius[at]!;
    }
  }

  /**
   * How many pixels of some runs lie in the box of a candidate: no polygon shares more with them.
   *
   * @param runs  three numbers each: row, x0, x1 (half-open); rows ascending.
   */
  pixelsInBox(at: number, runs: Int32Array, runCount: number): number {
    const boxes = this.#boxes;
    const column = at % this.#width;
    const cy = ((at - column) / this.#width) * this.#grid;
    const cx = column * this.#grid;
    const top = bounded(cy, boxes[4 * at]!);
    const left = bounded(cx, boxes[4 * at + 1]!);
    const bottom = bounded(cy, boxes[4 * at + 2]!);
    const right = bounded(cx, boxes[4 * at + 3]!);
    let shared = 0;
    for (let r = 0; r < 3 * runCount; r += 3) {
      const row = runs[r]!;
      if (row < top) continue;
      if (row >= bottom) break;
      const x0 = Math.max(runs[r + 1]!, left);
      const x1 = Math.min(runs[r + 2]!, right);
      if (x1 > x0) shared += x1 - x0;
    }
    return shared;
  }

  /** Calls `visit` with each living candidate whose polygon may touch that of `at`; `at` itself left out. */
  forEachNear(at: number, visit: (other: number) => void): void {
    const width = this.#width;
    const [x, y] = [at % width, Math.floor(at / width)];
    const reach = this.#radius[at] as number;
    const far = reach + this.#radiusMax;
    const start = (centre: number): number => Math.max(0, Math.floor((centre - far) / blockSide)) * blockSide;
    const [bottom, right] = [Math.min(this.#height, y + far + 1), Math.min(width, x + far + 1)];
    for (let top = start(y); top < bottom; top += blockSide) {
      for (let left = start(x); left < right; left += blockSide) {
        const block = (top / blockSide) * this.#columns + left / blockSide;
        const limit = reach + (this.#blockRadius[block] as number);
        const dy = Math.max(top - y, 0, y - top - blockSide + 1);
        const dx = Math.max(left - x, 0, x - left - blockSide + 1);
        if (this.#blockRadius[block] === 0 || dy * dy + dx * dx > limit * limit) continue;
        this.#visitBlock(top, left, { x, y, at, reach }, visit);
      }
    }
  }

  #visitBlock(
    top: number,
    left: number,
    from: { readonly x: number; readonly y: number; readonly at: number; readonly reach: number },
    visit: (other: number) => void,
  ): void {
    const { dead } = this;
    const radius = this.#radius;
    const block = (top / blockSide) * this.#columns + left / blockSide;
    const far = Math.ceil(from.reach + this.#blockRadius[block]!);
    const bottom = Math.min(this.#height, top + blockSide, from.y + far + 1);
    const right = Math.min(this.#width, left + blockSide, from.x + far + 1);
    const start = Math.max(left, from.x - far);
    for (let y = Math.max(top, from.y - far); y < bottom; y++) {
      const dy2 = (y - from.y) ** 2;
      for (let x = start, other = y * this.#width + start; x < right; x++, other++) {
        if (dead[other] !== 0 || other === from.at) continue;
        const limit = from.reach + radius[other]!;
        const dx = x - from.x;
        if (dy2 + dx * dx <= limit * limit) visit(other);
      }
    }
  }
}

const offset = (value: number): number => Math.max(-unbounded, Math.min(unbounded, value));

function bounded(centre: number, offsetOfBox: number): number {
  if (offsetOfBox === unbounded) return Number.POSITIVE_INFINITY;
  return offsetOfBox === -unbounded ? Number.NEGATIVE_INFINITY : centre + offsetOfBox;
}

/** Living grid points, highest value first, equal ones in scan order. */
function sortByProbability(data: Float32Array, dead: Uint8Array, count: number): Int32Array {
  if (count === 0) return new Int32Array(0);
  const order = new ValueOrder(count);
  const values = new Float32Array(1);
  const bits = new Uint32Array(values.buffer);
  for (let at = 0, k = 0; k < count; at++) {
    if (dead[at] !== 0) continue;
    // Zero has two signs and one value.
    values[0] = data[at]! + 0;
    const own = bits[0]!;
    // Bits of floats rise with positive values and fall with negative ones; the highest is to come first.
    order.keys[k] = own >= 2 ** 31 ? own : ~own & 0x7fffffff;
    order.places[k++] = at;
  }
  return order.sort(count).slice(0, count);
}
