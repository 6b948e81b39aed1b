/**
 * All objects of a label image as shapes, in two passes over its runs.
 *
 * The first finds each label's box, the second sets its bits; there is no work per object beyond its own pixels, which is
 * why whole-slide numbers of cells are no problem.
 */

import type { LabelImage } from "../array/index.ts";
import { setBitsInPlace } from "./bits.ts";
import { indexRuns } from "./label-index.ts";
import type { ObjectShape, PlanePosition } from "./object-shape.ts";
import { objectRuns } from "./row-runs.ts";

/**
 * Shapes of all labels above 0, keyed by label, in ascending order of label.
 *
 * @param labels  int32, axes yx; 0 and negative values are background.
 * @returns shapes with tight boxes. A label of several pieces is one shape. Cost: O(pixels + bits).
 */
export function objectShapesFromLabels(
  labels: LabelImage,
  position: PlanePosition = {},
): Map<number, ObjectShape> {
  const rows = objectRuns(labels);
  const index = indexRuns(rows, labels);
  const count = index.labels.length;
  const boxes = index.boxes;
  const bitmaps: Uint8Array[] = new Array(count);
  for (let k = 0; k < count; k++) {
    const area =
      ((boxes[4 * k + 2] as number) - (boxes[4 * k] as number)) *
      ((boxes[4 * k + 3] as number) - (boxes[4 * k + 1] as number));
    bitmaps[k] = new Uint8Array((area + 7) >> 3);
  }
  for (let r = 0; r < rows.values.length; r++) {
    const label = rows.values[r] as number;
    if (label <= 0) continue;
    const k = index.indexOf(label);
    const left = boxes[4 * k + 1] as number;
    const y = rows.runs[3 * r] as number;
    const offset = (y - (boxes[4 * k] as number)) * ((boxes[4 * k + 3] as number) - left) - left;
    const x1 = rows.runs[3 * r + 2] as number;
    setBitsInPlace(bitmaps[k] as Uint8Array, offset + (rows.runs[3 * r + 1] as number), offset + x1);
  }
  const shapes = new Map<number, ObjectShape>();
  const t = position.t ?? 0;
  const z = position.z ?? 0;
  for (let k = 0; k < count; k++) {
    shapes.set(index.labels[k] as number, {
      t,
      z,
      bbox: [
        boxes[4 * k] as number,
        boxes[4 * k + 1] as number,
        boxes[4 * k + 2] as number,
        boxes[4 * k + 3] as number,
      ],
      bits: bitmaps[k] as Uint8Array,
    });
  }
  return shapes;
}
