/** Smoothing the boundary of one object; topology stays, neighbours keep every pixel. See `smoothMask`. */

import { smoothMask } from "../outline/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { numbersUnderPatch, patchMask, shapePatch } from "./patch.ts";
import { badInput, requireObject } from "./require-object.ts";
import { writeObject } from "./write-mode.ts";

/** Wider blurs make discs of everything. */
export const smoothSigmaPxMax = 32;

/**
 * @param sigmaPx  details smaller than about twice this go; above 0, at most 32.
 * @returns none when the boundary is smooth already.
 * @throws FoundryError `edit.invalid` for an unknown object or a sigma out of range. Cost: O(box of the object x sigma).
 */
export function smoothObject(canvas: LabelCanvas, uid: string, sigmaPx: number): ObjectChange[] {
  if (!(sigmaPx > 0 && sigmaPx <= smoothSigmaPxMax)) {
    throw badInput(`Smoothing takes a width above 0 and up to ${smoothSigmaPxMax} pixels.`, { sigmaPx });
  }
  const before = requireObject(canvas, uid);
  const patch = shapePatch(canvas, before, Math.ceil(sigmaPx * 4) + 1);
  const numbers = numbersUnderPatch(canvas, patch);
  const mayTake = Uint8Array.from(numbers.data, (number) => (number === 0 ? 1 : 0));
  const { data } = smoothMask(patchMask(patch), sigmaPx, mayTake);
  return writeObject(canvas, uid, { ...patch, data }, "exclude");
}
