/**
 * Scores on the validation items, and the choice of post-processing thresholds on them.
 */
import type { LabelImage } from "#core/array/index.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";
import { defaultDeepWatershedParams, labelsFromDeepWatershed } from "#core/labels/index.ts";
import type { SegmentationScores } from "#core/metrics/index.ts";
import { poolScores, scoreSegmentation } from "#core/metrics/index.ts";
import type { Session } from "../engine/engine.ts";
import type { PredictedPlanes } from "../inference/index.ts";
import { predictPlanes } from "../inference/index.ts";
import type { PreparedItem } from "./items.ts";

export interface ValidationCase {
  readonly group: string;
  readonly planes: PredictedPlanes;
  readonly labels: LabelImage;
}

/** At most `count` items, spread evenly over the list (ordered by group, so that groups stay represented). */
export function chooseValidationItems<T extends Pick<PreparedItem, "id" | "group">>(
  items: readonly T[],
  count: number,
): T[] {
  const key = (item: T): string => `${item.group}\u0000${item.id}`;
  const ordered = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  if (ordered.length <= count) return ordered;
  return Array.from(
    { length: count },
    (_, i) => ordered[Math.floor(((i + 0.5) * ordered.length) / count)] as T,
  );
}

/** Items that fit into a number of pixels together, from the first on; always at least one. */
export function itemsWithinPixels<T extends { readonly height: number; readonly width: number }>(
  items: readonly T[],
  pixelsMax: number,
): T[] {
  let pixels = 0;
  return items.filter(({ height, width }, i) => {
    pixels += height * width;
    return i === 0 || pixels <= pixelsMax;
  });
}

/** Predicted planes beside the reference labels of an item. */
export async function predictCase(
  session: Session,
  item: PreparedItem,
  options: { readonly stride: number; readonly reach: number; readonly signal?: AbortSignal | undefined },
): Promise<ValidationCase> {
  return {
    planes: await predictPlanes(session, item.plane, options),
    labels: item.labels,
    group: item.group,
  };
}

// 0.5 is what is reported; 0.7 keeps calibration from choosing thresholds that match loosely but outline badly.
const SCORED_IOUS = [0.5, 0.7] as const;

/** Post-processing before calibration: low prominence, since touching nuclei often differ by little. */
export const startingParams: DeepWatershedParams = {
  ...defaultDeepWatershedParams,
  seedThreshold: 0.4,
  seedProminence: 0.02,
};

function scoreEach(cases: readonly ValidationCase[], params: DeepWatershedParams): SegmentationScores[] {
  return cases.map((one) => scoreCase(one, params));
}

/** Scores of one case, to be pooled. */
export function scoreCase(one: ValidationCase, params: DeepWatershedParams): SegmentationScores {
  return scoreSegmentation(one.labels, labelsFromDeepWatershed(one.planes, params), SCORED_IOUS);
}

/** Scores at IoU 0.5 pooled over the scores of all cases. */
export function pooledAtHalf(scores: readonly SegmentationScores[]): { ap50: number; f1: number } {
  const [atHalf] = poolScores(scores).byThreshold;
  return { ap50: atHalf?.averagePrecision ?? 0, f1: atHalf?.f1 ?? 0 };
}

/**
 * What calibration maximises: mean average precision, pooled within each group, then averaged over groups, so that one
 * group with many cells does not choose for all others.
 */
function objectiveOf(cases: readonly ValidationCase[], params: DeepWatershedParams): number {
  const byGroup = new Map<string, SegmentationScores[]>();
  scoreEach(cases, params).forEach((scores, i) => {
    const group = cases[i]?.group ?? "";
    byGroup.set(group, [...(byGroup.get(group) ?? []), scores]);
  });
  let total = 0;
  for (const scores of byGroup.values()) total += poolScores(scores).meanAveragePrecision;
  return total / byGroup.size;
}

/** Values tried, one parameter after the other. Lengths in pixels are left alone: they depend on the size of cells. */
const trials: Readonly<{
  [name in "foregroundThreshold" | "seedThreshold" | "seedProminence"]: readonly number[];
}> = {
  foregroundThreshold: [0.4, 0.45, 0.5, 0.55, 0.6],
  seedThreshold: [0.3, 0.4, 0.5],
  seedProminence: [0.01, 0.02, 0.05, 0.1],
};

// A change must be worth this much: smaller differences on some dozens of images are chance.
const GAIN_MIN = 0.003;

/**
 * Post-processing parameters that do best on the cases, by coordinate search from `start`.
 *
 * Deterministic. Cost: about ten post-processings of every case.
 */
export function calibrate(cases: readonly ValidationCase[], start: DeepWatershedParams): DeepWatershedParams {
  if (cases.length === 0) return start;
  let best = start;
  let bestObjective = objectiveOf(cases, start);
  for (const name of Object.keys(trials) as (keyof typeof trials)[]) {
    for (const value of trials[name]) {
      if (value === best[name]) continue;
      const candidate = { ...best, [name]: value };
      const objective = objectiveOf(cases, candidate);
      if (objective <= bestObjective + GAIN_MIN) continue;
      best = candidate;
      bestObjective = objective;
    }
  }
  return best;
}
