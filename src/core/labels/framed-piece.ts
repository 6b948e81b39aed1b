/**
 * One piece of a mask laid out in a frame of its own, as small as its bounding box: inner loops need no check of edges,
 * all neighbours of a pixel lie near it, and usual pieces fit the cache whatever the size of the image.
 *
 * A place is an index in the frame. Places ascend in scan order. The layout is reused from piece to piece.
 */

import type { Plane } from "../array/index.ts";
import { forEachRunOf, type PieceList } from "./piece-list.ts";

export interface Frame {
  /** Step from row to row. */
  readonly width: number;
  /** Place of the plane's pixel (0, 0), were the frame to reach that far: that of (y, x) is `origin + y * width + x`. */
  readonly origin: number;
  /** Places in all. */
  readonly places: number;
}

/** The bounding box of a piece with one more pixel on each side. Cost: O(runs). */
export function frameOf(list: PieceList, piece: number): Frame {
  let left = Infinity;
  let right = 0;
  let top = Infinity;
  let bottom = 0;
  forEachRunOf(list, piece, (y, x0, x1) => {
    left = Math.min(left, x0);
    right = Math.max(right, x1);
    top = Math.min(top, y);
    bottom = y;
  });
  const width = right - left + 2;
  return { width, origin: (1 - top) * width + 1 - left, places: (bottom - top + 3) * width };
}

/** Pixels of the largest of some pieces, and places of the largest frame. Cost: O(runs). */
export function roomFor(
  list: PieceList,
  pieces: readonly number[],
): { readonly pixels: number; readonly places: number } {
  let pixels = 0;
  let places = 0;
  for (const piece of pieces) {
    let area = 0;
    forEachRunOf(list, piece, (_, x0, x1) => {
      area += x1 - x0;
    });
    pixels = Math.max(pixels, area);
    places = Math.max(places, frameOf(list, piece).places);
  }
  return { pixels, places };
}

/** Steps from a place to its neighbours: up, left, right, down, then the corners. */
export function neighboursOf(width: number, connectivity: 4 | 8): Int32Array {
  const sides = [-width, -1, 1, width];
  const corners = [-width - 1, -width + 1, width - 1, width + 1];
  return Int32Array.from(connectivity === 8 ? [...sides, ...corners] : sides);
}

/**
 * Writes the sort key (see `ValueOrder`) and the place of each pixel of a piece, in scan order; returns how many.
 *
 * @param flip  0 to sort values ascending, `descending` for the other way.
 */
export function gatherPiece(
  { width, data }: Plane<"float32">,
  { runs, order, starts }: PieceList,
  piece: number,
  frame: Frame,
  flip: number,
  { keys, places }: { readonly keys: Uint32Array; readonly places: Int32Array },
): number {
  const patterns = new Int32Array(data.buffer, data.byteOffset, data.length);
  const end = starts[piece + 1] as number;
  let n = 0;
  for (let k = starts[piece] as number; k < end; k++) {
    const r = 3 * (order[k] as number);
    const row = (runs[r] as number) * width;
    const stop = row + (runs[r + 2] as number);
    const shift = frame.origin + (runs[r] as number) * frame.width - row;
    for (let i = row + (runs[r + 1] as number); i < stop; i++, n++) {
      const bits = (patterns[i] as number) ^ flip;
      // Negative numbers are turned round, positive ones put above them; -0 is taken for 0.
      keys[n] = bits < 0 && bits !== signBit ? ~bits : bits | signBit;
      places[n] = i + shift;
    }
  }
  return n;
}

/** The sign of a float32 as an int32. */
const signBit = 1 << 31;

/** Turns ascending order of values into descending. */
export const descending = signBit;
