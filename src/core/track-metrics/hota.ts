/**
 * HOTA, DetA, AssA and LocA (Luiten et al. 2021), the scores of general tracking, for comparison beyond cells.
 *
 * Matching is its own: one to one per frame, best sum of IoU weighted by how well two tracks agree over the movie, at
 * IoU thresholds 0.05 to 0.95. A track is a chain between divisions; divisions themselves do not count here.
 */
import { assignPairs } from "../metrics/index.ts";
import type { MovieMatch } from "./movie-match.ts";

/** 0.05 to 0.95 in steps of 0.05. */
export const hotaThresholds: readonly number[] = Array.from({ length: 19 }, (_, k) => (5 + 5 * k) / 100);

export interface HotaScores {
  /** Means over the thresholds; null without any detection. */
  readonly hota: number | null;
  readonly detA: number | null;
  readonly assA: number | null;
  /** Mean IoU of matched detections. */
  readonly locA: number | null;
  /** At IoU 0.5. */
  readonly hota50: number | null;
}

/** IoU at a threshold counts; the slack is for its rounding. */
const slack = 1e-12;

/** Cost: O(touching pairs x thresholds), plus the assignments. */
export function hotaScores(match: MovieMatch): HotaScores {
  const [truths, results] = [match.reference, match.predicted];
  const none: HotaScores = { hota: null, detA: null, assA: null, locA: null, hota50: null };
  const [references, predictions] = [truths.forest.frames.length, results.forest.frames.length];
  if (references + predictions === 0) return none;
  const columns = results.chains.list.length;
  const keyOf: KeyOf = (r, p) =>
    (truths.chains.chainOf[r] as number) * columns + (results.chains.chainOf[p] as number);
  const agreement = agreementOf(match, keyOf);
  const counts = hotaThresholds.map(() => new Map<number, number>());
  const similarity = hotaThresholds.map(() => 0);
  for (const frame of match.frames) {
    for (const { key, iou } of bestPairs(frame, keyOf, agreement)) {
      for (const [k, threshold] of hotaThresholds.entries()) {
        if (iou < threshold - slack) break;
        counts[k]!.set(key, (counts[k]!.get(key) ?? 0) + 1);
        similarity[k] = (similarity[k] as number) + iou;
      }
    }
  }
  const length = (side: MovieMatch["reference"], chain: number): number =>
    side.chains.list[chain]!.members.length;
  const each = counts.map((together, k) => {
    let [tp, association] = [0, 0];
    for (const [key, count] of together) {
      const column = key % columns;
      const union = length(truths, (key - column) / columns) + length(results, column) - count;
      tp += count;
      association += (count * count) / union;
    }
    const detA = tp / (references + predictions - tp);
    const assA = association / Math.max(1, tp);
    return { detA, assA, hota: Math.sqrt(detA * assA), locA: tp === 0 ? 1 : (similarity[k] as number) / tp };
  });
  const mean = (name: "hota" | "detA" | "assA" | "locA"): number =>
    each.reduce((sum, one) => sum + one[name], 0) / each.length;
  const half = each[hotaThresholds.indexOf(0.5)]!.hota;
  return { hota: mean("hota"), detA: mean("detA"), assA: mean("assA"), locA: mean("locA"), hota50: half };
}

type Frame = MovieMatch["frames"][number];

/** Pair of two tracks as one number, from two detections. */
type KeyOf = (reference: number, predicted: number) => number;

/** How well two tracks agree over the movie, 0..1: soft count of common detections over their union. */
function agreementOf(
  { frames, reference, predicted }: MovieMatch,
  keyOf: KeyOf,
): ReadonlyMap<number, number> {
  const common = new Map<number, number>();
  for (const { match, referenceStart, predictedStart } of frames) {
    const rows = new Float64Array(match.referenceLabels.length);
    const columns = new Float64Array(match.predictedLabels.length);
    for (const pair of match.pairs) {
      rows[pair.reference] = (rows[pair.reference] as number) + pair.iou;
      columns[pair.predicted] = (columns[pair.predicted] as number) + pair.iou;
    }
    for (const pair of match.pairs) {
      const whole = (rows[pair.reference] as number) + (columns[pair.predicted] as number) - pair.iou;
      const key = keyOf(referenceStart + pair.reference, predictedStart + pair.predicted);
      common.set(key, (common.get(key) ?? 0) + pair.iou / whole);
    }
  }
  const columns = predicted.chains.list.length;
  for (const [key, shared] of common) {
    const column = key % columns;
    const row = (key - column) / columns;
    const both = reference.chains.list[row]!.members.length + predicted.chains.list[column]!.members.length;
    common.set(key, shared / (both - shared));
  }
  return common;
}

/** The best one-to-one pairs of a frame, by the pair of their tracks. */
function bestPairs(
  { match, referenceStart, predictedStart }: Frame,
  keyOf: KeyOf,
  agreement: ReadonlyMap<number, number>,
): { readonly key: number; readonly iou: number }[] {
  const keyed = match.pairs.map(({ reference, predicted, iou }) => {
    const key = keyOf(referenceStart + reference, predictedStart + predicted);
    return { row: reference, column: predicted, weight: iou * agreement.get(key)!, key, iou };
  });
  const columnOf = assignPairs(match.referenceLabels.length, match.predictedLabels.length, keyed);
  return keyed.filter(({ row, column }) => columnOf[row] === column);
}
