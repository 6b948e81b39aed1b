/** Small label images and shapes with known content, for tests of the store. */

import { type ImageArray, imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import type { EditOperation, ObjectChange } from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";

/** Squares of `side` pixels on a grid of `step` pixels, labelled 1, 2 … row by row. */
export function squares(height: number, width: number, step = 16, side = 10): LabelImage {
  const labels = labelImage(height, width);
  let label = 0;
  for (let y = 0; y + side <= height; y += step) {
    for (let x = 0; x + side <= width; x += step) {
      label++;
      for (let row = y; row < y + side; row++)
        labels.data.fill(label, row * width + x, row * width + x + side);
    }
  }
  return labels;
}

/** Image of which every pixel depends on `seed`, so that each seed gives other bytes. */
export function sampleImage(height: number, width: number, seed: number): ImageArray {
  const data = new Uint8Array(height * width);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = state >>> 24;
  }
  return imageArray("uint8", "yx", [height, width], data);
}

/** A filled box as a shape. */
export function box(y0: number, x0: number, y1: number, x1: number): ObjectShape {
  const labels = labelImage(y1, x1);
  for (let y = y0; y < y1; y++) labels.data.fill(1, y * x1 + x0, y * x1 + x1);
  return objectShapesFromLabels(labels).get(1) as ObjectShape;
}

/** A person's edit with the given changes. */
export function edit(
  operationId: string,
  changes: ObjectChange[],
  more: Partial<EditOperation> = {},
): EditOperation {
  return { operationId, kind: "draw", tool: "brush", changes, msSpent: 100, ...more };
}
