/**
 * Hausdorff distance of matched objects: how far the two borders of one cell are apart at worst, and at the 95th
 * percentile, where one stray pixel does not decide.
 *
 * Border pixels are those of the object beside any other value or at the image's edge. The 95 % distance is the larger of
 * the two directed 95th percentiles (Maier-Hein et al. 2024, Metrics Reloaded), linearly interpolated between ranks.
 */

import { assertSameShape, type BoundingBox, type LabelImage } from "../array/index.ts";
import { indexLabels, type LabelIndex } from "../labels/index.ts";
import type { ObjectMatch } from "./match-objects.ts";
import { createDistanceField, type DistanceField, type PixelLengths } from "./pixel-distance.ts";

export interface HausdorffDistance {
  readonly max: number;
  readonly p95: number;
}

/**
 * One distance per match, in order, in the unit of `lengths` (default 1: pixels).
 *
 * @throws FoundryError `array.shapeMismatch`. Cost: O(sum of the boxes around both objects of a match).
 */
export function hausdorffDistances(
  reference: LabelImage,
  predicted: LabelImage,
  matches: readonly ObjectMatch[],
  lengths: PixelLengths = { y: 1, x: 1 },
): HausdorffDistance[] {
  assertSameShape(reference, predicted, "Reference and prediction must have the same size");
  const [left, right] = [indexLabels(reference), indexLabels(predicted)];
  const field = createDistanceField();
  return matches.map((match) => {
    const box = unite(boxOf(left, match.reference), boxOf(right, match.predicted));
    const a = borderIn(reference, match.reference, box);
    const b = borderIn(predicted, match.predicted, box);
    return between(field, a, b, box, lengths);
  });
}

function between(
  field: DistanceField,
  a: Uint8Array,
  b: Uint8Array,
  [y0, x0, y1, x1]: BoundingBox,
  lengths: PixelLengths,
): HausdorffDistance {
  const directed = (from: Uint8Array, to: Uint8Array): Float64Array => {
    const distance = field.measure(to, y1 - y0, x1 - x0, lengths);
    return distance.filter((_, i) => from[i] === 1).sort();
  };
  const [there, back] = [directed(a, b), directed(b, a)];
  return {
    max: Math.max(there.at(-1) as number, back.at(-1) as number),
    p95: Math.max(quantile(there, 0.95), quantile(back, 0.95)),
  };
}

/** Of ascending values, linear between ranks. */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = (sorted.length - 1) * share;
  const [low, high] = [Math.floor(rank), Math.ceil(rank)];
  const [a, b] = [sorted[low] as number, sorted[high] as number];
  return a + (b - a) * (rank - low);
}

function borderIn(
  { height, width, data }: LabelImage,
  label: number,
  [y0, x0, y1, x1]: BoundingBox,
): Uint8Array {
  const map = new Uint8Array((y1 - y0) * (x1 - x0));
  let at = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++, at++) {
      const i = y * width + x;
      if (data[i] !== label) continue;
      const inner =
        y > 0 &&
        y < height - 1 &&
        x > 0 &&
        x < width - 1 &&
        data[i - width] === label &&
        data[i + width] === label &&
        data[i - 1] === label &&
        data[i + 1] === label;
      if (!inner) map[at] = 1;
    }
  }
  return map;
}

function boxOf(index: LabelIndex, label: number): BoundingBox {
  const k = 4 * index.indexOf(label);
  const { boxes } = index;
  return [boxes[k] as number, boxes[k + 1] as number, boxes[k + 2] as number, boxes[k + 3] as number];
}

function unite(a: BoundingBox, b: BoundingBox): BoundingBox {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
