/**
 * One label image from label tiles that overlap, row by row, in memory of one row of tiles.
 *
 * Each tile is segmented with a halo wider than the largest cell, so every cell is seen whole by the tile whose core
 * holds its centroid. That tile owns it and paints it whole, also beyond its core; all others leave it. So away from
 * disagreements nothing has to be joined, every object is exactly one tile's view, and no border follows a seam.
 * Three fallbacks cover the rest (docs/decisions/0022): an owner that finds its place painted takes the painted
 * object's number; an object that its owner cannot see whole is painted by who can; an object longer than the halo is
 * painted core by core and joined through what two tiles saw of the same pixels.
 */

import type { BoundingBox, LabelImage } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import { createStitchNumbers, type StitchNumbers } from "./stitch-numbers.ts";
import { type TileObjects, viewTile } from "./tile-objects.ts";

/** A tile as the planner of tiles cuts it, with its labels. */
export interface LabelTile {
  /** The part of the plane that is this tile's; cores cover the plane once, in rows of equal y0 and y1. */
  readonly core: BoundingBox;
  /** What was segmented: the core and its halo. May reach beyond the plane; labels there are ignored. */
  readonly window: BoundingBox;
  /** int32, axes yx, size of the window; 0 background, any positive numbers for objects, each in one piece. */
  readonly labels: LabelImage;
}

export interface StitchOptions {
  /** Size of the whole plane, pixels; may exceed what one plane can hold. */
  readonly height: number;
  readonly width: number;
  /** Pixels that windows reach beyond cores, at least (where the plane goes on). */
  readonly haloPx: number;
}

/** Rows of the stitched image that no later tile can change. */
export interface StitchedRows {
  readonly y0: number;
  /** As wide as the plane. Numbers are final but for the joins `finish` tells of. */
  readonly labels: LabelImage;
}

export interface AddedTile {
  /** Rows that became final with this tile (at the start of each row of tiles, and with the last tile). */
  readonly rows: readonly StitchedRows[];
  /** Objects this tile painted: label in the tile, number in the plane. A number may come again from another tile. */
  readonly painted: readonly PaintedObject[];
}

export interface PaintedObject {
  readonly label: number;
  readonly id: number;
  /** Whether this tile saw it whole; measures taken from the tile then hold for the object. */
  readonly whole: boolean;
}

export interface LabelStitcher {
  /** Tiles in row-major order. @throws FoundryError `array.shapeMismatch` when labels and window differ in size. */
  add(tile: LabelTile): AddedTile;
  /**
   * After the last tile.
   *
   * @returns `joins`: numbers written before it was known that they are one object, as `from` -> `to`. Empty unless an
   *          object is longer than the halo and bent; then `joinLabelsInPlace` puts written rows right. `idMax`: the
   *          largest number given.
   */
  finish(): { readonly joins: ReadonlyMap<number, number>; readonly idMax: number };
}

/**
 * @returns a stitcher for one plane.
 * Cost: O(pixels of windows); memory: `width` x (core + 3 halos) x 4 bytes, and 9 bytes per object.
 */
export function createLabelStitcher(options: StitchOptions): LabelStitcher {
  const { height, width, haloPx } = options;
  const numbers = createStitchNumbers();
  let canvas: Canvas = { y0: 0, height: 0, width, data: new Int32Array(0) };
  let rowY0 = -1;
  return {
    add: (tile) => {
      assertTile(tile, options);
      const rows: StitchedRows[] = [];
      const from = Math.max(0, tile.window[0]);
      const to = Math.min(height, tile.window[2]);
      if (tile.core[0] !== rowY0) {
        rowY0 = tile.core[0];
        const next = moveCanvas(canvas, from, to);
        if (from > canvas.y0) rows.push(takeRows(canvas, from));
        canvas = next;
      }
      assert(
        from >= canvas.y0 && to <= canvas.y0 + canvas.height,
        "tiles of a row have windows of equal rows",
      );
      const view = viewTile(tile, height, width, canvas);
      const painted = paintTile(tile, view, numbers, haloPx);
      if (tile.core[2] === height && tile.core[3] === width) rows.push(takeRows(canvas, height));
      return { rows, painted };
    },
    finish: () => ({ joins: numbers.joins(), idMax: numbers.count() }),
  };
}

/** Replaces numbers that were joined, in rows written earlier. Changes `labels`. Cost: O(pixels). */
export function joinLabelsInPlace(labels: LabelImage, joins: ReadonlyMap<number, number>): void {
  if (joins.size === 0) return;
  const { data } = labels;
  let last = 0;
  let mapped = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label === 0) continue;
    if (label !== last) {
      last = label;
      mapped = joins.get(label) ?? label;
    }
    data[i] = mapped;
  }
}

/** The rows of the plane that may still change. */
export interface Canvas {
  readonly y0: number;
  readonly height: number;
  readonly width: number;
  readonly data: Int32Array;
}

function moveCanvas(canvas: Canvas, from: number, to: number): Canvas {
  const { width } = canvas;
  const data = new Int32Array((to - from) * width);
  data.set(canvas.data.subarray(Math.max(0, from - canvas.y0) * width));
  return { y0: from, height: to - from, width, data };
}

function takeRows(canvas: Canvas, end: number): StitchedRows {
  const height = end - canvas.y0;
  const data = canvas.data.slice(0, height * canvas.width);
  return { y0: canvas.y0, labels: { dtype: "int32", height, width: canvas.width, data } };
}

function assertTile({ core, window, labels }: LabelTile, options: StitchOptions): void {
  const { height, width, haloPx } = options;
  const fits = labels.height === window[2] - window[0] && labels.width === window[3] - window[1];
  if (!fits) {
    throw new FoundryError("array.shapeMismatch", {
      message: `A tile's labels are ${labels.height} x ${labels.width} pixels, its window ${window[2] - window[0]} x ${window[3] - window[1]}.`,
    });
  }
  const holdsHalo =
    window[0] <= Math.max(0, core[0] - haloPx) &&
    window[1] <= Math.max(0, core[1] - haloPx) &&
    window[2] >= Math.min(height, core[2] + haloPx) &&
    window[3] >= Math.min(width, core[3] + haloPx);
  assert(holdsHalo, "a tile's window must hold its core and the halo");
}

function paintTile(
  tile: LabelTile,
  view: TileObjects,
  numbers: StitchNumbers,
  haloPx: number,
): PaintedObject[] {
  const painted: PaintedObject[] = [];
  for (let k = 0; k < view.count; k++) {
    const whole = view.isWhole(k);
    if (!whole && view.coreArea(k) === 0) continue;
    if (whole && ownerOf(tile, view, k, haloPx) === "later") continue;
    const id = numbers.identify(view, k);
    const area = view.paintInPlace(k, id, !whole);
    numbers.grow(id, area, whole);
    if (area > 0) painted.push({ label: view.labels[k] as number, id, whole });
  }
  return painted;
}

/** Whether a later tile holds the centroid of the object and sees it whole, so that it paints it. */
function ownerOf(tile: LabelTile, view: TileObjects, k: number, halo: number): "here" | "later" {
  const [y0, x0, y1, x1] = tile.core;
  const { y, x } = view.anchor(k);
  const below = y >= y1;
  const isLater = below || (y >= y0 && x >= x1);
  if (!isLater) return "here";
  const [top, left, , right] = view.box(k);
  // The sides on which the owner's window ends within this tile's; beyond them this tile saw it whole already.
  if (below && top <= y1 - halo) return "here";
  if (x >= x1 && left <= x1 - halo) return "here";
  if (x < x0 && right >= x0 + halo) return "here";
  return "later";
}
