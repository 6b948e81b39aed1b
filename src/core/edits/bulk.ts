/** Finding and deleting many objects at once: by size, or because the image cuts them. */

import { shapeArea } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import { type ObjectChange, operationChangesMax } from "./operation.ts";
import { badInput, requireObject } from "./require-object.ts";

/** An object is found when any of these holds. */
export interface ObjectCriteria {
  /** Fewer pixels than this. */
  readonly areaPxBelow?: number;
  /** More pixels than this. */
  readonly areaPxAbove?: number;
  /** A pixel of the object lies at the edge of the image. */
  readonly touchesEdge?: boolean;
}

/**
 * Uids of the objects of a canvas that a criterion finds, in order of number: what a person sees before they are deleted.
 *
 * Cost: O(objects), a table look-up per 8 pixels of each.
 */
export function findObjects(canvas: LabelCanvas, criteria: ObjectCriteria): string[] {
  const { areaPxBelow, areaPxAbove, touchesEdge } = criteria;
  const needsArea = areaPxBelow !== undefined || areaPxAbove !== undefined;
  const found: string[] = [];
  for (const [uid, shape] of canvas.shapes) {
    const [y0, x0, y1, x1] = shape.bbox;
    const isAtEdge = y0 === 0 || x0 === 0 || y1 === canvas.height || x1 === canvas.width;
    const area = needsArea ? shapeArea(shape) : 0;
    const isFound =
      (touchesEdge === true && isAtEdge) ||
      (areaPxBelow !== undefined && area < areaPxBelow) ||
      (areaPxAbove !== undefined && area > areaPxAbove);
    if (isFound) found.push(uid);
  }
  return found.sort((a, b) => canvas.numberOf(a) - canvas.numberOf(b));
}

/**
 * Removes objects; a uid named twice counts once.
 *
 * @throws FoundryError `edit.invalid` for one that is not on the canvas, or more than an operation may change.
 */
export function deleteObjects(canvas: LabelCanvas, uids: readonly string[]): ObjectChange[] {
  const once = [...new Set(uids)];
  if (once.length > operationChangesMax) {
    throw badInput(`One edit changes at most ${operationChangesMax} cells.`, { cells: once.length });
  }
  return once.map((uid) => ({ uid, before: requireObject(canvas, uid), after: null }));
}
