import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, randomLabels } from "#testing/index.ts";
import { labelsFromRuns } from "../labels/index.ts";
import { classifyErrors, countErrors, matchObjects, poolScores, scoreSegmentation } from "./index.ts";

interface Fixture {
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly height: number;
        readonly width: number;
        readonly reference: readonly number[];
        readonly predicted: readonly number[];
        readonly matching: Readonly<Record<string, Readonly<Record<string, number>>>>;
        readonly foreground: { readonly dice: number; readonly iou: number };
      }
    >
  >;
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/stardist-matching.json"), "utf8"),
) as Fixture;

describe("scores equal stardist.matching", () => {
  test.each(Object.entries(fixture.cases))("%s", (_, { height, width, ...images }) => {
    const reference = labelsFromRuns(height, width, images.reference);
    const predicted = labelsFromRuns(height, width, images.predicted);
    for (const [threshold, expected] of Object.entries(images.matching)) {
      const scores = matchObjects(reference, predicted, Number(threshold));
      expect(scores).toMatchObject({ tp: expected["tp"], fp: expected["fp"], fn: expected["fn"] });
      const pairs = [
        [scores.precision, "precision"],
        [scores.recall, "recall"],
        [scores.f1, "f1"],
        [scores.averagePrecision, "accuracy"],
        [scores.panopticQuality, "panoptic_quality"],
        [scores.meanMatchedScore, "mean_matched_score"],
        [scores.meanTrueScore, "mean_true_score"],
      ] as const;
      // The reference tool stores IoU as float32.
      for (const [ours, name] of pairs)
        expect(Math.abs(ours - (expected[name] as number)), `${name} at ${threshold}`).toBeLessThan(1e-6);
    }
    const { foreground } = scoreSegmentation(reference, predicted);
    expect(foreground.dice).toBeCloseTo(images.foreground.dice, 9);
    expect(foreground.iou).toBeCloseTo(images.foreground.iou, 9);
  });
});

describe("matchObjects", () => {
  test("by hand: IoU 3/4 and 1/3", () => {
    const reference = labelsOf("1111", "22..");
    const predicted = labelsOf("111.", ".555");
    // 1: 3 shared of 4. 2 and 5: 1 shared of 2 + 3 - 1 = 4.
    const half = matchObjects(reference, predicted, 0.5);
    expect(half).toMatchObject({
      tp: 1,
      fp: 1,
      fn: 1,
      precision: 0.5,
      recall: 0.5,
      f1: 0.5,
      averagePrecision: 1 / 3,
      meanMatchedScore: 0.75,
      meanTrueScore: 0.375,
      panopticQuality: 0.375,
    });
    expect(matchObjects(reference, predicted, 0.25)).toMatchObject({
      tp: 2,
      fp: 0,
      fn: 0,
      meanMatchedScore: 0.5,
    });
    expect(matchObjects(reference, predicted, 0.8)).toMatchObject({
      tp: 0,
      fp: 2,
      fn: 2,
      precision: 0,
      f1: 0,
    });
  });
  test("an IoU equal to the threshold counts, and one object has one partner", () => {
    expect(matchObjects(labelsOf("1111"), labelsOf("1122"), 0.5)).toMatchObject({ tp: 1, fp: 1, fn: 0 });
  });
  test("below one half, as many pairs as possible come first", () => {
    const reference = labelsOf("1111112222");
    const predicted = labelsOf("6655555555");
    // 1-6: 2/6 = 0.33; 1-5: 4/10 = 0.4; 2-5: 4/8 = 0.5. At 0.3 both objects can be matched: 1-6, 2-5.
    expect(matchObjects(reference, predicted, 0.3)).toMatchObject({ tp: 2, fp: 0, fn: 0 });
  });
  test("empty images: nothing matched, nothing wrong", () => {
    expect(matchObjects(labelsOf(".."), labelsOf(".."), 0.5)).toMatchObject({ tp: 0, fp: 0, fn: 0, f1: 0 });
    expect(matchObjects(labelsOf("1."), labelsOf(".."), 0.5)).toMatchObject({ tp: 0, fp: 0, fn: 1 });
  });
  test("images of different size are refused", () => {
    expect(() => matchObjects(labelsOf("1."), labelsOf("1"), 0.5)).toThrow(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
    expect(() => matchObjects(labelsOf("1"), labelsOf("1"), 0)).toThrow(/internal/);
  });
  test("law: a perfect prediction scores 1; renumbering changes nothing; tp falls as the threshold rises", () =>
    forSeeds(200, (random) => {
      const reference = randomLabels(random, 14, 6);
      const other = randomLabels(random, 14, 6);
      const predicted = {
        ...reference,
        data: reference.data.map((v, i) => (random.chance(0.8) ? v : (other.data[i] ?? 0))),
      };
      const renumbered = { ...predicted, data: predicted.data.map((v) => (v === 0 ? 0 : 1000 - 7 * v)) };
      let last = Infinity;
      for (const threshold of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
        const scores = matchObjects(reference, predicted, threshold);
        const again = matchObjects(reference, renumbered, threshold);
        expect(again.tp).toBe(scores.tp);
        expect(again.matchedIouSum).toBeCloseTo(scores.matchedIouSum, 9);
        expect(scores.tp).toBeLessThanOrEqual(last);
        last = scores.tp;
        const self = matchObjects(reference, reference, threshold);
        if (self.referenceCount > 0)
          expect([self.f1, self.panopticQuality, self.meanTrueScore]).toEqual([1, 1, 1]);
      }
    }));
});

describe("scoreSegmentation, poolScores", () => {
  const one = scoreSegmentation(labelsOf("11.22"), labelsOf("11..."));
  const two = scoreSegmentation(labelsOf("1"), labelsOf("."));
  test("carry their settings", () => {
    expect(one.settings).toEqual({
      matcher: "iou-assignment/1",
      thresholds: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
      imageCount: 1,
      counting: { uncountedShare: 0.5, foundIou: 0.5 },
    });
    expect(one.meanAveragePrecision).toBeCloseTo(0.5, 12);
  });
  test("pooling adds counts: one of three cells found", () => {
    const pooled = poolScores([one, two]);
    expect(pooled.byThreshold[0]).toMatchObject({
      tp: 1,
      fp: 0,
      fn: 2,
      referenceCount: 3,
      recall: 1 / 3,
      averagePrecision: 1 / 3,
    });
    expect(pooled.settings.imageCount).toBe(2);
    expect(pooled.foreground).toMatchObject({ reference: 5, predicted: 2, shared: 2, iou: 0.4 });
  });
  test("pooling one is the same; pooling none gives zeros; different thresholds cannot be pooled", () => {
    expect(poolScores([one])).toEqual(one);
    expect(poolScores([]).byThreshold[0]).toMatchObject({ tp: 0, fn: 0 });
    expect(() => poolScores([one, scoreSegmentation(labelsOf("1"), labelsOf("1"), [0.5])])).toThrow(
      /internal/,
    );
  });
});

describe("classifyErrors", () => {
  const classes = (reference: readonly string[], predicted: readonly string[]) => {
    const { settings: _, correct, ...rest } = classifyErrors(labelsOf(...reference), labelsOf(...predicted));
    return { correct: correct.map((match) => [match.reference, match.predicted]), ...rest };
  };
  const none = { correct: [], missed: [], gained: [], split: [], merge: [], catastrophe: [] };

  test("correct, missed, gained", () => {
    expect(classes(["111.22..."], ["555....66"])).toEqual({
      ...none,
      correct: [[1, 5]],
      missed: [2],
      gained: [6],
    });
  });
  test("split: one cell, two predictions", () => {
    expect(classes(["1111"], ["5566"])).toEqual({ ...none, split: [{ reference: [1], predicted: [5, 6] }] });
  });
  test("merge: two cells, one prediction", () => {
    expect(classes(["1122"], ["5555"])).toEqual({ ...none, merge: [{ reference: [1, 2], predicted: [5] }] });
  });
  test("catastrophe: two and two, mixed up", () => {
    expect(classes(["111222", "111222"], ["555555", "666666"])).toEqual({
      ...none,
      catastrophe: [{ reference: [1, 2], predicted: [5, 6] }],
    });
  });
  test("a pair that is too unlike is one missed and one gained", () => {
    expect(classes(["1111.."], ["..5555"])).toEqual({ ...none, missed: [1], gained: [5] });
  });
  test("an IoU of exactly 0.6 is not yet correct", () => {
    expect(classes(["11111"], ["555.."])).toEqual({ ...none, missed: [1], gained: [5] });
    expect(classes(["111111"], ["5555.."])).toEqual({ ...none, correct: [[1, 5]] });
  });
  test("a fragment swallowed by a large cell belongs to it, whatever its IoU", () => {
    // 2 lies wholly in 5 with an IoU of 1/21; 1 and 5 match with 20/21.
    const row = "11111111111111111111";
    const matched = classes([`${row}2`], ["555555555555555555555"]);
    // The large pair is correct, so the fragment alone is left, and missed.
    expect(matched).toEqual({ ...none, correct: [[1, 5]], missed: [2] });
    // When the large cell has no correct partner either, all belong to one merge.
    expect(classes(["1111111111333333333322"], ["5555555555555555555555"])).toEqual({
      ...none,
      merge: [{ reference: [1, 2, 3], predicted: [5] }],
    });
  });
  test("counts, over images", () => {
    const split = classifyErrors(labelsOf("111111"), labelsOf("556677"));
    const merge = classifyErrors(labelsOf("1122.33"), labelsOf("5555.66"));
    const mixed = classifyErrors(labelsOf("111222", "111222"), labelsOf("555555", "666666"));
    expect(countErrors([split, merge, mixed])).toEqual({
      correct: 1,
      missed: 0,
      gained: 0,
      split: 1,
      gainedFromSplit: 2,
      merge: 1,
      missedFromMerge: 1,
      catastrophe: 1,
      referenceInCatastrophe: 2,
      predictedInCatastrophe: 2,
    });
  });
  test("law: every object is in exactly one class", () =>
    forSeeds(300, (random) => {
      const reference = randomLabels(random, 14, 6);
      const other = randomLabels(random, 14, 6);
      const predicted = {
        ...reference,
        data: reference.data.map((v, i) => (random.chance(0.6) ? v : (other.data[i] ?? 0))),
      };
      const errors = classifyErrors(reference, predicted);
      const groups = [...errors.split, ...errors.merge, ...errors.catastrophe];
      const seen = (side: "reference" | "predicted", alone: readonly number[]): number[] =>
        [
          ...errors.correct.map((match) => match[side]),
          ...alone,
          ...groups.flatMap((group) => group[side]),
        ].sort((a, b) => a - b);
      const present = (data: Int32Array): number[] =>
        [...new Set(data)].filter((v) => v > 0).sort((a, b) => a - b);
      expect(seen("reference", errors.missed)).toEqual(present(reference.data));
      expect(seen("predicted", errors.gained)).toEqual(present(predicted.data));
    }));
});
