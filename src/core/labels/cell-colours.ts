/**
 * Colours of cells: neighbours differ, a cell keeps its colour for life, and all colours stay apart for colour-blind
 * eyes.
 *
 * The palette is Okabe and Ito's (2008, "Color Universal Design") without black. A cell's first choice comes from its
 * uid; when a neighbour has it already, the next one in an order that also comes from the uid. Cells are coloured in
 * the order of their uids, which is the order of their births, so a reload gives the same colours.
 */

import type { BoundingBox } from "../array/index.ts";

export type Rgb = readonly [r: number, g: number, b: number];

export const cellPalette: readonly Rgb[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [70, 130, 230], // Okabe-Ito's blue (0, 114, 178), lightened: on a dark image the original nearly vanishes.
  [213, 94, 0],
  [204, 121, 167],
];

/** Boxes closer than this many pixels are neighbours: their outlines would be seen together. */
const neighbourGapPx = 6;
/** Side of the grid that finds neighbours, in pixels: about two cells of usual size. */
const gridPx = 64;
/** A cell larger than this many grid fields is looked up, but not entered: it would cost more than it helps. */
const gridFieldsMax = 1024;

interface Placed {
  readonly box: BoundingBox;
  readonly colour: number;
}

/** Colours given so far; one per layer. */
export class CellColours {
  readonly #placed = new Map<string, Placed>();
  readonly #grid = new Map<number, Set<string>>();

  /** Colour index of a cell that has one; -1 otherwise. */
  indexOf(uid: string): number {
    return this.#placed.get(uid)?.colour ?? -1;
  }

  /**
   * Enters or moves a cell; a cell that has a colour keeps it.
   *
   * @param wanted  colour of a new cell, whatever its neighbours have: that of the same cell in another frame.
   * @returns index into the palette.
   */
  place(uid: string, box: BoundingBox, wanted?: number): number {
    const before = this.#placed.get(uid);
    if (before !== undefined) this.#leaveGrid(uid, before.box);
    const colour = before?.colour ?? wanted ?? this.#choose(uid, box);
    this.#placed.set(uid, { box, colour });
    for (const field of fieldsOf(box, 0)) {
      const uids = this.#grid.get(field);
      if (uids === undefined) this.#grid.set(field, new Set([uid]));
      else uids.add(uid);
    }
    return colour;
  }

  /** Gives a cell another colour, whatever it and its neighbours have. */
  recolour(uid: string, box: BoundingBox, colour: number): void {
    this.lift(uid);
    this.#placed.delete(uid);
    this.place(uid, box, colour);
  }

  /** Takes a cell out of its neighbours' way. Its colour is remembered: undo brings the same cell back. */
  lift(uid: string): void {
    const placed = this.#placed.get(uid);
    if (placed !== undefined) this.#leaveGrid(uid, placed.box);
  }

  #leaveGrid(uid: string, box: BoundingBox): void {
    for (const field of fieldsOf(box, 0)) this.#grid.get(field)?.delete(uid);
  }

  #choose(uid: string, box: BoundingBox): number {
    const taken = new Array<number>(cellPalette.length).fill(0);
    for (const field of fieldsOf(box, neighbourGapPx)) {
      for (const other of this.#grid.get(field) ?? []) {
        const placed = this.#placed.get(other);
        if (placed !== undefined && boxesNear(placed.box, box)) taken[placed.colour]!++;
      }
    }
    const hash = hashOf(uid);
    const count = cellPalette.length;
    // Steps of 1..count-1 through a prime number of colours reach each colour once.
    const step = 1 + ((hash >>> 8) % (count - 1));
    let best = hash % count;
    for (let i = 0, colour = best; i < count; i++, colour = (colour + step) % count) {
      if (taken[colour] === 0) return colour;
      if (taken[colour]! < taken[best]!) best = colour;
    }
    return best;
  }
}

function boxesNear(a: BoundingBox, b: BoundingBox): boolean {
  const gap = neighbourGapPx;
  return a[0] - gap < b[2] && b[0] - gap < a[2] && a[1] - gap < b[3] && b[1] - gap < a[3];
}

function fieldsOf(box: BoundingBox, margin: number): number[] {
  const y0 = Math.floor((box[0] - margin) / gridPx);
  const x0 = Math.floor((box[1] - margin) / gridPx);
  const y1 = Math.floor((box[2] - 1 + margin) / gridPx);
  const x1 = Math.floor((box[3] - 1 + margin) / gridPx);
  if ((y1 - y0 + 1) * (x1 - x0 + 1) > gridFieldsMax) return [];
  const fields: number[] = [];
  // 2^20 fields a row is beyond any image; the offset keeps the margin's -1 apart from the row before.
  for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) fields.push((y + 1) * 2 ** 20 + x + 1);
  return fields;
}

/** FNV-1a over the characters, then mixed: uids of one batch differ only in their last characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
