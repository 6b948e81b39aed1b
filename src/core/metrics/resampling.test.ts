/** Intervals and paired comparisons against closed forms and coverage. */

import { describe, expect, test } from "vitest";
import { rng } from "../rng.ts";
import {
  bootstrapIntervals,
  compareScores,
  defaultTallySettings,
  emptyTally,
  type ObjectTally,
  type TallySettings,
} from "./index.ts";

const settings: TallySettings = { ...defaultTallySettings, thresholds: [0.5] };

/** An image with so many references, of which so many are found; nothing false. */
function found(tp: number, references: number): ObjectTally {
  const { sums } = emptyTally(1);
  return {
    sums: { ...sums, images: 1, references, predictions: tp },
    matched: [tp],
    matchedIouSum: [tp],
  };
}

describe("bootstrapIntervals", () => {
  test("the same tallies and seed give the same interval; another seed a near one", () => {
    const random = rng(1);
    const images = Array.from({ length: 40 }, (_, k) => ({
      group: `g${k}`,
      tally: found(random.int(11), 10),
    }));
    const one = bootstrapIntervals(images, settings);
    expect(bootstrapIntervals(images, settings)).toEqual(one);
    const other = bootstrapIntervals(images, settings, { seed: 1 });
    const [a, b] = [one.intervals.recall, other.intervals.recall];
    expect(Math.abs((a?.low ?? 0) - (b?.low ?? 1))).toBeLessThan(0.03);
    expect(one).toMatchObject({ unit: "group", unitCount: 40, replicates: 1000, seed: 0, level: 0.95 });
  });
  test("equal groups have an interval of no width", () => {
    const images = Array.from({ length: 8 }, (_, k) => ({ group: `g${k}`, tally: found(7, 10) }));
    expect(bootstrapIntervals(images, settings).intervals.recall).toEqual({ low: 0.7, high: 0.7 });
  });
  test("few groups: images are drawn, and it says so; one image has no interval", () => {
    const images = Array.from({ length: 10 }, (_, k) => ({ group: `g${k % 2}`, tally: found(k, 10) }));
    expect(bootstrapIntervals(images, settings)).toMatchObject({ unit: "image", unitCount: 10 });
    expect(bootstrapIntervals(images.slice(0, 1), settings).intervals.recall).toBeNull();
  });
  test("images of a group go together: copies of an image in its group do not narrow the interval", () => {
    const values = [2, 9, 4, 7, 5, 8, 1, 6];
    const single = values.map((tp, k) => ({ group: `g${k}`, tally: found(tp, 10) }));
    const copied = single.flatMap((image) => [image, image, image, image]);
    const width = (images: typeof single): number => {
      const interval = bootstrapIntervals(images, settings).intervals.recall;
      return (interval?.high ?? 0) - (interval?.low ?? 0);
    };
    expect(width(copied)).toBeCloseTo(width(single), 12);
    expect(width(single)).toBeGreaterThan(0.2);
  });
  test("a 95 % interval for a mean of 30 groups covers the truth about as often as it says", () => {
    let hits = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const random = rng(9, round);
      // Recall of a group: uniform on 0..1 in tenths, so the true pooled recall is 0.5.
      const images = Array.from({ length: 30 }, (_, k) => ({
        group: `g${k}`,
        tally: found(random.int(11), 10),
      }));
      const interval = bootstrapIntervals(images, settings, { replicates: 200, seed: round }).intervals
        .recall;
      if (interval !== null && interval.low <= 0.5 && interval.high >= 0.5) hits++;
    }
    // Percentile intervals of 30 units cover a little less than 95 %: 0.93 ± 0.018 (one standard error) is expected.
    expect(hits / rounds).toBeGreaterThan(0.87);
    expect(hits / rounds).toBeLessThan(0.99);
  });
});

describe("compareScores", () => {
  const pairs = (gaps: readonly number[]) =>
    gaps.map((gap, k) => ({ group: `g${k}`, a: found(50, 100), b: found(50 + gap, 100) }));
  test("always better in n groups: the exact p is 2 / 2^n", () => {
    const result = compareScores(pairs([5, 4, 6, 5, 7, 3, 5, 4]), settings);
    expect(result).toMatchObject({
      unit: "group",
      unitCount: 8,
      test: "paired permutation, exact",
      permutations: 256,
    });
    expect(result.scores.recall.p).toBe(2 / 256);
    expect(result.smallestP).toBe(2 / 256);
    expect(result.scores.recall.difference).toBeCloseTo(39 / 800, 12);
    expect(result.scores.recall.interval?.low).toBeGreaterThan(0);
  });
  test("by hand: gaps 1, 2, 3, -3, 1, 2 sum to 6", () => {
    const gaps = [1, 2, 3, -3, 1, 2];
    let extreme = 0;
    for (let bits = 0; bits < 64; bits++) {
      const sum = gaps.reduce((total, gap, k) => total + (((bits >> k) & 1) === 1 ? -gap : gap), 0);
      if (Math.abs(sum) >= 6) extreme++;
    }
    expect(compareScores(pairs(gaps), settings).scores.recall.p).toBe(extreme / 64);
  });
  test("no difference: p is 1, the interval holds 0", () => {
    const same = compareScores(pairs([0, 0, 0, 0, 0, 0, 0]), settings).scores.recall;
    expect(same).toMatchObject({ difference: 0, p: 1, interval: { low: 0, high: 0 } });
  });
  test("many groups: sampled, near the exact value, never 0", () => {
    const gaps = Array.from({ length: 20 }, (_, k) => (k % 5 === 0 ? -2 : 3));
    const result = compareScores(pairs(gaps), settings, { replicates: 4000 });
    expect(result.test).toBe("paired permutation, sampled");
    const p = result.scores.recall.p ?? 0;
    // Exact two-sided p by counting sign patterns: sums of four ±2 and sixteen ±3 at least 40 in size.
    let extreme = 0;
    for (let bits = 0; bits < 2 ** 20; bits++) {
      let sum = 0;
      for (let k = 0; k < 20; k++)
        sum += ((bits >> k) & 1) === 1 ? -(gaps[k] as number) : (gaps[k] as number);
      if (Math.abs(sum) >= 40) extreme++;
    }
    expect(p).toBeGreaterThan(0);
    expect(Math.abs(p - extreme / 2 ** 20)).toBeLessThan(0.004);
  });
  test("under no difference p is uniform: at most about 5 % of trials lie below 0.05", () => {
    let below = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const random = rng(3, round);
      const images = Array.from({ length: 8 }, (_, k) => ({
        group: `g${k}`,
        a: found(random.int(101), 100),
        b: found(random.int(101), 100),
      }));
      const { p } = compareScores(images, settings, { replicates: 1 }).scores.recall;
      if (p !== null && p <= 0.05) below++;
    }
    // Binomial with 200 and 0.05: 10 ± 3.1; more than 22 has a chance of 1 in 10,000.
    expect(below).toBeLessThanOrEqual(22);
    expect(below).toBeGreaterThanOrEqual(1);
  });
});
