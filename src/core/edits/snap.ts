/**
 * Snapping: closing the narrow gap between what is drawn and its neighbours.
 *
 * Only background is taken: a pixel joins when the way over it from the drawn pixels to a neighbour is short. So a
 * neighbour is never cut, whatever the write mode.
 */

import { nearestSource } from "../outline/index.ts";
import { cutBox } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import { copyInPlace, emptyPatch, numbersUnderPatch, type Patch, patchBox } from "./patch.ts";
import { badInput } from "./require-object.ts";

/** Wider than this is no gap but background between cells. */
export const snapPxMax = 32;

/**
 * The patch with the background pixels of gaps up to `gapPx` wide between it and objects other than `uid`.
 *
 * @param gapPx  0 to 32; a gap of n pixels is closed when n is at most this. 0 returns the patch.
 * @throws FoundryError `edit.invalid` for a gap out of range. Cost: O(patch and its margin).
 */
export function snapPatch(canvas: LabelCanvas, uid: string, drawn: Patch, gapPx: number): Patch {
  if (!(gapPx >= 0 && gapPx <= snapPxMax)) {
    throw badInput(`A gap to close is 0 to ${snapPxMax} pixels wide.`, { gapPx });
  }
  const box = cutBox(canvas, patchBox(drawn), gapPx + 1);
  if (gapPx === 0 || box === null) return drawn;
  const grown = emptyPatch(canvas, box);
  if (grown === null) return drawn;
  copyInPlace(grown, drawn);
  const numbers = numbersUnderPatch(canvas, grown);
  const own = canvas.numberOf(uid);
  const isOther = (i: number): boolean =>
    numbers.data[i] !== 0 && numbers.data[i] !== own && grown.data[i] === 0;
  const { height, width } = grown;
  const sourcesOf = (isSource: (i: number) => boolean): Float64Array => {
    const data = Int32Array.from(grown.data, (_, i) => (isSource(i) ? 1 : 0));
    return nearestSource({ dtype: "int32", height, width, data }).squared.data;
  };
  const toDrawn = sourcesOf((i) => grown.data[i] === 1);
  const toOther = sourcesOf(isOther);
  for (let i = 0; i < grown.data.length; i++) {
    if (grown.data[i] === 1 || numbers.data[i] !== 0) continue;
    // From centre to centre a gap of n pixels is n + 1 wide.
    const way = Math.sqrt(toDrawn[i] as number) + Math.sqrt(toOther[i] as number);
    if (way <= gapPx + 1 + 1e-9) grown.data[i] = 1;
  }
  return grown;
}
