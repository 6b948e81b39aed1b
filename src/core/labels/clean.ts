/** Small repairs of label images: renumber, drop small objects, fill holes. All return new images. */

import type { LabelImage } from "../array/index.ts";
import { findPieces } from "./components.ts";
import { indexRuns, type LabelIndex } from "./label-index.ts";
import { objectRuns, paintRuns } from "./row-runs.ts";

/** The same objects numbered 1 to n in ascending order of their labels. Cost: O(pixels). */
export function relabelSequential(labels: LabelImage): LabelImage {
  return mapLabels(labels, ({ indexOf }, label) => indexOf(label) + 1);
}

/** Drops objects of fewer than `areaPxMin` pixels (all pieces of a label counted together). Cost: O(pixels). */
export function removeSmallObjects(labels: LabelImage, areaPxMin: number): LabelImage {
  return mapLabels(labels, ({ areas, indexOf }, label) =>
    (areas[indexOf(label)] as number) < areaPxMin ? 0 : label,
  );
}

function mapLabels(labels: LabelImage, change: (index: LabelIndex, label: number) => number): LabelImage {
  const { height, width } = labels;
  const rows = objectRuns(labels);
  const index = indexRuns(rows, labels);
  const changed = rows.values.map((label) => (label > 0 ? change(index, label) : 0));
  const data = new Int32Array(height * width);
  paintRuns(data, width, rows.runs, changed);
  return { dtype: "int32", height, width, data };
}

/**
 * Gives background enclosed by a single object to that object.
 *
 * A hole is a 4-connected piece of background that touches neither the image's edge nor a second object.
 *
 * @param areaPxMax  holes larger than this stay; default: no limit. Cost: O(pixels).
 */
export function fillHoles(labels: LabelImage, areaPxMax = Infinity): LabelImage {
  const { height, width, data } = labels;
  const { runs, pieceOf, count } = findPieces(labels, 4, "background");
  const area = new Int32Array(count);
  /** The only label seen around a piece; 0 none yet, -1 edge or several. */
  const owner = new Int32Array(count);
  const meet = (piece: number, label: number): void => {
    const known = owner[piece] as number;
    if (known === 0) owner[piece] = label;
    else if (known !== label) owner[piece] = -1;
  };
  for (let r = 0; r < pieceOf.length; r++) {
    const [y, x0, x1] = [runs[3 * r] as number, runs[3 * r + 1] as number, runs[3 * r + 2] as number];
    const piece = pieceOf[r] as number;
    area[piece] = (area[piece] as number) + x1 - x0;
    if (owner[piece] === -1) continue;
    if (y === 0 || y === height - 1 || x0 === 0 || x1 === width) {
      owner[piece] = -1;
      continue;
    }
    const row = y * width;
    meet(piece, data[row + x0 - 1] as number);
    meet(piece, data[row + x1] as number);
    for (let x = x0; x < x1; x++) {
      const above = data[row - width + x] as number;
      const below = data[row + width + x] as number;
      if (above > 0) meet(piece, above);
      if (below > 0) meet(piece, below);
    }
  }
  const out = data.slice();
  const fillings = pieceOf.map((piece) =>
    (owner[piece] as number) > 0 && (area[piece] as number) <= areaPxMax ? (owner[piece] as number) : 0,
  );
  paintRuns(out, width, runs, fillings);
  return { dtype: "int32", height, width, data: out };
}
