/**
 * Intervals for scores by resampling whole units, and the rule which units these are.
 *
 * Objects of one image and images of one group resemble each other, so drawing single objects would give intervals far
 * too narrow. Groups (plate, patient, source) are drawn with replacement, each with all its images (cluster bootstrap;
 * percentile interval, Efron and Tibshirani 1993). With fewer than `groupCountMin` groups that says nothing, and images
 * are drawn instead: the interval then speaks for more images of these groups, not for new groups. Seeded: the same
 * tallies give the same interval.
 */

import { rng } from "../rng.ts";
import { quantile } from "./hausdorff.ts";
import { type Headline, type HeadlineName, headlineNames, headlineOf, scoresOf } from "./object-scores.ts";
import {
  addInPlace,
  type ObjectTally,
  packedLength,
  packTally,
  type TallySettings,
  unpackTally,
} from "./tally.ts";

/** Below this many groups the spread between groups cannot be estimated by drawing from them. */
export const groupCountMin = 6;

/** Enough that the ends of a 95 % interval move by less than a hundredth of its width between seeds. */
export const defaultReplicates = 1000;

export interface TalliedImage {
  readonly group: string;
  readonly tally: ObjectTally;
}

export interface ResampleOptions {
  /** Default 1000. */
  readonly replicates?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Share of replicates inside the interval; default 0.95. */
  readonly level?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapIntervals {
  readonly method: "percentile bootstrap";
  readonly unit: ResampleUnit;
  readonly unitCount: number;
  readonly replicates: number;
  readonly seed: number;
  readonly level: number;
  /** Null where the score is undefined, or with a single unit. */
  readonly intervals: Readonly<Record<HeadlineName, Interval | null>>;
}

export type ResampleUnit = "group" | "image";

/** Groups when there are enough of them, else images. */
export function resampleUnit(images: readonly { readonly group: string }[]): ResampleUnit {
  return new Set(images.map(({ group }) => group)).size >= groupCountMin ? "group" : "image";
}

/** One packed tally per unit, in order of group name or as given. */
export function packUnits(
  images: readonly TalliedImage[],
  unit: ResampleUnit,
  thresholdCount: number,
): Float64Array[] {
  if (unit === "image") return images.map(({ tally }) => packTally(tally, thresholdCount));
  const groups = [...Map.groupBy(images, ({ group }) => group)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([, members]) => {
    const total = new Float64Array(packedLength(thresholdCount));
    for (const { tally } of members) addInPlace(total, packTally(tally, thresholdCount));
    return total;
  });
}

/** Headline scores of added, packed tallies. */
export function headlineOfPacked(packed: Float64Array, settings: TallySettings): Headline {
  return headlineOf(scoresOf(unpackTally(packed, settings.thresholds.length), settings));
}

/** Cost: O(replicates x units). */
export function bootstrapIntervals(
  images: readonly TalliedImage[],
  settings: TallySettings,
  options: ResampleOptions = {},
): BootstrapIntervals {
  const { replicates = defaultReplicates, seed = 0, level = 0.95 } = options;
  const unit = resampleUnit(images);
  const units = packUnits(images, unit, settings.thresholds.length);
  const values: Record<HeadlineName, number[]> = emptyLists();
  if (units.length > 1) {
    for (const draw of drawings(units.length, replicates, seed)) {
      const total = new Float64Array(packedLength(settings.thresholds.length));
      draw.forEach((weight, k) => {
        if (weight > 0) addInPlace(total, units[k] as Float64Array, weight);
      });
      const scores = headlineOfPacked(total, settings);
      for (const name of headlineNames) {
        const value = scores[name];
        if (value !== null) values[name].push(value);
      }
    }
  }
  const intervals = Object.fromEntries(
    headlineNames.map((name) => [name, intervalOf(values[name], level)]),
  ) as Record<HeadlineName, Interval | null>;
  return {
    method: "percentile bootstrap",
    unit,
    unitCount: units.length,
    replicates,
    seed,
    level,
    intervals,
  };
}

/** How often each of `count` units is drawn, replicate by replicate. */
export function* drawings(count: number, replicates: number, seed: number): Generator<Uint32Array> {
  const random = rng(seed, "bootstrap");
  for (let r = 0; r < replicates; r++) {
    const weights = new Uint32Array(count);
    for (let k = 0; k < count; k++) {
      const drawn = random.int(count);
      weights[drawn] = (weights[drawn] as number) + 1;
    }
    yield weights;
  }
}

/** The middle `level` of the values; null for fewer than two. */
export function intervalOf(values: readonly number[], level: number): Interval | null {
  if (values.length < 2) return null;
  const sorted = Float64Array.from(values).sort();
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

export function emptyLists(): Record<HeadlineName, number[]> {
  return Object.fromEntries(headlineNames.map((name) => [name, [] as number[]])) as Record<
    HeadlineName,
    number[]
  >;
}
