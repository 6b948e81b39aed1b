/**
 * SEG and DET as the Cell Tracking Challenge defines them (Maška et al. 2014, Matula et al. 2015).
 *
 * A reference object is found by the prediction that covers more than half of it; there is at most one. SEG is the mean
 * over all reference objects of the Jaccard index with that prediction, 0 for those not found. DET counts what it costs
 * to mend the detections: 5 to split a prediction that covers several references (once per reference too many), 10 to
 * add a missed one, 1 to delete a false one, against the cost of adding all references to an empty result.
 */

import type { Overlaps } from "./overlaps.ts";

/** Weights of the challenge for splitting, adding and deleting a detection. */
export const detectionWeights = { split: 5, missed: 10, false: 1 } as const;

/** Sums over objects; images add up. */
export interface CellTrackingSums {
  /** Sum of the Jaccard index over reference objects; divided by their number it is SEG. */
  readonly segSum: number;
  readonly referenceCount: number;
  /** Splits needed: references beyond the first of each prediction. */
  readonly detSplits: number;
  /** References that no prediction covers by more than half. */
  readonly detMissed: number;
  /** Predictions that cover no reference by more than half. */
  readonly detFalse: number;
}

/** Cost: O(pairs). */
export function cellTrackingSums(overlaps: Overlaps): CellTrackingSums {
  const { referenceAreas, predictedLabels, pairs } = overlaps;
  const covered = new Int32Array(predictedLabels.length);
  let [segSum, found] = [0, 0];
  for (const { reference, predicted, shared, iou } of pairs) {
    if (2 * shared <= (referenceAreas[reference] as number)) continue;
    segSum += iou;
    found++;
    covered[predicted] = (covered[predicted] as number) + 1;
  }
  return {
    segSum,
    referenceCount: referenceAreas.length,
    detSplits: covered.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    detMissed: referenceAreas.length - found,
    detFalse: covered.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
  };
}

/** SEG, 0..1; null without reference objects. */
export function segScore({ segSum, referenceCount }: CellTrackingSums): number | null {
  return referenceCount === 0 ? null : segSum / referenceCount;
}

/** DET, 0..1, 1 minus the normalised cost of mending, at most that of an empty result; null without references. */
export function detScore(sums: CellTrackingSums): number | null {
  if (sums.referenceCount === 0) return null;
  const empty = detectionWeights.missed * sums.referenceCount;
  const cost =
    detectionWeights.split * sums.detSplits +
    detectionWeights.missed * sums.detMissed +
    detectionWeights.false * sums.detFalse;
  return 1 - Math.min(cost, empty) / empty;
}
