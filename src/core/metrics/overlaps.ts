/**
 * Which objects of two label images share pixels, and how many: the sparse table under every metric.
 *
 * Pixels are read once, as runs over which both labels stay the same; the number of touching pairs grows with the
 * number of cells, never with cells x image.
 */

import { assertSameShape, type LabelImage } from "../array/index.ts";
import { indexLabels } from "../labels/index.ts";

export interface OverlapPair {
  /** Index into `referenceLabels`. */
  readonly reference: number;
  /** Index into `predictedLabels`. */
  readonly predicted: number;
  /** Pixels in both. */
  readonly shared: number;
  /** Intersection over union, above 0, up to 1. */
  readonly iou: number;
}

export interface Overlaps {
  /** Labels present, ascending. */
  readonly referenceLabels: Int32Array;
  readonly predictedLabels: Int32Array;
  readonly referenceAreas: Int32Array;
  readonly predictedAreas: Int32Array;
  /** Pairs that share a pixel, by reference, then predicted. */
  readonly pairs: readonly OverlapPair[];
  /** Pixels labelled in the reference, in the prediction, in both. */
  readonly foreground: { readonly reference: number; readonly predicted: number; readonly shared: number };
}

/**
 * @param reference, predicted  int32 label images of one size, axes yx; values up to 0 are background.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels + pairs log pairs).
 */
export function findOverlaps(reference: LabelImage, predicted: LabelImage): Overlaps {
  assertSameShape(reference, predicted, "Reference and prediction must have the same size");
  const left = indexLabels(reference);
  const right = indexLabels(predicted);
  const columns = right.labels.length;
  const counts = new Map<number, number>();
  let both = 0;
  const a = reference.data;
  const b = predicted.data;
  for (let i = 0; i < a.length; ) {
    const [first, second] = [a[i] as number, b[i] as number];
    const start = i++;
    while (i < a.length && a[i] === first && b[i] === second) i++;
    if (first <= 0 || second <= 0) continue;
    both += i - start;
    const key = left.indexOf(first) * columns + right.indexOf(second);
    counts.set(key, (counts.get(key) ?? 0) + i - start);
  }
  const pairs = [...counts]
    .sort((one, other) => one[0] - other[0])
    .map(([key, shared]): OverlapPair => {
      const predictedIndex = key % columns;
      const referenceIndex = (key - predictedIndex) / columns;
      const union = (left.areas[referenceIndex] as number) + (right.areas[predictedIndex] as number) - shared;
      return { reference: referenceIndex, predicted: predictedIndex, shared, iou: shared / union };
    });
  const sum = (areas: Int32Array): number => areas.reduce((total, area) => total + area, 0);
  return {
    referenceLabels: left.labels,
    predictedLabels: right.labels,
    referenceAreas: left.areas,
    predictedAreas: right.areas,
    pairs,
    foreground: { reference: sum(left.areas), predicted: sum(right.areas), shared: both },
  };
}
