/**
 * Brush and eraser: from a stroke to the changes of all objects it touches.
 *
 * Pure: the canvas is read, never changed; the caller sends the changes as an operation and applies them. No changes
 * come back when the stroke makes no difference.
 */

import type { Point } from "../array/index.ts";
import { type ObjectShape, shapesEqual } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { drawShapeInPlace, emptyPatch, type Patch, patchShape, unionOf } from "./patch.ts";
import { checkStroke, drawStrokeInPlace, strokeBox } from "./stroke.ts";

export interface PaintStroke {
  /** Object that grows; one that is not on the canvas is born. */
  readonly uid: string;
  /** Way of the brush, in pixels, centres at integers. */
  readonly points: readonly Point[];
  /** Radius in pixels; 0 paints single pixels. */
  readonly radius: number;
  /** `exclude` leaves pixels of other objects to them; `overwrite` takes them, and removes objects left empty. */
  readonly mode: "exclude" | "overwrite";
}

/** @throws FoundryError `edit.invalid` for a stroke out of limits. Cost: O(box of stroke and object). */
export function paintStroke(canvas: LabelCanvas, stroke: PaintStroke): ObjectChange[] {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  if (covered === null) return [];
  const own = canvas.numberOf(stroke.uid);
  const before = canvas.shapes.get(stroke.uid) ?? null;
  const taken = numbersUnder(canvas, covered);
  taken.delete(own);
  if (stroke.mode === "exclude") keepInPlace(canvas, covered, (number) => number === 0 || number === own);
  const box = unionOf(
    [covered.y0, covered.x0, covered.y0 + covered.height, covered.x0 + covered.width],
    before?.bbox,
  );
  const grown = emptyPatch(canvas, box);
  if (grown === null) return [];
  copyInPlace(grown, covered);
  if (before !== null) drawShapeInPlace(grown, before, 1);
  const changes = changeOf(stroke.uid, before, patchShape(canvas, grown));
  if (stroke.mode === "exclude" || changes.length === 0) return changes;
  for (const number of taken) changes.push(...withoutPixels(canvas, number, covered));
  return changes;
}

export interface EraseStroke {
  /** Only this object loses pixels; default: all objects under the stroke. */
  readonly uid?: string;
  readonly points: readonly Point[];
  readonly radius: number;
}

/** Objects whose last pixel is erased are removed. Limits and cost as `paintStroke`. */
export function eraseStroke(canvas: LabelCanvas, stroke: EraseStroke): ObjectChange[] {
  const covered = coveredPixels(canvas, stroke.points, stroke.radius);
  if (covered === null) return [];
  const only = stroke.uid === undefined ? undefined : canvas.numberOf(stroke.uid);
  const changes: ObjectChange[] = [];
  for (const number of numbersUnder(canvas, covered)) {
    if (only === undefined || number === only) changes.push(...withoutPixels(canvas, number, covered));
  }
  return changes;
}

function coveredPixels(canvas: LabelCanvas, points: readonly Point[], radius: number): Patch | null {
  checkStroke(points, radius);
  const patch = emptyPatch(canvas, strokeBox(points, radius));
  if (patch !== null) drawStrokeInPlace(patch, points, radius);
  return patch;
}

/** Numbers of all objects under the marked pixels, in scan order. */
function numbersUnder(canvas: LabelCanvas, patch: Patch): Set<number> {
  const found = new Set<number>();
  let last = 0;
  keepInPlace(canvas, patch, (number) => {
    if (number !== 0 && number !== last) found.add(number);
    last = number;
    return true;
  });
  return found;
}

/** Unmarks pixels by the number of the object under them. Changes `patch`. */
function keepInPlace(canvas: LabelCanvas, patch: Patch, keep: (number: number) => boolean): void {
  const { data } = canvas.labels;
  for (let row = 0; row < patch.height; row++) {
    const at = (patch.y0 + row) * canvas.width + patch.x0;
    for (let column = 0; column < patch.width; column++) {
      const i = row * patch.width + column;
      if (patch.data[i] === 1 && !keep(data[at + column] as number)) patch.data[i] = 0;
    }
  }
}

/** Marks what `from` marks; it must lie inside `to`. Changes `to`. */
function copyInPlace(to: Patch, from: Patch): void {
  for (let row = 0; row < from.height; row++) {
    const at = (from.y0 - to.y0 + row) * to.width + from.x0 - to.x0;
    to.data.set(from.data.subarray(row * from.width, (row + 1) * from.width), at);
  }
}

function withoutPixels(canvas: LabelCanvas, number: number, covered: Patch): ObjectChange[] {
  const uid = canvas.uidOf(number);
  const before = uid === undefined ? undefined : canvas.shapes.get(uid);
  if (uid === undefined || before === undefined) return [];
  const rest = emptyPatch(canvas, before.bbox);
  if (rest === null) return [];
  drawShapeInPlace(rest, before, 1);
  const y1 = Math.min(covered.y0 + covered.height, rest.y0 + rest.height);
  const x1 = Math.min(covered.x0 + covered.width, rest.x0 + rest.width);
  for (let y = Math.max(covered.y0, rest.y0); y < y1; y++) {
    for (let x = Math.max(covered.x0, rest.x0); x < x1; x++) {
      if (covered.data[(y - covered.y0) * covered.width + x - covered.x0] === 1) {
        rest.data[(y - rest.y0) * rest.width + x - rest.x0] = 0;
      }
    }
  }
  return changeOf(uid, before, patchShape(canvas, rest));
}

function changeOf(uid: string, before: ObjectShape | null, after: ObjectShape | null): ObjectChange[] {
  if (before === null && after === null) return [];
  if (before !== null && after !== null && shapesEqual(before, after)) return [];
  return [{ uid, before, after }];
}
