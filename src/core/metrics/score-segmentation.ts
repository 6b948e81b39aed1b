/**
 * The scores of one image over all thresholds, and of many images together.
 *
 * A score carries what it was computed with. Images are pooled by adding counts, so each object weighs the same; the
 * mean over images is not offered, because an image of two cells would weigh as much as one of two thousand.
 */

import type { LabelImage, Mask } from "../array/index.ts";
import { assert } from "../errors.ts";
import { type CountingRule, countedObjects, defaultCountingRule } from "./counted-objects.ts";
import { type MatchScores, scoreOverlaps, scoresFromCounts } from "./match-objects.ts";

/** 0.5 to 0.95 in steps of 0.05, as in the Data Science Bowl 2018 and COCO. */
export const defaultIouThresholds: readonly number[] = Array.from(
  { length: 10 },
  (_, k) => (50 + 5 * k) / 100,
);

/** Name of the rules behind the numbers; changes whenever a number could change. */
export const matcherName = "iou-assignment/1";

export interface ForegroundScores {
  /** Pixels labelled in the reference, in the prediction, in both. */
  readonly reference: number;
  readonly predicted: number;
  readonly shared: number;
  /** Shared / union; 1 when both are empty. */
  readonly iou: number;
  /** 2 shared / (reference + predicted); 1 when both are empty. */
  readonly dice: number;
}

export interface SegmentationScores {
  readonly settings: {
    readonly matcher: string;
    readonly thresholds: readonly number[];
    readonly imageCount: number;
    readonly counting: CountingRule;
  };
  /** Objects left out because nobody annotated their place. */
  readonly uncounted: { readonly references: number; readonly predictions: number };
  readonly byThreshold: readonly MatchScores[];
  /** Mean of average precision over the thresholds. */
  readonly meanAveragePrecision: number;
  readonly foreground: ForegroundScores;
}

/**
 * @param thresholds  IoU thresholds, each in (0, 1]; default 0.5 to 0.95.
 * @param uncounted  pixels that say nothing, as `uncountedPixels` gives them; default none.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels + pairs x thresholds).
 */
export function scoreSegmentation(
  reference: LabelImage,
  predicted: LabelImage,
  thresholds: readonly number[] = defaultIouThresholds,
  uncounted?: Mask,
): SegmentationScores {
  const counted = countedObjects(reference, predicted, uncounted);
  const { overlaps } = counted;
  return assemble(
    thresholds.map((threshold) => scoreOverlaps(overlaps, threshold)),
    overlaps.foreground,
    1,
    counted.uncounted,
  );
}

/** Scores of several images: counts are added per threshold. All must have the same thresholds; none gives zeros. */
export function poolScores(list: readonly SegmentationScores[]): SegmentationScores {
  const thresholds = list[0]?.settings.thresholds ?? defaultIouThresholds;
  for (const { settings } of list) {
    const same =
      settings.thresholds.length === thresholds.length &&
      settings.thresholds.every((t, k) => t === thresholds[k]);
    assert(same, "only scores of equal thresholds can be pooled");
  }
  const byThreshold = thresholds.map((threshold, k) =>
    poolMatchScores(
      list.map(({ byThreshold: scores }) => scores[k] as MatchScores),
      threshold,
    ),
  );
  const foreground = { reference: 0, predicted: 0, shared: 0 };
  let imageCount = 0;
  const uncounted = { references: 0, predictions: 0 };
  for (const scores of list) {
    foreground.reference += scores.foreground.reference;
    foreground.predicted += scores.foreground.predicted;
    foreground.shared += scores.foreground.shared;
    imageCount += scores.settings.imageCount;
    uncounted.references += scores.uncounted.references;
    uncounted.predictions += scores.uncounted.predictions;
  }
  return assemble(byThreshold, foreground, imageCount, uncounted);
}

/** Scores of added counts at one threshold. */
export function poolMatchScores(list: readonly MatchScores[], threshold: number): MatchScores {
  const sum = { threshold, tp: 0, fp: 0, fn: 0, matchedIouSum: 0 };
  for (const scores of list) {
    assert(scores.threshold === threshold, "only scores of equal thresholds can be pooled");
    sum.tp += scores.tp;
    sum.fp += scores.fp;
    sum.fn += scores.fn;
    sum.matchedIouSum += scores.matchedIouSum;
  }
  return scoresFromCounts(sum);
}

function assemble(
  byThreshold: readonly MatchScores[],
  pixels: Pick<ForegroundScores, "reference" | "predicted" | "shared">,
  imageCount: number,
  uncounted: SegmentationScores["uncounted"],
): SegmentationScores {
  const { reference, predicted, shared } = pixels;
  const union = reference + predicted - shared;
  const total = byThreshold.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0);
  return {
    settings: {
      matcher: matcherName,
      thresholds: byThreshold.map(({ threshold }) => threshold),
      imageCount,
      counting: defaultCountingRule,
    },
    uncounted,
    byThreshold,
    meanAveragePrecision: byThreshold.length === 0 ? 0 : total / byThreshold.length,
    foreground: {
      reference,
      predicted,
      shared,
      iou: union === 0 ? 1 : shared / union,
      dice: union === 0 ? 1 : (2 * shared) / (reference + predicted),
    },
  };
}
