/** An object drawn as a mask that was made elsewhere, such as by a network. */

import type { BoundingBox, Mask } from "../array/index.ts";
import { assert } from "../errors.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { emptyPatch } from "./patch.ts";
import { type WriteMode, writeObject } from "./write-mode.ts";

export interface DrawMask {
  /** Object that becomes what the mask marks; one that is not on the canvas is born. */
  readonly uid: string;
  /** Where the mask lies, pixels of the image, half-open; what lies outside the image is left out. */
  readonly box: BoundingBox;
  /** Of the box's size. */
  readonly mask: Mask;
  readonly mode: WriteMode;
}

/**
 * Changes that make an object what a mask marks, as far as the mode lets it. None when nothing differs.
 *
 * @throws FoundryError `limit.pixels` for a box above `windowPixelsMax`; `edit.invalid` as `writeObject`. Cost: O(box).
 */
export function drawMask(canvas: LabelCanvas, { uid, box, mask, mode }: DrawMask): ObjectChange[] {
  const [y0, x0, y1, x1] = box;
  assert(mask.height === y1 - y0 && mask.width === x1 - x0, "a mask has the size of its box");
  const patch = emptyPatch(canvas, box);
  if (patch === null) return [];
  for (let row = 0; row < patch.height; row++) {
    const from = (patch.y0 + row - y0) * mask.width + patch.x0 - x0;
    patch.data.set(mask.data.subarray(from, from + patch.width), row * patch.width);
  }
  return writeObject(canvas, uid, patch, mode);
}
