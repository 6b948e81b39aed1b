/**
 * Hills that grow downwards and meet: the tops of a plane and how far each stands out, for one connected piece after the
 * other.
 *
 * Pixels are added from the highest down, equal ones in scan order, and joined with a union-find whose roots are the
 * tops. Where hills meet, the lower one's prominence is known (of equal ones, the later in scan order is the lower).
 */

import type { Plane } from "../array/index.ts";
import { descending, type Frame, frameOf, gatherPiece, neighboursOf, roomFor } from "./framed-piece.ts";
import { forEachRunOf, type PieceList } from "./piece-list.ts";
import { ValueOrder } from "./value-order.ts";

/** States of a place that was the top of a hill. */
const isTop = 1;
const isDropped = 2;

export class Hills {
  readonly #list: PieceList;
  readonly #order: ValueOrder;
  /** By place: 0 off the piece or not yet reached, else one more than the place towards the top. 0 between pieces. */
  readonly #parents: Int32Array;
  readonly #states: Uint8Array;
  readonly #heights: Float32Array;

  constructor(list: PieceList, pieces: readonly number[]) {
    const { pixels, places } = roomFor(list, pieces);
    this.#list = list;
    this.#order = new ValueOrder(pixels);
    this.#parents = new Int32Array(places);
    this.#states = new Uint8Array(places);
    this.#heights = new Float32Array(places);
  }

  /** Adds the pixels of the piece's peaks to `peaks`. */
  findPeaks(plane: Plane<"float32">, piece: number, prominence: number, peaks: number[]): void {
    const frame = frameOf(this.#list, piece);
    const count = gatherPiece(plane, this.#list, piece, frame, descending, this.#order);
    this.#setHeights(plane, piece, frame);
    const order = this.#order.sort(count);
    growHills(
      order,
      count,
      neighboursOf(frame.width, 8),
      this.#parents,
      this.#states,
      this.#heights,
      prominence,
    );
    this.#harvest(plane.width, piece, frame, peaks);
  }

  #setHeights({ width, data }: Plane<"float32">, piece: number, frame: Frame): void {
    forEachRunOf(this.#list, piece, (y, x0, x1) => {
      const row = y * width;
      this.#heights.set(data.subarray(row + x0, row + x1), frame.origin + y * frame.width + x0);
    });
  }

  #harvest(width: number, piece: number, frame: Frame, peaks: number[]): void {
    const states = this.#states;
    const parents = this.#parents;
    forEachRunOf(this.#list, piece, (y, x0, x1) => {
      const shift = frame.origin + y * frame.width;
      for (let x = x0; x < x1; x++) {
        if (states[shift + x] === isTop) peaks.push(y * width + x);
        states[shift + x] = 0;
        parents[shift + x] = 0;
      }
    });
  }
}

/** The top of the hill a place belongs to. Shortens the way for later. */
function topOf(parents: Int32Array, place: number): number {
  let root = place;
  while ((parents[root] as number) - 1 !== root) {
    const above = parents[(parents[root] as number) - 1] as number;
    parents[root] = above;
    root = above - 1;
  }
  return root;
}

function growHills(
  order: Int32Array,
  count: number,
  neighbours: Int32Array,
  parents: Int32Array,
  states: Uint8Array,
  heights: Float32Array,
  prominence: number,
): void {
  const neighbourCount = neighbours.length;
  for (let at = 0; at < count; at++) {
    const place = order[at] as number;
    let root = -1;
    for (let k = 0; k < neighbourCount; k++) {
      const neighbour = place + (neighbours[k] as number);
      if (parents[neighbour] === 0) continue;
      const other = topOf(parents, neighbour);
      if (root === -1) root = other;
      if (other === root) continue;
      const [rise, fall] = [heights[root] as number, heights[other] as number];
      const rootStays = rise > fall || (rise === fall && root < other);
      const low = rootStays ? other : root;
      if (!rootStays) root = other;
      if ((heights[low] as number) - (heights[place] as number) <= prominence) states[low] = isDropped;
      parents[low] = root + 1;
    }
    parents[place] = (root === -1 ? place : root) + 1;
    if (root === -1) states[place] = isTop;
  }
}
