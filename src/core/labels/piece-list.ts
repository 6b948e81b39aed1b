/**
 * The connected pieces of a mask, each as a list of its runs.
 *
 * Floods and trees over a plane do not cross from one piece to another, so they may be done piece by piece: the result
 * is the same, and what is in use at any moment is small. Many pieces have a plain answer and need neither.
 */

import type { Mask, Plane } from "../array/index.ts";
import { findPieces, type RunPieces } from "./components.ts";

export interface PieceList extends RunPieces {
  /** Indexes of runs piece after piece, in scan order within each. */
  readonly order: Int32Array;
  /** Where each piece begins in `order`, and the end. */
  readonly starts: Int32Array;
}

/** Pieces of a mask; of the whole plane, one piece, when there is none. Cost: O(pixels), 28 bytes per run. */
export function listPieces(plane: Plane, mask: Mask | undefined, connectivity: 4 | 8): PieceList {
  const found = mask === undefined ? wholePlane(plane) : findPieces(mask, connectivity);
  const { pieceOf, count } = found;
  const starts = new Int32Array(count + 1);
  for (let r = 0; r < pieceOf.length; r++) {
    const next = (pieceOf[r] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let piece = 1; piece <= count; piece++) {
    starts[piece] = (starts[piece] as number) + (starts[piece - 1] as number);
  }
  const places = starts.slice(0, count);
  const order = new Int32Array(pieceOf.length);
  for (let r = 0; r < pieceOf.length; r++) {
    const piece = pieceOf[r] as number;
    const at = places[piece] as number;
    places[piece] = at + 1;
    order[at] = r;
  }
  return { ...found, order, starts };
}

/** Calls `visit` with row and [x0, x1) of every run of a piece, in scan order. Loops that count are written out instead. */
export function forEachRunOf(
  { runs, order, starts }: PieceList,
  piece: number,
  visit: (y: number, x0: number, x1: number) => void,
): void {
  const end = starts[piece + 1] as number;
  for (let k = starts[piece] as number; k < end; k++) {
    const r = 3 * (order[k] as number);
    visit(runs[r] as number, runs[r + 1] as number, runs[r + 2] as number);
  }
}

function wholePlane({ height, width }: Plane): RunPieces {
  if (height * width === 0) return { runs: new Int32Array(0), pieceOf: new Int32Array(0), count: 0 };
  const runs = new Int32Array(3 * height);
  for (let y = 0; y < height; y++) {
    runs[3 * y] = y;
    runs[3 * y + 2] = width;
  }
  return { runs, pieceOf: new Int32Array(height), count: 1 };
}
