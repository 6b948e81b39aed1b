/**
 * Two model versions on the same images: difference, its interval, and how surprising it would be by chance.
 *
 * Interval: paired bootstrap, the same drawn units for both. Significance: a paired permutation test; if the versions were
 * exchangeable, swapping their results within any unit would change nothing, so all swaps (or many random ones) show what
 * differences chance makes. Unlike a t-test it needs no normal differences, and unlike a test per object it respects that
 * objects of an image hang together. Units are groups, or images when groups are few (see `bootstrap.ts`). With n units
 * no p-value can be below 2 / 2^n, which is stated as `smallestP`.
 */

import { assert } from "../errors.ts";
import { rng } from "../rng.ts";
import {
  defaultReplicates,
  drawings,
  emptyLists,
  headlineOfPacked,
  type Interval,
  intervalOf,
  packUnits,
  type ResampleOptions,
  type ResampleUnit,
  resampleUnit,
} from "./bootstrap.ts";
import { type Headline, type HeadlineName, headlineNames } from "./object-scores.ts";
import { addInPlace, type ObjectTally, packedLength, type TallySettings } from "./tally.ts";

/** Up to this many units every swap is tried: 2^12 = 4096 of them. */
const exactUnitsMax = 12;

export interface PairedImage {
  readonly group: string;
  /** The same image, scored for each version. */
  readonly a: ObjectTally;
  readonly b: ObjectTally;
}

export interface ScoreDifference {
  readonly a: number | null;
  readonly b: number | null;
  /** b - a. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Two-sided; null where the difference is undefined. */
  readonly p: number | null;
}

export interface ScoreComparison {
  readonly unit: ResampleUnit;
  readonly unitCount: number;
  readonly replicates: number;
  readonly seed: number;
  readonly level: number;
  readonly test: "paired permutation, exact" | "paired permutation, sampled";
  readonly permutations: number;
  /** The smallest p-value this many units can give. */
  readonly smallestP: number;
  readonly scores: Readonly<Record<HeadlineName, ScoreDifference>>;
}

/** Cost: O((replicates + permutations) x units). Deterministic for a seed. */
export function compareScores(
  images: readonly PairedImage[],
  settings: TallySettings,
  options: ResampleOptions = {},
): ScoreComparison {
  const { replicates = defaultReplicates, seed = 0, level = 0.95 } = options;
  assert(replicates >= 1, "a comparison needs replicates");
  const unit = resampleUnit(images);
  const pairs = packPairs(images, unit, settings);
  const count = pairs.count;
  const observed = pairs.scores(() => false);
  const drawn = drawDifferences(pairs, replicates, seed);
  const exact = count <= exactUnitsMax;
  const permutations = exact ? 2 ** count : replicates;
  const extreme = countExtreme(pairs, observed, exact ? "all" : { samples: permutations, seed });
  const scores = Object.fromEntries(
    headlineNames.map((name): [HeadlineName, ScoreDifference] => {
      const difference = observed.gap(name);
      // A sampled test counts the observed arrangement as one of the samples, so that p is never 0.
      const p = exact ? extreme[name] / permutations : (extreme[name] + 1) / (permutations + 1);
      const interval = difference === null ? null : intervalOf(drawn[name], level);
      return [
        name,
        {
          a: observed.a[name],
          b: observed.b[name],
          difference,
          interval,
          p: difference === null || count === 0 ? null : p,
        },
      ];
    }),
  ) as Record<HeadlineName, ScoreDifference>;
  return {
    unit,
    unitCount: count,
    replicates,
    seed,
    level,
    test: exact ? "paired permutation, exact" : "paired permutation, sampled",
    permutations,
    smallestP: exact ? Math.min(1, 2 / 2 ** count) : 1 / (permutations + 1),
    scores,
  };
}

/** Scores of both versions, and their difference b - a, null where one is undefined. */
interface PairScores {
  readonly a: Headline;
  readonly b: Headline;
  readonly gap: (name: HeadlineName) => number | null;
}

interface Pairs {
  readonly count: number;
  /** Scores when some units are swapped between the versions, and each counts so often. */
  readonly scores: (isSwapped: (unit: number) => boolean, weights?: Uint32Array) => PairScores;
}

function packPairs(images: readonly PairedImage[], unit: ResampleUnit, settings: TallySettings): Pairs {
  const thresholds = settings.thresholds.length;
  const packSide = (side: "a" | "b"): Float64Array[] =>
    packUnits(
      images.map((image) => ({ group: image.group, tally: image[side] })),
      unit,
      thresholds,
    );
  const [unitsA, unitsB] = [packSide("a"), packSide("b")];
  return {
    count: unitsA.length,
    scores(isSwapped, weights) {
      const totalA = new Float64Array(packedLength(thresholds));
      const totalB = new Float64Array(packedLength(thresholds));
      for (let k = 0; k < unitsA.length; k++) {
        const weight = weights?.[k] ?? 1;
        if (weight === 0) continue;
        const swap = isSwapped(k);
        addInPlace(swap ? totalB : totalA, unitsA[k] as Float64Array, weight);
        addInPlace(swap ? totalA : totalB, unitsB[k] as Float64Array, weight);
      }
      const [a, b] = [headlineOfPacked(totalA, settings), headlineOfPacked(totalB, settings)];
      return {
        a,
        b,
        gap: (name) => (a[name] === null || b[name] === null ? null : b[name] - a[name]),
      };
    },
  };
}

function drawDifferences(pairs: Pairs, replicates: number, seed: number): Record<HeadlineName, number[]> {
  const drawn = emptyLists();
  if (pairs.count < 2) return drawn;
  for (const weights of drawings(pairs.count, replicates, seed)) {
    const { gap } = pairs.scores(() => false, weights);
    for (const name of headlineNames) {
      const value = gap(name);
      if (value !== null) drawn[name].push(value);
    }
  }
  return drawn;
}

/** How many swaps give a difference at least as large as the observed one. */
function countExtreme(
  pairs: Pairs,
  observed: PairScores,
  which: "all" | { readonly samples: number; readonly seed: number },
): Record<HeadlineName, number> {
  const counts = Object.fromEntries(headlineNames.map((name) => [name, 0])) as Record<HeadlineName, number>;
  const random = which === "all" ? null : rng(which.seed, "permutation");
  const rounds = which === "all" ? 2 ** pairs.count : which.samples;
  for (let round = 0; round < rounds; round++) {
    const { gap } = pairs.scores((k) => (random === null ? ((round >> k) & 1) === 1 : random.chance(0.5)));
    for (const name of headlineNames) {
      const [seen, value] = [observed.gap(name), gap(name)];
      if (seen === null || value === null) continue;
      // Sums in another order differ in the last bits; a swap of everything must count as equally extreme.
      if (Math.abs(value) >= Math.abs(seen) - 1e-12) counts[name]++;
    }
  }
  return counts;
}
