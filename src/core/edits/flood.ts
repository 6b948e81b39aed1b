/**
 * Flood fill: from a click over connected pixels, to where the picture or the cells end.
 *
 * `floodBackground` fills what encloses the click between cells; `floodIntensity` everything like the clicked pixel. Both
 * go over sides only, never beyond a stated reach: an open region is refused with a word, not poured over the image.
 */

import type { Point } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { cutBox } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { addPixels } from "./paint.ts";
import { emptyPatch, numbersUnderPatch, type Patch, patchBox } from "./patch.ts";
import { cutRaw, type RawWindow } from "./raw-cut.ts";
import { badInput } from "./require-object.ts";
import type { WriteMode } from "./write-mode.ts";

/** Farthest a flood may go from its click, in pixels: larger than any cell, small enough to stay instant. */
export const floodReachPxMax = 512;

export interface FloodBackground {
  /** Object that gets the pixels; one that is not on the canvas is born. */
  readonly uid: string;
  readonly at: Point;
  /** Default and most: `floodReachPxMax`. */
  readonly reachPx?: number;
}

/**
 * Fills the background connected with the clicked pixel. None when the click is on a cell.
 *
 * @throws FoundryError `edit.invalid` for a click outside the image; `limit.pixels` when the background goes on beyond
 *         the reach. Cost: O(reach²).
 */
export function floodBackground(canvas: LabelCanvas, flood: FloodBackground): ObjectChange[] {
  const patch = floodWindow(canvas, flood.at, flood.reachPx);
  const numbers = numbersUnderPatch(canvas, patch).data;
  const start = startIn(patch, flood.at);
  if (numbers[start] !== 0) return [];
  floodInPlace(canvas, patch, start, (i) => numbers[i] === 0);
  return addPixels(canvas, flood.uid, patch, "exclude");
}

export interface FloodIntensity extends FloodBackground {
  readonly raw: RawWindow;
  /** Pixels whose value differs from the clicked one's by at most this belong, in units of the channel. */
  readonly tolerance: number;
  /** `exclude`: other cells are walls. `overwrite`, `overlap`: the picture alone decides. */
  readonly mode: WriteMode;
}

/**
 * Fills pixels like the clicked one and connected with it. Values that are not numbers are walls.
 *
 * @throws FoundryError `edit.invalid` for a negative tolerance, a click outside, pixels not loaded; `limit.pixels` when
 *         the region goes on beyond the reach. Cost: O(reach²).
 */
export function floodIntensity(canvas: LabelCanvas, flood: FloodIntensity): ObjectChange[] {
  const { uid, at, raw, tolerance, mode } = flood;
  if (!(tolerance >= 0)) throw badInput("The tolerance of a flood is a number of at least 0.", { tolerance });
  const patch = floodWindow(canvas, at, flood.reachPx);
  const values = cutRaw(raw, patchBox(patch)).data;
  const numbers = numbersUnderPatch(canvas, patch).data;
  const own = canvas.numberOf(uid);
  const start = startIn(patch, at);
  const middle = values[start] as number;
  const isFree = (i: number): boolean => mode !== "exclude" || numbers[i] === 0 || numbers[i] === own;
  const isLike = (i: number): boolean => Math.abs((values[i] as number) - middle) <= tolerance;
  if (!isFree(start) || !isLike(start)) return [];
  floodInPlace(canvas, patch, start, (i) => isFree(i) && isLike(i));
  return addPixels(canvas, uid, patch, mode);
}

function floodWindow(canvas: LabelCanvas, at: Point, reachPx = floodReachPxMax): Patch {
  const [y, x] = [Math.round(at.y), Math.round(at.x)];
  const isInside = y >= 0 && x >= 0 && y < canvas.height && x < canvas.width;
  if (!isInside || !(reachPx >= 1 && reachPx <= floodReachPxMax)) {
    throw badInput(`A flood begins inside the image and reaches 1 to ${floodReachPxMax} pixels.`, {
      at,
      reachPx,
    });
  }
  const box = cutBox(canvas, [y, x, y + 1, x + 1], reachPx);
  return emptyPatch(canvas, box as NonNullable<typeof box>) as Patch;
}

function startIn(patch: Patch, at: Point): number {
  return (Math.round(at.y) - patch.y0) * patch.width + Math.round(at.x) - patch.x0;
}

/** Marks what is connected with `start`; throws when it meets a rim of the window that is not the image's. */
function floodInPlace(
  canvas: LabelCanvas,
  patch: Patch,
  start: number,
  passes: (i: number) => boolean,
): void {
  const { height, width, data, y0, x0 } = patch;
  const stack = [start];
  data[start] = 1;
  const push = (i: number): void => {
    if (data[i] === 1 || !passes(i)) return;
    data[i] = 1;
    stack.push(i);
  };
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    const x = i % width;
    const y = (i - x) / width;
    const isOpen =
      (y === 0 && y0 > 0) ||
      (x === 0 && x0 > 0) ||
      (y === height - 1 && y0 + height < canvas.height) ||
      (x === width - 1 && x0 + width < canvas.width);
    if (isOpen) throw tooOpen();
    if (y > 0) push(i - width);
    if (x > 0) push(i - 1);
    if (x + 1 < width) push(i + 1);
    if (y + 1 < height) push(i + width);
  }
}

function tooOpen(): FoundryError {
  return new FoundryError("limit.pixels", {
    message: "The region under the click is open: it goes on beyond the reach of a flood.",
    hint: "Lower the tolerance, or close the region with a stroke first.",
  });
}
