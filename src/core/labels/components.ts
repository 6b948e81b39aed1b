/**
 * Connected pieces of equal value, found over runs instead of pixels.
 *
 * Works for masks and label images alike: two pixels belong together when they have the same value and touch. So it
 * also tells objects of one label apart that lie in several pieces.
 */

import type { LabelImage, Mask } from "../array/index.ts";

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
  const { height, width, data } = image;
  const pieces = findPieces(image, connectivity, (value) => value !== 0);
  const out = new Int32Array(data.length);
  for (let r = 0; r < pieces.pieceOf.length; r++) {
    const row = (pieces.runs[3 * r] as number) * width;
    const [x0, x1] = [pieces.runs[3 * r + 1] as number, pieces.runs[3 * r + 2] as number];
    out.fill((pieces.pieceOf[r] as number) + 1, row + x0, row + x1);
  }
  return { dtype: "int32", height, width, data: out };
}

/** Runs of the chosen values joined to pieces. */
export function findPieces(
  image: Mask | LabelImage,
  connectivity: 4 | 8,
  isChosen: (value: number) => boolean,
): RunPieces {
  const { height, width, data } = image;
  const reach = connectivity === 8 ? 1 : 0;
  let parent = new Int32Array(512);
  let runs = new Int32Array(3 * parent.length);
  let count = 0;
  let rowStart = 0;
  for (let y = 0; y < height; y++) {
    const previousStart = rowStart;
    rowStart = count;
    let above = previousStart;
    const row = y * width;
    for (let x = 0; x < width; ) {
      const value = data[row + x] as number;
      const start = x++;
      while (x < width && data[row + x] === value) x++;
      if (!isChosen(value)) continue;
      if (count === parent.length) {
        runs = grow(runs);
        parent = grow(parent);
      }
      runs[3 * count] = y;
      runs[3 * count + 1] = start;
      runs[3 * count + 2] = x;
      parent[count] = count;
      while (above < rowStart && (runs[3 * above + 2] as number) + reach <= start) above++;
      for (let r = above; r < rowStart && (runs[3 * r + 1] as number) < x + reach; r++) {
        if (data[row - width + (runs[3 * r + 1] as number)] === value) join(parent, r, count);
      }
      count++;
    }
  }
  return number(runs.subarray(0, 3 * count), parent, count);
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
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
