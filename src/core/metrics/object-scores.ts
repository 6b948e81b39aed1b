/** Scores of a tally, and the dozen of them that a table shows, an interval is given for and versions are compared by. */

import { type BoundaryScores, boundaryScores } from "./boundary-scores.ts";
import { detScore, segScore } from "./cell-tracking-scores.ts";
import type { ErrorCounts } from "./classify-errors.ts";
import { type MatchScores, scoresFromCounts } from "./match-objects.ts";
import type { ObjectTally, TallySettings } from "./tally.ts";

/** A score is null where nothing was there to be scored. */
export interface ObjectScores {
  readonly settings: TallySettings;
  readonly imageCount: number;
  readonly referenceCount: number;
  readonly predictedCount: number;
  /** Objects left out because nobody annotated their place. */
  readonly uncounted: { readonly references: number; readonly predictions: number };
  readonly byThreshold: readonly MatchScores[];
  /** mSA: mean of average precision over the thresholds. */
  readonly meanAveragePrecision: number;
  readonly seg: number | null;
  readonly det: number | null;
  readonly aji: number | null;
  readonly ajiPlus: number | null;
  readonly boundary: BoundaryScores | null;
  /** Means over measured pairs; micrometres over those of images with a pixel size. */
  readonly hausdorff: {
    readonly px: number | null;
    readonly p95Px: number | null;
    readonly um: number | null;
    readonly p95Um: number | null;
  };
  /** Mean of (predicted - reference) / reference area over measured pairs: 0.1 is 10 % too large; and its size. */
  readonly areaBias: { readonly mean: number | null; readonly absolute: number | null };
  readonly foreground: { readonly iou: number | null; readonly dice: number | null };
  readonly errors: ErrorCounts;
}

/** @param settings  those the tally was counted with. */
export function scoresOf(
  { sums, matched, matchedIouSum }: ObjectTally,
  settings: TallySettings,
): ObjectScores {
  const byThreshold = settings.thresholds.map((threshold, k) => {
    const tp = matched[k] as number;
    return scoresFromCounts({
      threshold,
      tp,
      fp: sums.predictions - tp,
      fn: sums.references - tp,
      matchedIouSum: matchedIouSum[k] as number,
    });
  });
  const cellTracking = { ...sums, referenceCount: sums.references };
  return {
    settings,
    imageCount: sums.images,
    referenceCount: sums.references,
    predictedCount: sums.predictions,
    uncounted: { references: sums.uncountedReferences, predictions: sums.uncountedPredictions },
    byThreshold,
    meanAveragePrecision:
      byThreshold.reduce((total, { averagePrecision }) => total + averagePrecision, 0) / byThreshold.length,
    seg: segScore(cellTracking),
    det: detScore(cellTracking),
    aji: ratio(sums.ajiShared, sums.ajiUnion),
    ajiPlus: ratio(sums.ajiPlusShared, sums.ajiPlusUnion),
    boundary: boundaryScores({
      reference: sums.boundaryReference,
      referenceNear: sums.boundaryReferenceNear,
      predicted: sums.boundaryPredicted,
      predictedNear: sums.boundaryPredictedNear,
    }),
    hausdorff: {
      px: ratio(sums.hausdorffPxSum, sums.measured),
      p95Px: ratio(sums.hausdorff95PxSum, sums.measured),
      um: ratio(sums.hausdorffUmSum, sums.measuredUm),
      p95Um: ratio(sums.hausdorff95UmSum, sums.measuredUm),
    },
    areaBias: {
      mean: ratio(sums.areaBiasSum, sums.measured),
      absolute: ratio(sums.areaErrorSum, sums.measured),
    },
    foreground: {
      iou: ratio(
        sums.foregroundShared,
        sums.foregroundReference + sums.foregroundPredicted - sums.foregroundShared,
      ),
      dice: ratio(2 * sums.foregroundShared, sums.foregroundReference + sums.foregroundPredicted),
    },
    errors: {
      correct: sums.correct,
      missed: sums.missed,
      gained: sums.gained,
      split: sums.split,
      gainedFromSplit: sums.gainedFromSplit,
      merge: sums.merge,
      missedFromMerge: sums.missedFromMerge,
      catastrophe: sums.catastrophe,
      referenceInCatastrophe: sums.referenceInCatastrophe,
      predictedInCatastrophe: sums.predictedInCatastrophe,
    },
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The scores worth a line, by their published names. */
export const headlineNames = [
  "ap50",
  "ap75",
  "meanAp",
  "f1",
  "precision",
  "recall",
  "pq",
  "sq",
  "rq",
  "aji",
  "ajiPlus",
  "seg",
  "det",
  "boundaryF",
  "hausdorff95Px",
  "areaBias",
] as const;
export type HeadlineName = (typeof headlineNames)[number];
export type Headline = Readonly<Record<HeadlineName, number | null>>;

/** Precision, recall, F1, PQ, SQ and RQ are at IoU 0.5. A threshold that was not counted gives null. */
export function headlineOf(scores: ObjectScores): Headline {
  const at = (threshold: number): MatchScores | undefined =>
    scores.byThreshold.find((one) => Math.abs(one.threshold - threshold) < 1e-9);
  const half = at(0.5);
  return {
    ap50: half?.averagePrecision ?? null,
    ap75: at(0.75)?.averagePrecision ?? null,
    meanAp: scores.meanAveragePrecision,
    f1: half?.f1 ?? null,
    precision: half?.precision ?? null,
    recall: half?.recall ?? null,
    pq: half?.panopticQuality ?? null,
    sq: half?.segmentationQuality ?? null,
    rq: half?.recognitionQuality ?? null,
    aji: scores.aji,
    ajiPlus: scores.ajiPlus,
    seg: scores.seg,
    det: scores.det,
    boundaryF: scores.boundary?.f ?? null,
    hausdorff95Px: scores.hausdorff.p95Px,
    areaBias: scores.areaBias.mean,
  };
}
