/** Trimming an object to the part that was clicked: everything not connected with it goes. */

import type { Point } from "../array/index.ts";
import { connectedComponents } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { patchMask, patchShape, shapePatch } from "./patch.ts";
import { badInput, requireObject } from "./require-object.ts";
import { changeOf } from "./write-mode.ts";

/**
 * @param at  on the part that stays; parts hang together by sides or corners.
 * @returns none when the object is one piece.
 * @throws FoundryError `edit.invalid` for an unknown object or a click that is not on it. Cost: O(box of the object).
 */
export function trimToPart(canvas: LabelCanvas, uid: string, at: Point): ObjectChange[] {
  const before = requireObject(canvas, uid);
  const patch = shapePatch(canvas, before);
  const pieces = connectedComponents(patchMask(patch), 8);
  const [row, column] = [Math.round(at.y) - patch.y0, Math.round(at.x) - patch.x0];
  const isInside = row >= 0 && column >= 0 && row < patch.height && column < patch.width;
  const kept = isInside ? (pieces.data[row * patch.width + column] as number) : 0;
  if (kept === 0) throw badInput("Click on the part of the cell that stays.", { uid });
  const data = Uint8Array.from(pieces.data, (piece) => (piece === kept ? 1 : 0));
  return changeOf(uid, before, patchShape(canvas, { ...patch, data }));
}
