/**
 * A small binary window of a canvas: the scratch pad of the tools.
 *
 * Tools read an object into a patch, change the patch, and make a shape of it again. A patch is as large as the work at
 * hand, never as the image.
 */

import type { BoundingBox, LabelImage, Mask } from "../array/index.ts";
import { assert } from "../errors.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask } from "../labels/index.ts";
import { cutBox } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";

export interface Patch {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
  /** 0 or 1, row-major. */
  readonly data: Uint8Array;
}

/**
 * Empty patch over a box, cut to the canvas; `null` when nothing of it lies on the canvas.
 *
 * @throws FoundryError `limit.pixels` above `windowPixelsMax`.
 */
export function emptyPatch(canvas: LabelCanvas, box: BoundingBox, marginPx = 0): Patch | null {
  const cut = cutBox(canvas, box, marginPx);
  if (cut === null) return null;
  const [y0, x0, y1, x1] = cut;
  return { y0, x0, height: y1 - y0, width: x1 - x0, data: new Uint8Array((y1 - y0) * (x1 - x0)) };
}

/** Patch with the pixels of a shape, over its box grown by a margin. */
export function shapePatch(canvas: LabelCanvas, shape: ObjectShape, marginPx = 0): Patch {
  const patch = emptyPatch(canvas, shape.bbox, marginPx);
  assert(patch !== null, "an object of a canvas lies on it");
  drawShapeInPlace(patch, shape, 1);
  return patch;
}

export function patchBox({ y0, x0, height, width }: Patch): BoundingBox {
  return [y0, x0, y0 + height, x0 + width];
}

/** The same pixels without their place. Shares memory. */
export function patchMask({ height, width, data }: Patch): Mask {
  return { dtype: "uint8", height, width, data };
}

/** Numbers of the objects under a patch, as a label image of its size. A copy. */
export function numbersUnderPatch(canvas: LabelCanvas, patch: Patch): LabelImage {
  const { height, width } = patch;
  return { dtype: "int32", height, width, data: canvas.numbersIn(patchBox(patch)) };
}

/** Writes `value` at the pixels of a shape that lie in the patch. Changes `patch`. */
export function drawShapeInPlace(patch: Patch, shape: ObjectShape, value: 0 | 1): void {
  forEachRun(shape, (y, x0, x1) => {
    const row = y - patch.y0;
    if (row < 0 || row >= patch.height) return;
    const from = Math.max(0, x0 - patch.x0);
    const end = Math.min(patch.width, x1 - patch.x0);
    if (from < end) patch.data.fill(value, row * patch.width + from, row * patch.width + end);
  });
}

/** Shape of a patch's pixels on the canvas's plane; `null` when empty. */
export function patchShape(canvas: LabelCanvas, patch: Patch): ObjectShape | null {
  const { height, width, data, y0, x0 } = patch;
  return objectShapeFromMask(
    { dtype: "uint8", height, width, data },
    { t: canvas.t, z: canvas.z, y: y0, x: x0 },
  );
}

/** Marks what `from` marks; it must lie inside `to`. Changes `to`. */
export function copyInPlace(to: Patch, from: Patch): void {
  for (let row = 0; row < from.height; row++) {
    const at = (from.y0 - to.y0 + row) * to.width + from.x0 - to.x0;
    to.data.set(from.data.subarray(row * from.width, (row + 1) * from.width), at);
  }
}
