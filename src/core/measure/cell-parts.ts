/**
 * Which nuclei lie in which cell, and what of the cell is nucleus and what cytoplasm.
 *
 * A nucleus belongs to the cell with which it shares most pixels, if that is at least half of it: the rule of
 * `nestNuclei`. Only what lies inside the cell counts as its nucleus; neither layer is changed.
 */

import {
  createShapeGrid,
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  shapeArea,
  shapeToMask,
  sharedPixels,
} from "../labels/index.ts";

export interface CellParts {
  /** Nuclei of each cell, as many as there are. */
  readonly nucleusCounts: Int32Array;
  /** Pixels of the cell inside its nuclei; null when there are none. */
  readonly nuclear: readonly (ObjectShape | null)[];
  /** Pixels of the cell outside its nuclei; null when there is no nucleus, or nothing but nucleus. */
  readonly cytoplasm: readonly (ObjectShape | null)[];
}

/** A nucleus must lie in its cell by at least this share of its pixels. */
const insideMin = 0.5;

/** Cost: O(pixels of all boxes). Of equal overlaps the first cell. */
export function cellParts(cells: readonly ObjectShape[], nuclei: readonly ObjectShape[]): CellParts {
  const own = cells.map((): ObjectShape[] => []);
  const grid = createShapeGrid([...cells.keys()], (cell) => cells[cell] as ObjectShape);
  for (const nucleus of nuclei) {
    let [best, most] = [-1, 0];
    for (const cell of grid.near(nucleus).sort((a, b) => a - b)) {
      const shared = sharedPixels(cells[cell] as ObjectShape, nucleus);
      if (shared > most) [best, most] = [cell, shared];
    }
    if (best >= 0 && most >= insideMin * shapeArea(nucleus)) (own[best] as ObjectShape[]).push(nucleus);
  }
  const parts = cells.map((cell, i) => cutCell(cell, own[i] as ObjectShape[]));
  return {
    nucleusCounts: Int32Array.from(own, (list) => list.length),
    nuclear: parts.map(({ nuclear }) => nuclear),
    cytoplasm: parts.map(({ cytoplasm }) => cytoplasm),
  };
}

function cutCell(
  cell: ObjectShape,
  nuclei: readonly ObjectShape[],
): { nuclear: ObjectShape | null; cytoplasm: ObjectShape | null } {
  if (nuclei.length === 0) return { nuclear: null, cytoplasm: null };
  const whole = shapeToMask(cell);
  const [top, left, bottom, right] = cell.bbox;
  const inside = new Uint8Array(whole.data.length);
  for (const nucleus of nuclei) {
    forEachRun(nucleus, (y, from, to) => {
      if (y < top || y >= bottom) return;
      const row = (y - top) * whole.width - left;
      for (let i = row + Math.max(from, left); i < row + Math.min(to, right); i++)
        inside[i] = whole.data[i] as number;
    });
  }
  const outside = whole.data.map((value, i) => value & ~(inside[i] as number) & 1);
  const shapeOf = (data: Uint8Array): ObjectShape | null =>
    objectShapeFromMask({ ...whole, data }, { t: cell.t, z: cell.z, y: top, x: left });
  return { nuclear: shapeOf(inside), cytoplasm: shapeOf(outside) };
}
