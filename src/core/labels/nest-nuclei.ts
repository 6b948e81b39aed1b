/**
 * Nuclei and cells made to fit: every nucleus lies inside one cell.
 *
 * Two heads of a network (or two people) draw nuclei and cells apart, so they disagree by a pixel here and a cell
 * there. A nucleus belongs to the cell with which it shares most pixels. What sticks out makes the cell larger where
 * nothing else is, and is taken from the nucleus where another cell lies: a cell's border is moved only into background.
 */

import { assertSameShape, type LabelImage } from "../array/index.ts";
import { connectedComponents } from "./components.ts";
import { indexLabels, type LabelIndex } from "./label-index.ts";

export interface NestOptions {
  /** Share of its pixels by which a nucleus must lie in a cell to belong to it, 0..1. Default 0.5. */
  readonly insideMin?: number;
  /** A nucleus outside any cell gets a cell of its own shape ("cell", default) or is dropped ("drop"). */
  readonly orphans?: "cell" | "drop";
  /** What sticks out into background makes the cell larger ("grow", default) or is cut off ("clip"). */
  readonly overhang?: "grow" | "clip";
  /** Nuclei with fewer pixels than this after cutting are dropped. Default 1. */
  readonly areaPxMin?: number;
}

export interface NestedNuclei {
  /** Numbers of the nuclei given; every pixel lies in the cell of its pair, every nucleus is in one piece. */
  readonly nuclei: LabelImage;
  /** Numbers of the cells given; cells made for orphans follow the largest. */
  readonly cells: LabelImage;
  /** Nucleus and its cell, by ascending nucleus. A cell may have none or several. */
  readonly pairs: readonly (readonly [nucleus: number, cell: number])[];
}

/**
 * @param nuclei  int32, axes yx. @param cells  int32, axes yx, same size.
 * @returns new label images; the arguments are not changed.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels). Deterministic; of equal overlaps the smaller cell number.
 */
export function nestNuclei(nuclei: LabelImage, cells: LabelImage, options: NestOptions = {}): NestedNuclei {
  assertSameShape(nuclei, cells, "Nuclei and cells must be of one image");
  const { insideMin = 0.5, orphans = "cell", overhang = "grow", areaPxMin = 1 } = options;
  const { height, width } = nuclei;
  const index = indexLabels(nuclei);
  const cellIndex = indexLabels(cells);
  const homes = findHomes(nuclei, cells, index, insideMin);
  /** Cells above this are made for orphans, and are as large as their nucleus. */
  const cellMax = cellIndex.labels.at(-1) ?? 0;
  if (orphans === "cell") giveCells(homes, cellMax);
  const allowed = new Int32Array(nuclei.data.length);
  for (let i = 0; i < allowed.length; i++) {
    const nucleus = nuclei.data[i] as number;
    if (nucleus <= 0) continue;
    const home = homes[index.indexOf(nucleus)] as number;
    const cell = Math.max(0, cells.data[i] as number);
    const mayGrow = cell === 0 && (overhang === "grow" || home > cellMax);
    if (home !== 0 && (cell === home || mayGrow)) allowed[i] = nucleus;
  }
  const nested = onePieceEach({ dtype: "int32", height, width, data: allowed }, cells, index, areaPxMin);
  const grown = new Int32Array(nested.length);
  const left = new Uint8Array(homes.length);
  for (let i = 0; i < nested.length; i++) {
    const nucleus = nested[i] as number;
    const k = nucleus === 0 ? -1 : index.indexOf(nucleus);
    if (k >= 0) left[k] = 1;
    grown[i] = k >= 0 ? (homes[k] as number) : Math.max(0, cells.data[i] as number);
  }
  const pairs: [number, number][] = [];
  index.labels.forEach((nucleus, k) => {
    if (left[k] === 1) pairs.push([nucleus, homes[k] as number]);
  });
  return {
    nuclei: { dtype: "int32", height, width, data: nested },
    cells: { dtype: "int32", height, width, data: grown },
    pairs,
  };
}

/** Cell of each nucleus by its dense index; 0 when no cell holds enough of it. */
function findHomes(nuclei: LabelImage, cells: LabelImage, index: LabelIndex, insideMin: number): Int32Array {
  const homes = new Int32Array(index.labels.length);
  const most = new Int32Array(index.labels.length);
  const shared = new Map<number, number>();
  const { data } = nuclei;
  for (let i = 0; i < data.length; ) {
    const nucleus = data[i] as number;
    const cell = cells.data[i] as number;
    const start = i++;
    while (i < data.length && data[i] === nucleus && cells.data[i] === cell) i++;
    if (nucleus <= 0 || cell <= 0) continue;
    const k = index.indexOf(nucleus);
    // Both factors are below 2^31 and 2^22 in any image that fits: the product is exact.
    const key = k * 2 ** 31 + cell;
    const total = (shared.get(key) ?? 0) + i - start;
    shared.set(key, total);
  }
  for (const [key, pixels] of shared) {
    const k = Math.floor(key / 2 ** 31);
    const cell = key % 2 ** 31;
    if (pixels < insideMin * (index.areas[k] as number)) continue;
    const isTie = pixels === most[k] && cell < (homes[k] as number);
    if (pixels <= (most[k] as number) && !isTie) continue;
    most[k] = pixels;
    homes[k] = cell;
  }
  return homes;
}

function giveCells(homes: Int32Array, cellMax: number): void {
  let next = cellMax;
  for (let k = 0; k < homes.length; k++) if (homes[k] === 0) homes[k] = ++next;
}

/** Of each nucleus the piece with most pixels in a cell (then most pixels), when it is large enough. */
function onePieceEach(
  nuclei: LabelImage,
  cells: LabelImage,
  index: LabelIndex,
  areaPxMin: number,
): Int32Array {
  const pieces = connectedComponents(nuclei).data;
  let count = 0;
  for (let i = 0; i < pieces.length; i++) if ((pieces[i] as number) > count) count = pieces[i] as number;
  const areas = new Int32Array(count + 1);
  const inside = new Int32Array(count + 1);
  const owner = new Int32Array(count + 1).fill(-1);
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as number;
    if (piece === 0) continue;
    if (owner[piece] === -1) owner[piece] = index.indexOf(nuclei.data[i] as number);
    areas[piece] = (areas[piece] as number) + 1;
    if ((cells.data[i] as number) > 0) inside[piece] = (inside[piece] as number) + 1;
  }
  const best = new Int32Array(index.labels.length);
  for (let piece = 1; piece <= count; piece++) {
    const k = owner[piece] as number;
    const held = best[k] as number;
    const isBetter =
      held === 0 ||
      (inside[piece] as number) > (inside[held] as number) ||
      (inside[piece] === inside[held] && (areas[piece] as number) > (areas[held] as number));
    if (isBetter) best[k] = piece;
  }
  const out = nuclei.data.slice();
  for (let i = 0; i < out.length; i++) {
    const piece = pieces[i] as number;
    if (piece === 0) continue;
    if (best[owner[piece] as number] !== piece || (areas[piece] as number) < areaPxMin) out[i] = 0;
  }
  return out;
}
