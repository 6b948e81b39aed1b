/**
 * Aggregated Jaccard index: shared pixels over united pixels, added over objects (Kumar et al. 2017), and its stricter
 * form AJI+ with a one-to-one pairing (Graham et al. 2019).
 *
 * In AJI each reference takes its best prediction, which may serve several references; predictions nobody took count
 * into the union. AJI+ pairs by maximum assignment of IoU, so one merged prediction cannot pay twice. Both are given as
 * two sums, so that images pool exactly.
 */

import { assignPairs } from "./assignment.ts";
import type { OverlapPair, Overlaps } from "./overlaps.ts";

export interface JaccardSums {
  /** Pixels. The index is `shared / union`; nothing at all (union 0) has no index. */
  readonly shared: number;
  readonly union: number;
}

/** Sums of AJI: each reference with the prediction of highest IoU, the smaller label when equal. Cost: O(pairs). */
export function aggregatedJaccard(overlaps: Overlaps): JaccardSums {
  const best = new Map<number, OverlapPair>();
  for (const pair of overlaps.pairs) {
    const held = best.get(pair.reference);
    if (held === undefined || pair.iou > held.iou) best.set(pair.reference, pair);
  }
  return sumPairs(overlaps, [...best.values()]);
}

/** Sums of AJI+: the one-to-one pairing with the largest sum of IoU. Cost: that of the assignment. */
export function aggregatedJaccardPlus(overlaps: Overlaps): JaccardSums {
  const { referenceLabels, predictedLabels, pairs } = overlaps;
  const column = assignPairs(
    referenceLabels.length,
    predictedLabels.length,
    pairs.map(({ reference, predicted, iou }) => ({ row: reference, column: predicted, weight: iou })),
  );
  return sumPairs(
    overlaps,
    pairs.filter(({ reference, predicted }) => column[reference] === predicted),
  );
}

function sumPairs(overlaps: Overlaps, chosen: readonly OverlapPair[]): JaccardSums {
  const { referenceAreas, predictedAreas } = overlaps;
  const [usedReference, usedPredicted] = [new Set<number>(), new Set<number>()];
  let [shared, union] = [0, 0];
  for (const pair of chosen) {
    usedReference.add(pair.reference);
    usedPredicted.add(pair.predicted);
    shared += pair.shared;
    union += at(referenceAreas, pair.reference) + at(predictedAreas, pair.predicted) - pair.shared;
  }
  referenceAreas.forEach((area, k) => {
    if (!usedReference.has(k)) union += area;
  });
  predictedAreas.forEach((area, k) => {
    if (!usedPredicted.has(k)) union += area;
  });
  return { shared, union };
}

const at = (areas: Int32Array, index: number): number => areas[index] as number;
