/**
 * Nuclei made to fit into their cells while an image comes row by row: the result of `nestNuclei` without the image.
 *
 * What becomes of a nucleus depends on its own pixels and the cells under them alone, so it is decided when its last row is
 * there; rows wait until all their nuclei are decided, which is as long as a nucleus is high. Cells are numbered anew, in order of
 * their first pixels and together with those made for nuclei that have none, so that no number depends on what is yet to come.
 * The two stitched labellings may disagree as they like: in what comes out, every nucleus lies in one cell.
 */

import type { LabelImage } from "../array/index.ts";
import { assertSameShape } from "../array/index.ts";
import { assert } from "../errors.ts";
import { type NestOptions, nestNuclei } from "./nest-nuclei.ts";

export interface NestRowsOptions extends Pick<NestOptions, "areaPxMin"> {
  /** Columns of the image. */
  readonly width: number;
  /** Rows that may wait at most. A nucleus higher than that is decided by its upper part, and may end in several pieces. */
  readonly rowsMax: number;
}

/** Rows in which every nucleus lies in its cell. */
export interface NestedRows {
  readonly y0: number;
  readonly nuclei: LabelImage;
  readonly cells: LabelImage;
}

export interface RowNester {
  /**
   * The next rows of both, from the top on.
   *
   * @param nuclei, cells  int32, axes yx, as wide as the image. Both are changed. @param last  whether the image ends here.
   * @returns the rows that are final now, if any. @throws FoundryError `array.shapeMismatch`.
   */
  add(nuclei: LabelImage, cells: LabelImage, last: boolean): NestedRows | null;
  /** Number that a cell has in the rows given back; 0 for one that was never there. */
  cellNumber(cell: number): number;
  /** Number of a nucleus's cell in the rows given back; 0 for a nucleus that was dropped, or not seen. */
  homeOf(nucleus: number): number;
  /** Nuclei that got a cell of their own shape, with its number. */
  readonly orphans: ReadonlyMap<number, number>;
}

/** A nucleus whose last row may yet come, with its box: first and last row, first and last column. */
type Box = [top: number, bottom: number, left: number, right: number];

const dropped = -1;

/** Cost: O(pixels), and some 20 us per nucleus. Memory: the rows that wait, 8 bytes per nucleus and cell. */
export function createRowNester({ width, rowsMax, areaPxMin = 1 }: NestRowsOptions): RowNester {
  const numbers = growing();
  const homes = growing();
  const orphans = new Map<number, number>();
  const open = new Map<number, Box>();
  let band = emptyBand(0, width);
  let count = 0;

  const decide = (nucleus: number, box: Box): void => {
    open.delete(nucleus);
    const { home, kept } = fitNucleus(band, nucleus, box, areaPxMin);
    if (home === "own") orphans.set(nucleus, ++count);
    const number = home === "own" ? count : home;
    homes.set(nucleus, number === 0 ? dropped : number);
    applyInPlace(band, nucleus, box, number, (_, k) => kept[k] !== 0);
  };

  return {
    orphans,
    add(nuclei, cells, last) {
      assertSameShape(nuclei, cells, "Nuclei and cells must be of one image");
      assert(nuclei.width === width, "rows are as wide as the image");
      const from = band.y0 + band.height;
      band = joined(band, nuclei, cells);
      const end = band.y0 + band.height;
      for (let y = from; y < end; y++) {
        count = numberCellsInPlace(band, y, numbers, count);
        seeNuclei(band, y, homes, open);
      }
      for (const [nucleus, box] of open)
        if (last || box[1] < end - 1 || end - box[0] > rowsMax) decide(nucleus, box);
      let free = end;
      for (const [top] of open.values()) free = Math.min(free, top);
      if (free === band.y0) return null;
      const rows = rowsOf(band, band.y0, free);
      band = bandFrom(band, free);
      return rows;
    },
    cellNumber: (cell) => numbers.get(cell),
    homeOf: (nucleus) => Math.max(0, homes.get(nucleus)),
  };
}

/** Rows of both labellings that are not given back yet. */
interface Band {
  readonly y0: number;
  readonly height: number;
  readonly width: number;
  readonly nuclei: Int32Array;
  readonly cells: Int32Array;
}

const emptyBand = (y0: number, width: number): Band => ({
  y0,
  height: 0,
  width,
  nuclei: new Int32Array(0),
  cells: new Int32Array(0),
});

function joined(band: Band, nuclei: LabelImage, cells: LabelImage): Band {
  const { y0, height, width } = band;
  if (height === 0) return { y0, height: nuclei.height, width, nuclei: nuclei.data, cells: cells.data };
  const both = (above: Int32Array, below: Int32Array): Int32Array => {
    const data = new Int32Array(above.length + below.length);
    data.set(above);
    data.set(below, above.length);
    return data;
  };
  return {
    y0,
    height: height + nuclei.height,
    width,
    nuclei: both(band.nuclei, nuclei.data),
    cells: both(band.cells, cells.data),
  };
}

function rowsOf({ y0, width, nuclei, cells }: Band, from: number, to: number): NestedRows {
  const part = (data: Int32Array): LabelImage => ({
    dtype: "int32",
    height: to - from,
    width,
    data: data.subarray((from - y0) * width, (to - y0) * width),
  });
  return { y0: from, nuclei: part(nuclei), cells: part(cells) };
}

function bandFrom({ y0, height, width, nuclei, cells }: Band, from: number): Band {
  const at = (from - y0) * width;
  return { y0: from, height: y0 + height - from, width, nuclei: nuclei.slice(at), cells: cells.slice(at) };
}

/** Gives the cells of a row their numbers; returns how many there are now. */
function numberCellsInPlace({ y0, width, cells }: Band, y: number, numbers: Growing, count: number): number {
  let given = count;
  const [start, end] = [(y - y0) * width, (y - y0 + 1) * width];
  let [last, number] = [0, 0];
  for (let i = start; i < end; i++) {
    const cell = cells[i] as number;
    if (cell <= 0) continue;
    if (cell !== last) {
      [last, number] = [cell, numbers.get(cell)];
      if (number === 0) {
        number = ++given;
        numbers.set(cell, number);
      }
    }
    cells[i] = number;
  }
  return given;
}

/** Widens the boxes of the nuclei of a row; what comes of a nucleus that is decided follows its decision. */
function seeNuclei(band: Band, y: number, homes: Growing, open: Map<number, Box>): void {
  const { y0, width, nuclei } = band;
  const start = (y - y0) * width;
  for (let x = 0; x < width; ) {
    const nucleus = nuclei[start + x] as number;
    const left = x++;
    while (x < width && nuclei[start + x] === nucleus) x++;
    if (nucleus <= 0) continue;
    const home = homes.get(nucleus);
    if (home !== 0) {
      applyInPlace(
        band,
        nucleus,
        [y, y, left, x - 1],
        home,
        (cell) => home !== dropped && (cell === 0 || cell === home),
      );
      continue;
    }
    const box = open.get(nucleus);
    if (box === undefined) open.set(nucleus, [y, y, left, x - 1]);
    else {
      box[1] = y;
      box[2] = Math.min(box[2], left);
      box[3] = Math.max(box[3], x - 1);
    }
  }
}

interface Fit {
  /** Number of the cell; "own" for a nucleus that needs one of its own, 0 for one that is dropped. */
  readonly home: number | "own";
  /** Pixels of the box that stay nucleus. */
  readonly kept: Int32Array;
}

/** What `nestNuclei` makes of one nucleus: in its box, with the cells under it numbered from 1 in the same order. */
function fitNucleus(band: Band, nucleus: number, box: Box, areaPxMin: number): Fit {
  const [top, bottom, left, right] = box;
  const [height, width] = [bottom - top + 1, right - left + 1];
  const own = new Int32Array(height * width);
  const under = new Int32Array(own.length);
  const present = new Set<number>();
  for (let k = 0, y = top; y <= bottom; y++) {
    const row = (y - band.y0) * band.width;
    for (let x = left; x <= right; x++, k++) {
      if (band.nuclei[row + x] !== nucleus) continue;
      own[k] = 1;
      const cell = band.cells[row + x] as number;
      under[k] = cell;
      if (cell > 0) present.add(cell);
    }
  }
  const cells = [...present].sort((a, b) => a - b);
  const dense = new Map(cells.map((cell, k) => [cell, k + 1]));
  for (let k = 0; k < under.length; k++)
    if (under[k] !== 0) under[k] = dense.get(under[k] as number) as number;
  const plane = (data: Int32Array): LabelImage => ({ dtype: "int32", height, width, data });
  const { nuclei, pairs } = nestNuclei(plane(own), plane(under), { areaPxMin });
  const [pair] = pairs;
  return { home: pair === undefined ? 0 : (cells[pair[1] - 1] ?? "own"), kept: nuclei.data };
}

/** Takes the pixels of a nucleus that do not stay away, and makes its cell larger where it sticks out. */
function applyInPlace(
  band: Band,
  nucleus: number,
  [top, bottom, left, right]: Box,
  home: number,
  stays: (cell: number, k: number) => boolean,
): void {
  for (let k = 0, y = top; y <= bottom; y++) {
    const row = (y - band.y0) * band.width;
    for (let i = row + left; i <= row + right; i++, k++) {
      if (band.nuclei[i] !== nucleus) continue;
      if (!stays(band.cells[i] as number, k)) band.nuclei[i] = 0;
      else if (band.cells[i] === 0) band.cells[i] = home;
    }
  }
}

/** Numbers by number, 0 where none is set. */
interface Growing {
  get(key: number): number;
  set(key: number, value: number): void;
}

function growing(): Growing {
  let values = new Int32Array(1024);
  return {
    get: (key) => values[key] ?? 0,
    set(key, value) {
      if (key >= values.length) {
        const larger = new Int32Array(Math.max(key + 1, 2 * values.length));
        larger.set(values);
        values = larger;
      }
      values[key] = value;
    },
  };
}
