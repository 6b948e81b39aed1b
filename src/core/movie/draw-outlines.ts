/**
 * Exact labels of one frame: which cell owns each pixel, and how deep it lies in its cell.
 *
 * An outline is an ellipse bent by four harmonics, so it is known in closed form; where two overlap a pixel goes to the
 * cell in which it lies deeper, which makes a shared border. Of a cell that another one cuts in two, the larger piece
 * stays.
 */
import type { LabelImage } from "../array/index.ts";
import { bendCount, type Cell, type CellLook, lookOf } from "./cell-state.ts";
import type { MovieParams } from "./movie-params.ts";

interface DrawnCell {
  readonly cell: Cell;
  readonly look: CellLook;
  /** Pixels of the frame; may lie outside it. */
  readonly y: number;
  readonly x: number;
  readonly long: number;
  readonly short: number;
  /** Pixels it owns. */
  areaPx: number;
}

export interface DrawnFrame {
  /** 0: background, k: cell k - 1 of `drawn`. */
  readonly owners: LabelImage;
  /** Where a pixel lies in its owner: 0 at the centre, 1 on the outline. */
  readonly depth: Float32Array;
  readonly drawn: readonly DrawnCell[];
}

/** Cells far outside cannot reach into the frame; this many long axes are out of sight. */
const reachFactor = 1.6;

/** @param shift  where the view begins, micrometres. Cost: O(pixels + area of cells). */
export function drawOutlines(
  params: MovieParams,
  cells: readonly Cell[],
  shift: { readonly y: number; readonly x: number },
): DrawnFrame {
  const { height, width, mppUm } = params;
  const owners: LabelImage = { dtype: "int32", height, width, data: new Int32Array(height * width) };
  const depth = new Float32Array(height * width).fill(Infinity);
  const drawn: DrawnCell[] = [];
  for (const cell of cells) {
    const look = lookOf(cell, params);
    const place = { y: (cell.y - shift.y) / mppUm, x: (cell.x - shift.x) / mppUm };
    const reach = (reachFactor * look.long) / mppUm;
    if (place.y < -reach || place.x < -reach || place.y > height + reach || place.x > width + reach) continue;
    drawn.push({ cell, look, ...place, long: look.long / mppUm, short: look.short / mppUm, areaPx: 0 });
  }
  for (const [k, one] of drawn.entries()) fillOutline(one, k + 1, owners, depth);
  keepOnePieceEachInPlace(owners, depth, drawn);
  return { owners, depth, drawn };
}

function fillOutline(one: DrawnCell, owner: number, owners: LabelImage, depth: Float32Array): void {
  const { height, width, data } = owners;
  const { cell, look, y: cy, x: cx, long, short } = one;
  const [cos, sin] = [Math.cos(cell.angle), Math.sin(cell.angle)];
  const bends = cell.bends.map((bend) => bend * (1 - look.smooth));
  const reach = reachFactor * long + 1;
  const y1 = Math.min(height - 1, Math.floor(cy + reach));
  const x1 = Math.min(width - 1, Math.floor(cx + reach));
  for (let y = Math.max(0, Math.ceil(cy - reach)); y <= y1; y++) {
    for (let x = Math.max(0, Math.ceil(cx - reach)); x <= x1; x++) {
      const u = ((x - cx) * cos + (y - cy) * sin) / long;
      const v = ((y - cy) * cos - (x - cx) * sin) / short;
      const q = Math.sqrt(u * u + v * v);
      if (q > reachFactor) continue;
      const d = q < 1e-9 ? 0 : q / bentRadius(bends, u / q, v / q);
      const i = y * width + x;
      if (d > 1 || d >= (depth[i] as number)) continue;
      depth[i] = d;
      data[i] = owner;
    }
  }
}

/** Radius of the outline in a direction over that of its ellipse; harmonics 2 to 5 by recurrence. */
function bentRadius(bends: Float64Array, cos: number, sin: number): number {
  let [c, s] = [cos, sin];
  let factor = 1;
  for (let k = 0; k < bendCount; k += 2) {
    const next = c * cos - s * sin;
    s = s * cos + c * sin;
    c = next;
    factor += (bends[k] as number) * c + (bends[k + 1] as number) * s;
  }
  return Math.max(0.4, factor);
}

/** Of each cell the largest 4-connected piece keeps its pixels; counts them. */
function keepOnePieceEachInPlace(owners: LabelImage, depth: Float32Array, drawn: readonly DrawnCell[]): void {
  const { height, width, data } = owners;
  const seen = new Uint8Array(data.length);
  const best: (readonly number[] | undefined)[] = new Array(drawn.length);
  const rest: (readonly number[])[] = [];
  for (let start = 0; start < data.length; start++) {
    const owner = data[start] as number;
    if (owner === 0 || seen[start] === 1) continue;
    const piece = floodPiece(start, owner, data, seen, height, width);
    const held = best[owner - 1];
    if (held === undefined) best[owner - 1] = piece;
    else if (piece.length > held.length) {
      rest.push(held);
      best[owner - 1] = piece;
    } else rest.push(piece);
  }
  for (const piece of rest)
    for (const i of piece) {
      data[i] = 0;
      depth[i] = Infinity;
    }
  for (const [k, piece] of best.entries()) if (piece !== undefined) drawn[k]!.areaPx = piece.length;
}

function floodPiece(
  start: number,
  owner: number,
  data: Int32Array,
  seen: Uint8Array,
  height: number,
  width: number,
): number[] {
  const piece = [start];
  seen[start] = 1;
  const visit = (i: number): void => {
    if (data[i] !== owner || seen[i] === 1) return;
    seen[i] = 1;
    piece.push(i);
  };
  for (let k = 0; k < piece.length; k++) {
    const i = piece[k] as number;
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < (height - 1) * width) visit(i + width);
  }
  return piece;
}
