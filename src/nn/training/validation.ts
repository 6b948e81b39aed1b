/**
 * Scores on the validation items, and the choice of post-processing thresholds on them.
 */
import type { LabelImage } from "#core/array/index.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";
import { labelsFromDeepWatershed } from "#core/labels/index.ts";
import { poolScores, scoreSegmentation } from "#core/metrics/index.ts";
import type { Session } from "../engine/engine.ts";
import type { PredictedPlanes } from "../inference/index.ts";
import { predictPlanes } from "../inference/index.ts";
import type { PreparedItem } from "./items.ts";

export interface ValidationCase {
  readonly planes: PredictedPlanes;
  readonly labels: LabelImage;
}

/** At most `count` items, spread evenly over the list (ordered by group, so that groups stay represented). */
export function chooseValidationItems(items: readonly PreparedItem[], count: number): PreparedItem[] {
  const key = (item: PreparedItem): string => `${item.group}\u0000${item.id}`;
  const ordered = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  if (ordered.length <= count) return ordered;
  return Array.from(
    { length: count },
    (_, i) => ordered[Math.floor(((i + 0.5) * ordered.length) / count)] as PreparedItem,
  );
}

/** Predicted planes beside the reference labels of each item. */
export async function predictCases(
  session: Session,
  items: readonly PreparedItem[],
  options: { readonly stride: number; readonly reach: number; readonly signal?: AbortSignal | undefined },
): Promise<ValidationCase[]> {
  const cases: ValidationCase[] = [];
  for (const item of items) {
    cases.push({ planes: await predictPlanes(session, item.plane, options), labels: item.labels });
  }
  return cases;
}

// 0.5 is what is reported; 0.7 keeps calibration from choosing thresholds that match loosely but outline badly.
const SCORED_IOUS = [0.5, 0.7] as const;

/** Pooled scores at 0.5, and the mean average precision calibration maximises. */
export function scoreCases(
  cases: readonly ValidationCase[],
  params: DeepWatershedParams,
): { ap50: number; f1: number; objective: number } {
  const scores = poolScores(
    cases.map(({ planes, labels }) =>
      scoreSegmentation(labels, labelsFromDeepWatershed(planes, params), SCORED_IOUS),
    ),
  );
  const [atHalf] = scores.byThreshold;
  return { ap50: atHalf?.averagePrecision ?? 0, f1: atHalf?.f1 ?? 0, objective: scores.meanAveragePrecision };
}

/** Values tried, one parameter after the other, from the default. */
const trials: Readonly<{
  [name in "foregroundThreshold" | "seedThreshold" | "seedProminence" | "smoothingPx"]: readonly number[];
}> = {
  foregroundThreshold: [0.35, 0.45, 0.5, 0.55, 0.65],
  seedThreshold: [0.2, 0.3, 0.4, 0.5],
  seedProminence: [0.02, 0.05, 0.1, 0.15],
  smoothingPx: [0.5, 1, 1.5],
};

// A change must be worth this much: smaller differences on some dozens of images are chance.
const GAIN_MIN = 0.001;

/**
 * Post-processing parameters that do best on the cases, by coordinate search.
 *
 * Deterministic. Cost: about a dozen post-processings of every case.
 */
export function calibrate(cases: readonly ValidationCase[], start: DeepWatershedParams): DeepWatershedParams {
  if (cases.length === 0) return start;
  let best = start;
  let bestObjective = scoreCases(cases, start).objective;
  for (const name of Object.keys(trials) as (keyof typeof trials)[]) {
    for (const value of trials[name]) {
      const candidate = { ...best, [name]: value };
      if (value === best[name]) continue;
      const { objective } = scoreCases(cases, candidate);
      if (objective > bestObjective + GAIN_MIN) {
        best = candidate;
        bestObjective = objective;
      }
    }
  }
  return best;
}
