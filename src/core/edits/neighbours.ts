/** Who stands next to an object, the closest contact first: what "merge with its neighbour" means to a key. */

import { nearestSource } from "../outline/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import { numbersUnderPatch, shapePatch } from "./patch.ts";
import { requireObject } from "./require-object.ts";

export interface Neighbour {
  readonly uid: string;
  /** Its pixels within the reach of the object. */
  readonly contactPx: number;
}

/** A seam of one pixel of background, as models leave between the halves of a cell, is still contact. */
const reachPx = 2;

/**
 * Objects with pixels at most 2 from those of an object, by how many; equal ones in order of number.
 *
 * @throws FoundryError `edit.invalid` when the object is not on the canvas. Cost: O(box of the object).
 */
export function neighboursOfObject(canvas: LabelCanvas, uid: string): Neighbour[] {
  const patch = shapePatch(canvas, requireObject(canvas, uid), reachPx);
  const { height, width } = patch;
  const own = { dtype: "int32" as const, height, width, data: Int32Array.from(patch.data) };
  const { squared } = nearestSource(own);
  const contacts = new Map<number, number>();
  numbersUnderPatch(canvas, patch).data.forEach((number, i) => {
    if (number === 0 || patch.data[i] === 1 || (squared.data[i] as number) > reachPx * reachPx) return;
    contacts.set(number, (contacts.get(number) ?? 0) + 1);
  });
  contacts.delete(canvas.numberOf(uid));
  return [...contacts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([number, contactPx]) => ({ uid: canvas.uidOf(number) as string, contactPx }));
}
