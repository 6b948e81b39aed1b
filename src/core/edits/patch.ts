/**
 * A small binary window of a canvas: the scratch pad of the tools.
 *
 * Tools read an object into a patch, change the patch, and make a shape of it again. A patch is as large as the work at
 * hand, never as the image.
 */

import type { BoundingBox } from "../array/index.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";

export interface Patch {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
  /** 0 or 1, row-major. */
  readonly data: Uint8Array;
}

/** Empty patch over a box, cut to the canvas; `null` when nothing of it lies on the canvas. */
export function emptyPatch(canvas: LabelCanvas, box: BoundingBox): Patch | null {
  const y0 = Math.max(0, box[0]);
  const x0 = Math.max(0, box[1]);
  const height = Math.min(canvas.height, box[2]) - y0;
  const width = Math.min(canvas.width, box[3]) - x0;
  if (height <= 0 || width <= 0) return null;
  return { y0, x0, height, width, data: new Uint8Array(height * width) };
}

/** Smallest box around both. */
export function unionOf(a: BoundingBox, b: BoundingBox | undefined): BoundingBox {
  if (b === undefined) return a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
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
