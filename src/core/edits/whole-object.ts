/** Tools that act on whole objects: merge, delete, fill holes. Pure, as all tools. */

import { FoundryError } from "../errors.ts";
import { fillHoles, shapesEqual } from "../labels/index.ts";
import { unionOf } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { drawShapeInPlace, emptyPatch, patchShape } from "./patch.ts";
import { requireObject } from "./require-object.ts";

/**
 * One object of several: the first uid survives with all pixels, the others are removed. They need not touch.
 *
 * @throws FoundryError `edit.invalid` with fewer than two different uids or one that is not on the canvas.
 */
export function mergeObjects(canvas: LabelCanvas, uids: readonly string[]): ObjectChange[] {
  const [survivor, ...others] = [...new Set(uids)];
  if (survivor === undefined || others.length === 0) {
    throw new FoundryError("edit.invalid", { message: "A merge needs at least two different objects." });
  }
  const before = requireObject(canvas, survivor);
  const shapes = others.map((uid) => requireObject(canvas, uid));
  const box = shapes.reduce((sum, shape) => unionOf(sum, shape.bbox), before.bbox);
  const patch = emptyPatch(canvas, box);
  if (patch === null) return [];
  for (const shape of [before, ...shapes]) drawShapeInPlace(patch, shape, 1);
  return [
    { uid: survivor, before, after: patchShape(canvas, patch) },
    ...others.map((uid, k) => ({ uid, before: shapes[k] ?? null, after: null })),
  ];
}

/** @throws FoundryError `edit.invalid` when the object is not on the canvas. */
export function deleteObject(canvas: LabelCanvas, uid: string): ObjectChange[] {
  return [{ uid, before: requireObject(canvas, uid), after: null }];
}

/**
 * Fills the holes of one object; holes that hold another object stay. No changes when there is none.
 *
 * @throws FoundryError `edit.invalid` when the object is not on the canvas. Cost: O(box of the object).
 */
export function fillObject(canvas: LabelCanvas, uid: string): ObjectChange[] {
  const before = requireObject(canvas, uid);
  const [y0, x0, y1, x1] = before.bbox;
  // A rim of one pixel keeps background at the box's edge apart from holes; beyond the image it is background too.
  const [height, width] = [y1 - y0 + 2, x1 - x0 + 2];
  const around = new Int32Array(height * width);
  const [top, left] = [Math.max(0, y0 - 1), Math.max(0, x0 - 1)];
  const [bottom, right] = [Math.min(canvas.height, y1 + 1), Math.min(canvas.width, x1 + 1)];
  const numbers = canvas.numbersIn([top, left, bottom, right]);
  for (let y = top; y < bottom; y++) {
    const row = (y - top) * (right - left);
    around.set(numbers.subarray(row, row + right - left), (y - y0 + 1) * width + left - x0 + 1);
  }
  const number = canvas.numberOf(uid);
  const filled = fillHoles({ dtype: "int32", height, width, data: around });
  const patch = emptyPatch(canvas, before.bbox);
  if (patch === null) return [];
  for (let y = 0; y < patch.height; y++) {
    for (let x = 0; x < patch.width; x++) {
      patch.data[y * patch.width + x] = filled.data[(y + 1) * width + x + 1] === number ? 1 : 0;
    }
  }
  const after = patchShape(canvas, patch);
  return after === null || shapesEqual(before, after) ? [] : [{ uid, before, after }];
}
