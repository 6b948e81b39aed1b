/**
 * Connected pieces of equal value, found over runs instead of pixels.
 *
 * Works for masks and label images alike: two pixels belong together when they have the same value and touch. So it
 * also tells objects of one label apart that lie in several pieces.
 */

import type { LabelImage, Mask } from "../array/index.ts";
import { gapRuns, objectRuns, paintRuns, type RowRuns } from "./row-runs.ts";

/** Runs of one image and the piece each belongs to; the common ground of labelling and hole filling. */
export interface RunPieces {
  /** Three numbers per run: row, x0, x1. */
  readonly runs: Int32Array;
  /** Piece of each run, 0 to `count` - 1 in scan order of first pixels. */
  readonly pieceOf: Int32Array;
  readonly count: number;
}

/**
 * Pieces of equal value.
 *
 * @param image  mask or label image, axes yx.
 * @param connectivity  4 (sides) or 8 (sides and corners, default).
 * @returns label image: background 0, pieces 1 to n in scan order of their first pixels. Cost: O(pixels).
 */
export function connectedComponents(image: Mask | LabelImage, connectivity: 4 | 8 = 8): LabelImage {
  const { height, width } = image;
  const { runs, pieceOf } = findPieces(image, connectivity);
  const data = new Int32Array(height * width);
  paintRuns(
    data,
    width,
    runs,
    pieceOf.map((piece) => piece + 1),
  );
  return { dtype: "int32", height, width, data };
}

/** Runs of one value joined to pieces: of everything but 0, or of background (0 and below). */
export function findPieces(
  image: Mask | LabelImage,
  connectivity: 4 | 8,
  what: "objects" | "background" = "objects",
): RunPieces {
  const objects = objectRuns(image);
  return joinRuns(what === "objects" ? objects : gapRuns(objects, image.width), connectivity);
}

/** Pieces of runs that touch and have one value. Cost: O(runs). */
function joinRuns({ runs, values, rowStarts }: RowRuns, connectivity: 4 | 8): RunPieces {
  const count = values.length;
  const reach = connectivity === 8 ? 1 : 0;
  const parent = new Int32Array(count);
  for (let y = 0; y + 1 < rowStarts.length; y++) {
    const end = rowStarts[y + 1] as number;
    const start = rowStarts[y] as number;
    let above = y === 0 ? start : (rowStarts[y - 1] as number);
    for (let run = start; run < end; run++) {
      parent[run] = run;
      const x0 = (runs[3 * run + 1] as number) - reach;
      const x1 = (runs[3 * run + 2] as number) + reach;
      const value = values[run] as number;
      while (above < start && (runs[3 * above + 2] as number) <= x0) above++;
      for (let r = above; r < start && (runs[3 * r + 1] as number) < x1; r++) {
        if (values[r] === value) join(parent, r, run);
      }
    }
  }
  return number(runs, parent, count);
}

function rootOf(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) root = parent[root] as number;
  for (let at = run; at !== root; ) {
    const above = parent[at] as number;
    parent[at] = root;
    at = above;
  }
  return root;
}

/** The earlier run becomes the root, so pieces are numbered by their first run. */
function join(parent: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a);
  const rootB = rootOf(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

function number(runs: Int32Array, parent: Int32Array, runCount: number): RunPieces {
  const pieceOf = new Int32Array(runCount);
  let count = 0;
  for (let r = 0; r < runCount; r++) {
    const root = rootOf(parent, r);
    pieceOf[r] = root === r ? count++ : (pieceOf[root] as number);
  }
  return { runs, pieceOf, count };
}
