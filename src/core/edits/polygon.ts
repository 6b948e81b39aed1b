/**
 * Polygon and lasso: a closed line that adds to an object, makes one, or cuts from what is there.
 *
 * Both are the same closed line, by corners or by a hand; see `fillPolygonInPlace` for which pixels it holds.
 */

import type { Point } from "../array/index.ts";
import { fillPolygonInPlace } from "../outline/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { addPixels } from "./paint.ts";
import { emptyPatch, type Patch } from "./patch.ts";
import { badInput } from "./require-object.ts";
import { snapPatch } from "./snap.ts";
import { strokePointsMax } from "./stroke.ts";
import { erasePixels, type WriteMode } from "./write-mode.ts";

/** As a stroke: a minute of a pen. */
export const polygonCornersMax = strokePointsMax;

export interface DrawPolygon {
  /** Object that grows; one that is not on the canvas is born. */
  readonly uid: string;
  /** In pixels, centres at integers; the last joins the first. At least three. */
  readonly corners: readonly Point[];
  readonly mode: WriteMode;
  /** Gaps to neighbours up to so many pixels wide are closed; default 0: none. Only background is ever taken. */
  readonly snapPx?: number;
}

/** @throws FoundryError `edit.invalid` for a line out of limits, `limit.pixels` for one around too much. Cost: O(box of polygon and object). */
export function drawPolygon(canvas: LabelCanvas, draw: DrawPolygon): ObjectChange[] {
  const inside = pixelsInside(canvas, draw.corners);
  if (inside === null) return [];
  const marked = snapPatch(canvas, draw.uid, inside, draw.snapPx ?? 0);
  return addPixels(canvas, draw.uid, marked, draw.mode);
}

/**
 * Takes the pixels inside a closed line from an object, or from all there are.
 *
 * @param uid  only this object loses pixels; default: all. Limits and cost as `drawPolygon`.
 */
export function cutPolygon(canvas: LabelCanvas, corners: readonly Point[], uid?: string): ObjectChange[] {
  const inside = pixelsInside(canvas, corners);
  return inside === null ? [] : erasePixels(canvas, inside, undefined, uid);
}

/** Pixels of the canvas inside a closed line; `null` when it lies outside altogether. */
function pixelsInside(canvas: LabelCanvas, corners: readonly Point[]): Patch | null {
  const isWrong =
    corners.length < 3 ||
    corners.length > polygonCornersMax ||
    corners.some(({ y, x }) => !Number.isFinite(y) || !Number.isFinite(x));
  if (isWrong) {
    throw badInput(`A closed line needs 3 to ${polygonCornersMax} points.`, { corners: corners.length });
  }
  let [y0, x0, y1, x1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { y, x } of corners) {
    y0 = Math.min(y0, y);
    x0 = Math.min(x0, x);
    y1 = Math.max(y1, y);
    x1 = Math.max(x1, x);
  }
  const patch = emptyPatch(canvas, [Math.floor(y0), Math.floor(x0), Math.ceil(y1) + 1, Math.ceil(x1) + 1]);
  if (patch !== null) fillPolygonInPlace(patch, corners);
  return patch;
}
