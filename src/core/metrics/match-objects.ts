/**
 * Objects matched at an IoU threshold, and the scores counted from the matches.
 *
 * Names and meaning follow `stardist.matching`: the assignment first makes as many pairs at or above the threshold as
 * possible, then prefers the larger sum of IoU. What they call "accuracy" is average precision in the sense of the Data
 * Science Bowl, tp / (tp + fp + fn), and is called so here. With nothing matched every score is 0.
 */

import type { LabelImage } from "../array/index.ts";
import { assert } from "../errors.ts";
import { assignPairs } from "./assignment.ts";
import { findOverlaps, type Overlaps } from "./overlaps.ts";

export interface MatchCounts {
  /** IoU at and above which a pair counts as matched, 0 < threshold <= 1. */
  readonly threshold: number;
  /** Matched pairs, predictions without partner, references without partner. */
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  /** Sum of IoU over matched pairs. */
  readonly matchedIouSum: number;
}

export interface MatchScores extends MatchCounts {
  readonly referenceCount: number;
  readonly predictedCount: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** tp / (tp + fp + fn): "accuracy" of stardist, AP of the Data Science Bowl. */
  readonly averagePrecision: number;
  /** Sum of matched IoU / (tp + fp/2 + fn/2) (Kirillov 2019): `segmentationQuality` x `recognitionQuality`. */
  readonly panopticQuality: number;
  /** SQ: mean IoU of matched pairs, the same number as `meanMatchedScore`. */
  readonly segmentationQuality: number;
  /** RQ: tp / (tp + fp/2 + fn/2), the same number as `f1`. */
  readonly recognitionQuality: number;
  /** Mean IoU of matched pairs. */
  readonly meanMatchedScore: number;
  /** Sum of matched IoU / number of references: missed objects count as 0. */
  readonly meanTrueScore: number;
}

/** One matched pair by its labels. */
export interface ObjectMatch {
  readonly reference: number;
  readonly predicted: number;
  readonly iou: number;
}

/** All scores that follow from counts; sums of counts over images give pooled scores. */
export function scoresFromCounts(counts: MatchCounts): MatchScores {
  const { tp, fp, fn, matchedIouSum } = counts;
  const ratio = (part: number, whole: number): number => (tp > 0 ? part / whole : 0);
  return {
    ...counts,
    referenceCount: tp + fn,
    predictedCount: tp + fp,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    averagePrecision: ratio(tp, tp + fp + fn),
    panopticQuality: ratio(matchedIouSum, tp + fp / 2 + fn / 2),
    segmentationQuality: ratio(matchedIouSum, tp),
    recognitionQuality: ratio(tp, tp + fp / 2 + fn / 2),
    meanMatchedScore: ratio(matchedIouSum, tp),
    meanTrueScore: ratio(matchedIouSum, tp + fn),
  };
}

/**
 * Scores of one prediction at one threshold.
 *
 * @param reference, predicted  int32 label images of one size, axes yx.
 * @param iouThreshold  0 < threshold <= 1.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels), plus the assignment when the threshold is at most 0.5.
 */
export function matchObjects(
  reference: LabelImage,
  predicted: LabelImage,
  iouThreshold: number,
): MatchScores {
  return scoreOverlaps(findOverlaps(reference, predicted), iouThreshold);
}

/** `matchObjects` on a table already made: for many thresholds. */
export function scoreOverlaps(overlaps: Overlaps, iouThreshold: number): MatchScores {
  const matches = matchOverlaps(overlaps, iouThreshold);
  const tp = matches.length;
  return scoresFromCounts({
    threshold: iouThreshold,
    tp,
    fp: overlaps.predictedLabels.length - tp,
    fn: overlaps.referenceLabels.length - tp,
    matchedIouSum: matches.reduce((sum, { iou }) => sum + iou, 0),
  });
}

/** Matched pairs at a threshold, by ascending reference label. */
export function matchOverlaps(overlaps: Overlaps, iouThreshold: number): ObjectMatch[] {
  assert(iouThreshold > 0 && iouThreshold <= 1, `an IoU threshold lies in (0, 1], got ${iouThreshold}`);
  const { pairs, referenceLabels, predictedLabels } = overlaps;
  const toMatch = ({ reference, predicted, iou }: Overlaps["pairs"][number]): ObjectMatch => ({
    reference: referenceLabels[reference] as number,
    predicted: predictedLabels[predicted] as number,
    iou,
  });
  // Above one half an object can have only one such partner: the matching is unique.
  if (iouThreshold > 0.5) return pairs.filter(({ iou }) => iou >= iouThreshold).map(toMatch);
  const smaller = Math.min(referenceLabels.length, predictedLabels.length);
  const column = assignPairs(
    referenceLabels.length,
    predictedLabels.length,
    pairs.map(({ reference, predicted, iou }) => ({
      row: reference,
      column: predicted,
      weight: (iou >= iouThreshold ? 1 : 0) + iou / (2 * smaller),
    })),
  );
  return pairs
    .filter(({ reference, predicted, iou }) => iou >= iouThreshold && column[reference] === predicted)
    .map(toMatch);
}
