/**
 * Scores on the validation items, and the choice of post-processing thresholds on them.
 */
import type { LabelImage, Mask, Plane } from "#core/array/index.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { SegmentationScores } from "#core/metrics/index.ts";
import { poolScores, scoreSegmentation } from "#core/metrics/index.ts";
import type { Compartment, InputContract } from "../contract/index.ts";
import type { Session } from "../engine/engine.ts";
import type { HeadDesign, TunedThreshold } from "../heads/index.ts";
import { predictMaps } from "../inference/index.ts";
import { outputName } from "../models/index.ts";
import type { PreparedItem } from "./items.ts";
import { labelledCompartments } from "./items.ts";

/** One compartment of one image: what the network answered beside what a person drew. */
export interface ValidationCase {
  readonly group: string;
  readonly compartment: Compartment;
  /** In the order of the head's outputs. */
  readonly maps: readonly Plane<"float32">[];
  readonly labels: LabelImage;
  /** Pixels that scores do not ask about; undefined when all count. */
  readonly uncounted?: Mask | undefined;
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

/** What a network answers for an item, beside its labels, for each compartment that has both. */
export async function predictCases(
  session: Session,
  item: PreparedItem,
  head: HeadDesign,
  contract: Pick<InputContract, "stride" | "receptiveRadiusPx" | "compartments">,
): Promise<ValidationCase[]> {
  const known = new Set(contract.compartments.map(({ compartment }) => compartment));
  const compartments = labelledCompartments(item.labels).filter((name) => known.has(name));
  const names = compartments.flatMap((one) => head.outputNames.map((name) => outputName(one, name)));
  const { stride, receptiveRadiusPx } = contract;
  const maps = await predictMaps(session, item.planes, names, { stride, reach: receptiveRadiusPx });
  const count = head.outputNames.length;
  return compartments.map((compartment, i) => ({
    group: item.group,
    compartment,
    maps: maps.slice(i * count, (i + 1) * count),
    labels: item.labels[compartment] as LabelImage,
    uncounted: item.uncounted?.[compartment],
  }));
}

// 0.5 is what is reported; 0.7 keeps calibration from choosing thresholds that match loosely but outline badly.
const SCORED_IOUS = [0.5, 0.7] as const;

/** Scores of one case, to be pooled. */
export function scoreCase(
  one: Pick<ValidationCase, "maps" | "labels" | "uncounted">,
  head: HeadDesign,
  params: DeepWatershedParams,
): SegmentationScores {
  return scoreSegmentation(one.labels, head.decode(one.maps, params), SCORED_IOUS, one.uncounted);
}

/** Scores at IoU 0.5, pooled over the cases of each compartment, then averaged over compartments. */
export function pooledAtHalf(
  scores: readonly { readonly compartment: Compartment; readonly scores: SegmentationScores }[],
): { ap50: number; f1: number } {
  const byCompartment = Map.groupBy(scores, ({ compartment }) => compartment);
  let [ap50, f1] = [0, 0];
  for (const list of byCompartment.values()) {
    const [atHalf] = poolScores(list.map((one) => one.scores)).byThreshold;
    ap50 += (atHalf?.averagePrecision ?? 0) / byCompartment.size;
    f1 += (atHalf?.f1 ?? 0) / byCompartment.size;
  }
  return { ap50, f1 };
}

/**
 * What calibration maximises: mean average precision, pooled within each group, then averaged over groups, so that one
 * group with many cells does not choose for all others.
 */
function objectiveOf(
  cases: readonly ValidationCase[],
  head: HeadDesign,
  params: DeepWatershedParams,
): number {
  const byGroup = new Map<string, SegmentationScores[]>();
  for (const one of cases) {
    byGroup.set(one.group, [...(byGroup.get(one.group) ?? []), scoreCase(one, head, params)]);
  }
  let total = 0;
  for (const scores of byGroup.values()) total += poolScores(scores).meanAveragePrecision;
  return total / byGroup.size;
}

/**
 * Values tried, one parameter after the other. Small dense nuclei want little smoothing, large cells more: on three groups of
 * the Data Science Bowl it decided more than the head did (docs/decisions/0026).
 */
const trials: Readonly<Record<TunedThreshold, readonly number[]>> = {
  smoothingPx: [0.75, 1, 1.5, 2],
  foregroundThreshold: [0.4, 0.45, 0.5, 0.55, 0.6],
  seedThreshold: [0.2, 0.3, 0.4, 0.5],
  seedProminence: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2],
  foregroundMeanMin: [0.6, 0.65, 0.7, 0.75, 0.8],
};

// What pays for one parameter depends on the others; a third round changes nothing any more.
const ROUNDS_MAX = 3;

// A change must be worth this much on one group. What suits one kind of images alone is a poor guess for the next
// (docs/decisions/0053); over several groups chance evens out, as the error of a mean does.
const GAIN_OF_ONE_GROUP_MIN = 0.01;

/**
 * The same on a few labelled images, where chance is larger than that: half of the standard error of a share of so many objects. A
 * change of thresholds moves few objects, so the error of the difference is about that much too.
 */
const gainOfFew = (cases: readonly ValidationCase[], head: HeadDesign, params: DeepWatershedParams): number =>
  0.5 / Math.sqrt(Math.max(1, objectsOf(cases, head, params)));

/** Cells that a person drew in the cases, as far as they count. */
const objectsOf = (cases: readonly ValidationCase[], head: HeadDesign, params: DeepWatershedParams): number =>
  poolScores(cases.map((one) => scoreCase(one, head, params))).byThreshold[0]?.referenceCount ?? 0;

/**
 * Post-processing parameters that do best on the cases of one compartment, by coordinate search from
 * `start`.
 *
 * @param images  "few": the images are the handful of a fine-tuning, and only a gain beyond chance moves a threshold.
 * Deterministic. Cost: some 15 post-processings of every case, up to 45 where they change much.
 */
export function calibrate(
  cases: readonly ValidationCase[],
  head: HeadDesign,
  start: DeepWatershedParams,
  images: "many" | "few" = "many",
): DeepWatershedParams {
  if (cases.length === 0) return start;
  const groups = new Set(cases.map(({ group }) => group)).size;
  const gainOfGroups = GAIN_OF_ONE_GROUP_MIN / Math.sqrt(groups);
  const gainMin = images === "few" ? Math.max(gainOfGroups, gainOfFew(cases, head, start)) : gainOfGroups;
  let best = start;
  let bestObjective = objectiveOf(cases, head, best);
  for (let round = 0, before: DeepWatershedParams | null = null; round < ROUNDS_MAX; round++) {
    if (best === before) break;
    before = best;
    for (const name of head.tuned) {
      const found = bestOfOne(cases, head, { name, from: best, objective: bestObjective });
      if (found.objective <= bestObjective + gainMin) continue;
      best = found.params;
      bestObjective = found.objective;
    }
  }
  return best;
}

/** The value of one parameter that does best with the others as they are. */
function bestOfOne(
  cases: readonly ValidationCase[],
  head: HeadDesign,
  { name, from, objective }: { name: TunedThreshold; from: DeepWatershedParams; objective: number },
): { readonly params: DeepWatershedParams; readonly objective: number } {
  let best = { params: from, objective };
  for (const value of trials[name]) {
    if (value === from[name]) continue;
    const params = { ...from, [name]: value };
    const reached = objectiveOf(cases, head, params);
    if (reached > best.objective) best = { params, objective: reached };
  }
  return best;
}
