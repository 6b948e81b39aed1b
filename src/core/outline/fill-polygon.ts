/**
 * Which pixels a hand-drawn closed line holds.
 *
 * A pixel belongs to the polygon when the line winds around its centre (the non-zero rule), so a lasso that runs over
 * itself leaves no hole: the even-odd rule of files (`shapeFromRings`) would. Centres lie at whole numbers. A centre
 * exactly on an edge belongs to the side with the larger x (or y), so neighbours with a common edge share every pixel
 * out exactly once.
 */

import type { Point } from "../array/index.ts";

/** Binary window that a polygon is drawn into: pixel (y0 + row, x0 + column) is `data[row * width + column]`. */
export interface BinaryWindow {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * Marks the pixels inside a closed line; parts outside the window are left out. Changes `field`.
 *
 * @param corners  in pixels, at least three to hold anything; the last joins the first. Finite numbers.
 * Cost: O(rows crossed · log of crossings per row + pixels marked).
 */
export function fillPolygonInPlace(field: BinaryWindow, corners: readonly Point[]): void {
  const crossings = findCrossings(field, corners);
  const order: number[] = [];
  for (let row = 0; row < field.height; row++) {
    const from = crossings.start[row] as number;
    const end = crossings.start[row + 1] as number;
    if (from === end) continue;
    order.length = 0;
    for (let k = from; k < end; k++) order.push(k);
    order.sort((a, b) => (crossings.x[a] as number) - (crossings.x[b] as number));
    let winding = 0;
    for (let k = 0; k + 1 < order.length; k++) {
      winding += crossings.turn[order[k] as number] as number;
      if (winding === 0) continue;
      const first = column(crossings.x[order[k] as number] as number, field);
      const last = column(crossings.x[order[k + 1] as number] as number, field);
      if (first < last) field.data.fill(1, row * field.width + first, row * field.width + last);
    }
  }
}

/** First column of the window whose centre is at or after x. */
function column(x: number, field: BinaryWindow): number {
  return Math.min(field.width, Math.max(0, Math.ceil(x) - field.x0));
}

/** Where edges cross the centre lines of the window's rows: those of row r are `start[r]` to `start[r + 1]`. */
interface Crossings {
  readonly start: Int32Array;
  readonly x: Float64Array;
  /** +1 for an edge that runs down, -1 for one that runs up. */
  readonly turn: Int8Array;
}

function findCrossings(field: BinaryWindow, corners: readonly Point[]): Crossings {
  const start = new Int32Array(field.height + 1);
  forEachEdge(field, corners, (from, end) => {
    for (let row = from; row < end; row++) start[row + 1] = (start[row + 1] as number) + 1;
  });
  for (let row = 0; row < field.height; row++) {
    start[row + 1] = (start[row + 1] as number) + (start[row] as number);
  }
  const count = start[field.height] as number;
  const next = start.slice();
  const x = new Float64Array(count);
  const turn = new Int8Array(count);
  forEachEdge(field, corners, (from, end, top, bottom, direction) => {
    const slope = (bottom.x - top.x) / (bottom.y - top.y);
    for (let row = from; row < end; row++) {
      const at = next[row] as number;
      next[row] = at + 1;
      x[at] = top.x + (row + field.y0 - top.y) * slope;
      turn[at] = direction;
    }
  });
  return { start, x, turn };
}

/** Rows [from, end) of the window whose centre lines an edge crosses; level edges cross none. Ends go from upper to lower, so an edge walked twice crosses at the same places and cancels. */
function forEachEdge(
  field: BinaryWindow,
  corners: readonly Point[],
  visit: (from: number, end: number, top: Point, bottom: Point, direction: 1 | -1) => void,
): void {
  for (let k = 0; k < corners.length; k++) {
    const a = corners[k] as Point;
    const b = corners[(k + 1) % corners.length] as Point;
    if (a.y === b.y) continue;
    const [top, bottom] = a.y < b.y ? [a, b] : [b, a];
    const from = Math.max(0, Math.ceil(top.y) - field.y0);
    const end = Math.min(field.height, Math.ceil(bottom.y) - field.y0);
    if (from < end) visit(from, end, top, bottom, a.y < b.y ? 1 : -1);
  }
}

/** Area enclosed by a polygon without self-crossings, in square pixels (the shoelace formula); never negative. */
export function polygonArea(corners: readonly Point[]): number {
  let doubled = 0;
  for (let k = 0; k < corners.length; k++) {
    const a = corners[k] as Point;
    const b = corners[(k + 1) % corners.length] as Point;
    doubled += a.x * b.y - b.x * a.y;
  }
  return Math.abs(doubled) / 2;
}
