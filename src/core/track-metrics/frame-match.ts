/**
 * Which detections of a frame are the same cell: the one thing every score of a tracking rests on.
 *
 * The rule is that of the Cell Tracking Challenge: a reference object is found by the prediction that covers more than
 * half of it. So a reference has at most one prediction, while a prediction may hold several references (cells that
 * were merged). Pairs that touch are kept with their IoU for HOTA, which matches by itself. Nothing of the pixels stays:
 * memory grows with detections, not with images.
 */
import { type CellTrackingSums, cellTrackingSums, type Overlaps } from "../metrics/index.ts";

/** Name of the rule; changes whenever a pair could change. */
export const trackMatcherName = "coverage-above-half/1";

export interface FrameMatch {
  /** Frame, from 0. */
  readonly t: number;
  /** Labels present, ascending. */
  readonly referenceLabels: Int32Array;
  readonly predictedLabels: Int32Array;
  /** Position in `predictedLabels` of the prediction that found a reference, by position in `referenceLabels`; -1: none. */
  readonly found: Int32Array;
  /** Pairs that share pixels, by position, with their IoU in (0, 1]. */
  readonly pairs: readonly TouchingPair[];
  /** What SEG and DET need of the frame. */
  readonly sums: CellTrackingSums;
}

interface TouchingPair {
  readonly reference: number;
  readonly predicted: number;
  readonly iou: number;
}

/** Matches the objects of one frame. @param overlaps  reference against prediction. Cost: O(pairs). */
export function matchFrame(t: number, overlaps: Overlaps): FrameMatch {
  const { referenceLabels, predictedLabels, referenceAreas, pairs } = overlaps;
  const found = new Int32Array(referenceLabels.length).fill(-1);
  for (const { reference, predicted, shared } of pairs) {
    if (2 * shared > (referenceAreas[reference] as number)) found[reference] = predicted;
  }
  return {
    t,
    referenceLabels,
    predictedLabels,
    found,
    pairs: pairs.map(({ reference, predicted, iou }) => ({ reference, predicted, iou })),
    sums: cellTrackingSums(overlaps),
  };
}

/**
 * A frame without pixels: who is whom is known, as in simulated detections.
 *
 * @param pairs  labels that are the same cell; a reference in at most one pair. IoU counts as 1.
 */
export function matchKnownPairs(
  t: number,
  referenceLabels: readonly number[],
  predictedLabels: readonly number[],
  pairs: readonly (readonly [reference: number, predicted: number])[],
): FrameMatch {
  const references = Int32Array.from(referenceLabels).sort();
  const predictions = Int32Array.from(predictedLabels).sort();
  const place = (labels: Int32Array): Map<number, number> =>
    new Map(Array.from(labels, (label, k) => [label, k]));
  const [ofReference, ofPrediction] = [place(references), place(predictions)];
  const found = new Int32Array(references.length).fill(-1);
  const covered = new Int32Array(predictions.length);
  const touching: TouchingPair[] = [];
  for (const [reference, predicted] of pairs) {
    const [r, p] = [ofReference.get(reference), ofPrediction.get(predicted)];
    if (r === undefined || p === undefined || found[r] !== -1) continue;
    found[r] = p;
    covered[p] = (covered[p] as number) + 1;
    touching.push({ reference: r, predicted: p, iou: 1 });
  }
  const sums: CellTrackingSums = {
    segSum: touching.length,
    referenceCount: references.length,
    detSplits: covered.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    detMissed: references.length - touching.length,
    detFalse: covered.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
  };
  return { t, referenceLabels: references, predictedLabels: predictions, found, pairs: touching, sums };
}
