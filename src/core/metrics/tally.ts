/**
 * Everything counted on one image, as sums: scores of many images come from added tallies.
 *
 * All scores are ratios of sums over objects or pixels, so pooling, facets and resampling are additions; a mean over
 * images is never taken. Sums are named numbers, stored as they are with an evaluation. Packing them into one array lets a
 * bootstrap add thousands of times.
 */

import { assert } from "../errors.ts";
import type { BoundaryTolerance } from "./boundary-scores.ts";
import type { ErrorSettings } from "./classify-errors.ts";
import type { CountingRule } from "./counted-objects.ts";

/** What the numbers were counted with; only tallies of equal settings can be added. */
export interface TallySettings {
  /** Name of the matching rules, such as "iou-assignment/1". */
  readonly matcher: string;
  /** Ascending IoU thresholds. */
  readonly thresholds: readonly number[];
  /** IoU from which a pair is measured: area, Hausdorff. */
  readonly measuredIou: number;
  readonly boundaryTolerance: BoundaryTolerance;
  readonly errors: ErrorSettings;
  /** Which objects count where not all of an image is annotated. */
  readonly counting: CountingRule;
}

/** Names of the sums, in the order in which they are packed. Pixels unless the name says otherwise. */
export const tallyFields = [
  "images",
  "references",
  "predictions",
  // objects left out because nobody annotated their place; not among the two above
  "uncountedReferences",
  "uncountedPredictions",
  // Cell Tracking Challenge
  "segSum",
  "detSplits",
  "detMissed",
  "detFalse",
  // aggregated Jaccard
  "ajiShared",
  "ajiUnion",
  "ajiPlusShared",
  "ajiPlusUnion",
  // pixels labelled
  "foregroundReference",
  "foregroundPredicted",
  "foregroundShared",
  // border pixels
  "boundaryReference",
  "boundaryReferenceNear",
  "boundaryPredicted",
  "boundaryPredictedNear",
  // pairs at `measuredIou`: distances between borders, (predicted - reference) / reference area
  "measured",
  "hausdorffPxSum",
  "hausdorff95PxSum",
  "areaBiasSum",
  "areaErrorSum",
  // those of images with a pixel size
  "measuredUm",
  "hausdorffUmSum",
  "hausdorff95UmSum",
  // error classes
  "correct",
  "missed",
  "gained",
  "split",
  "gainedFromSplit",
  "merge",
  "missedFromMerge",
  "catastrophe",
  "referenceInCatastrophe",
  "predictedInCatastrophe",
] as const;
export type TallyField = (typeof tallyFields)[number];

export interface ObjectTally {
  readonly sums: Readonly<Record<TallyField, number>>;
  /** Matched pairs per threshold, and the sum of their IoU. */
  readonly matched: readonly number[];
  readonly matchedIouSum: readonly number[];
}

/** A tally of nothing. */
export function emptyTally(thresholdCount: number): ObjectTally {
  const zeros = Array.from({ length: thresholdCount }, () => 0);
  const sums = Object.fromEntries(tallyFields.map((field) => [field, 0])) as Record<TallyField, number>;
  return { sums, matched: zeros, matchedIouSum: zeros };
}

/** Sums of several tallies made with the same settings. Cost: O(tallies). */
export function addTallies(list: readonly ObjectTally[], thresholdCount: number): ObjectTally {
  const total = new Float64Array(packedLength(thresholdCount));
  for (const tally of list) addInPlace(total, packTally(tally, thresholdCount));
  return unpackTally(total, thresholdCount);
}

export const packedLength = (thresholdCount: number): number => tallyFields.length + 2 * thresholdCount;

/** The sums one after another: fields, then matched pairs, then their IoU. */
export function packTally(
  { sums, matched, matchedIouSum }: ObjectTally,
  thresholdCount: number,
): Float64Array {
  assert(
    matched.length === thresholdCount && matchedIouSum.length === thresholdCount,
    "only tallies of equal thresholds can be added",
  );
  const packed = new Float64Array(packedLength(thresholdCount));
  tallyFields.forEach((field, k) => {
    // A stored tally of an older metric version lacks what was not counted then.
    packed[k] = sums[field] ?? 0;
  });
  packed.set(matched, tallyFields.length);
  packed.set(matchedIouSum, tallyFields.length + thresholdCount);
  return packed;
}

export function unpackTally(packed: Float64Array, thresholdCount: number): ObjectTally {
  const at = tallyFields.length;
  return {
    sums: Object.fromEntries(tallyFields.map((field, k) => [field, packed[k] as number])) as Record<
      TallyField,
      number
    >,
    matched: [...packed.subarray(at, at + thresholdCount)],
    matchedIouSum: [...packed.subarray(at + thresholdCount, at + 2 * thresholdCount)],
  };
}

export function addInPlace(total: Float64Array, more: Float64Array, weight = 1): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + weight * (more[i] as number);
}
