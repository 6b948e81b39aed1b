/**
 * Brush and eraser: from a stroke to the changes of all objects it touches.
 *
 * Pure: the canvas is read, never changed; the caller sends the changes as an operation and applies them. No changes
 * come back when the stroke makes no difference.
 */

import type { Point } from "../array/index.ts";
import { type ObjectShape, shapeContains } from "../labels/index.ts";
import { unionOf } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { copyInPlace, drawShapeInPlace, emptyPatch, type Patch, patchBox, patchShape } from "./patch.ts";
import { checkStroke, drawStrokeInPlace, strokeBox } from "./stroke.ts";
import { erasePixels, type WriteMode, withoutOthers, writeObject } from "./write-mode.ts";

export interface PaintStroke {
  /** Object that grows; one that is not on the canvas is born. */
  readonly uid: string;
  /** Way of the brush, in pixels, centres at integers. */
  readonly points: readonly Point[];
  /** Radius in pixels; 0 paints single pixels. A list has one per point, as a pen's pressure gives them. */
  readonly radius: number | readonly number[];
  readonly mode: WriteMode;
}

/** @throws FoundryError `edit.invalid` for a stroke out of limits. Cost: O(box of stroke and object). */
export function paintStroke(canvas: LabelCanvas, stroke: PaintStroke): ObjectChange[] {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  return covered === null ? [] : addPixels(canvas, stroke.uid, covered, stroke.mode);
}

/** Changes that add the marked pixels to an object. See `writeObject`. */
export function addPixels(canvas: LabelCanvas, uid: string, marked: Patch, mode: WriteMode): ObjectChange[] {
  const before = canvas.shapes.get(uid);
  if (before === undefined) return writeObject(canvas, uid, marked, mode);
  const grown = emptyPatch(canvas, unionOf(patchBox(marked), before.bbox));
  if (grown === null) return [];
  copyInPlace(grown, marked);
  drawShapeInPlace(grown, before, 1);
  return writeObject(canvas, uid, grown, mode);
}

export interface EraseStroke {
  /** Only this object loses pixels; default: all objects under the stroke. */
  readonly uid?: string;
  readonly points: readonly Point[];
  readonly radius: number | readonly number[];
}

/** Objects whose last pixel is erased are removed. Limits and cost as `paintStroke`. */
export function eraseStroke(canvas: LabelCanvas, stroke: EraseStroke): ObjectChange[] {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  return covered === null ? [] : erasePixels(canvas, covered, undefined, stroke.uid);
}

/**
 * Pixels that a part of a stroke would give its object, for showing it while it is drawn; null when there are none.
 *
 * Limits as `paintStroke`. Cost: O(box of the points), however large the object is.
 */
export function paintedPixels(canvas: LabelCanvas, stroke: PaintStroke): ObjectShape | null {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  if (covered === null) return null;
  if (stroke.mode !== "exclude") return patchShape(canvas, covered);
  return patchShape(
    canvas,
    withoutOthers(canvas, stroke.uid, canvas.shapes.get(stroke.uid) ?? null, covered),
  );
}

/** Pixels that a part of an eraser's stroke would take away. Limits and cost as `paintedPixels`. */
export function erasedPixels(canvas: LabelCanvas, stroke: EraseStroke): ObjectShape | null {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  if (covered === null) return null;
  const numbers = canvas.numbersIn(patchBox(covered));
  const own = stroke.uid === undefined ? null : canvas.numberOf(stroke.uid);
  const shape = stroke.uid === undefined ? undefined : canvas.shapes.get(stroke.uid);
  const loses = (i: number): boolean => {
    if (own === null) return numbers[i] !== 0;
    // An object loses pixels under others too.
    if (canvas.overlapAllowed && shape !== undefined)
      return shapeContains(
        shape,
        covered.y0 + Math.floor(i / covered.width),
        covered.x0 + (i % covered.width),
      );
    return numbers[i] === own && own !== 0;
  };
  const data = covered.data.map((marked, i) => (marked === 1 && loses(i) ? 1 : 0));
  return patchShape(canvas, { ...covered, data });
}

function coveredPixels(
  canvas: LabelCanvas,
  points: readonly Point[],
  radius: number | readonly number[],
): Patch | null {
  checkStroke(points, radius);
  const patch = emptyPatch(canvas, strokeBox(points, radius));
  if (patch !== null) drawStrokeInPlace(patch, points, radius);
  return patch;
}
