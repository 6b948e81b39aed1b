/** Scores where not all of an image is annotated: by hand, and against the rule object by object. */

import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, maskOf, randomLabels } from "#testing/index.ts";
import type { LabelImage, Mask } from "../array/index.ts";
import {
  countedObjects,
  defaultTallySettings,
  evaluateLabels,
  findOverlaps,
  headlineOf,
  poolScores,
  scoreSegmentation,
  scoresOf,
  uncountedPixels,
} from "./index.ts";

const scored = (reference: LabelImage, predicted: LabelImage, uncounted?: Mask) =>
  scoresOf(
    evaluateLabels(reference, predicted, null, defaultTallySettings, uncounted).tally,
    defaultTallySettings,
  );

describe("a region in which everything is labelled", () => {
  // Cell 2 lies outside of the region, labelled all the same.
  const reference = labelsOf("1111..........2222..");
  // 5 and 9 are right; 6 is wrong inside; 7 lies outside by exactly half; 8 and 4 lie where nobody looked.
  const predicted = labelsOf("5555..66777788999944");
  const region = maskOf("##########..........");
  const uncounted = uncountedPixels(reference, { coverage: "region", region });

  test("uncounted is the unlabelled ground outside", () => {
    expect(uncounted).toEqual(maskOf("..........####....##"));
  });
  test("predictions mostly outside are not false, those that find a cell are right", () => {
    const scores = scored(reference, predicted, uncounted);
    expect(scores).toMatchObject({
      referenceCount: 2,
      predictedCount: 4,
      uncounted: { references: 0, predictions: 2 },
      errors: { correct: 2, missed: 0, gained: 2 },
    });
    expect(scores.settings.counting).toEqual({ uncountedShare: 0.5, foundIou: 0.5 });
    expect(headlineOf(scores)).toMatchObject({ ap50: 0.5, precision: 0.5, recall: 1, seg: 1 });
    // Two false ones to delete, against 10 for each of two cells.
    expect(scores.det).toBeCloseTo(1 - 2 / 20, 12);
    // 8 shared pixels; 2 and 4 of the false ones in the union.
    expect(scores.aji).toBeCloseTo(8 / 14, 12);
    // On counted ground: 4 + 2 + 2 (half of 7) + 4 predicted pixels.
    expect(scores.foreground.iou).toBeCloseTo(8 / 12, 12);
  });
  test("without a region all six predictions count", () => {
    const scores = scored(reference, predicted);
    expect(scores).toMatchObject({ predictedCount: 6, uncounted: { references: 0, predictions: 0 } });
    expect(headlineOf(scores).ap50).toBeCloseTo(2 / 6, 12);
  });
  test("objects that do not count have no outcome", () => {
    const { outcomes } = evaluateLabels(reference, predicted, null, defaultTallySettings, uncounted);
    expect(outcomes.filter(({ side }) => side === "predicted").map(({ label }) => label)).toEqual([
      5, 6, 7, 9,
    ]);
  });
  test("pooled scores add what was left out", () => {
    const one = scoreSegmentation(reference, predicted, [0.5], uncounted);
    expect(one.byThreshold[0]).toMatchObject({ tp: 2, fp: 2, fn: 0 });
    expect(poolScores([one, one])).toMatchObject({
      uncounted: { references: 0, predictions: 4 },
      settings: { counting: { uncountedShare: 0.5 } },
    });
  });
});

test("a border outside of the region is not asked about", () => {
  const reference = labelsOf("....11....");
  const predicted = labelsOf("....2222..");
  const region = maskOf("######....");
  const uncounted = uncountedPixels(reference, { coverage: "region", region });
  const settings = { ...defaultTallySettings, boundaryTolerance: { distance: 0, unit: "px" as const } };
  const { sums } = evaluateLabels(reference, predicted, null, settings, uncounted).tally;
  // Borders: columns 4 and 5 of the cell, 4 and (outside) 7 of the prediction.
  expect(sums).toMatchObject({
    boundaryReference: 2,
    boundaryReferenceNear: 1,
    boundaryPredicted: 1,
    boundaryPredictedNear: 1,
  });
});

describe("a sparse layer", () => {
  const ground = (reference: LabelImage) => uncountedPixels(reference, { coverage: "sparse" });
  test("asks for the labelled cells only", () => {
    const reference = labelsOf("11..22....");
    const scores = scored(reference, labelsOf("55.....777"), ground(reference));
    expect(scores).toMatchObject({ referenceCount: 2, predictedCount: 1, uncounted: { predictions: 1 } });
    expect(headlineOf(scores)).toMatchObject({ precision: 1, recall: 0.5 });
  });
  test("a fragment of a labelled cell is false", () => {
    const reference = labelsOf("111111....");
    const scores = scored(reference, labelsOf("22.333...."), ground(reference));
    expect(headlineOf(scores)).toMatchObject({ precision: 0.5, recall: 1 });
  });
  test("a prediction over everything finds nothing", () => {
    const reference = labelsOf("..11......");
    const scores = scored(reference, labelsOf("2222222222"), ground(reference));
    expect(headlineOf(scores).recall).toBe(0);
    expect(scores).toMatchObject({ referenceCount: 1, predictedCount: 0 });
  });
  test("a region that nobody has drawn is none; a cleared place is background", () => {
    const reference = labelsOf("11........");
    expect(uncountedPixels(reference, { coverage: "region" })).toEqual(maskOf("..########"));
    const cleared = maskOf(".....##...");
    expect(uncountedPixels(reference, { coverage: "sparse", cleared })).toEqual(maskOf("..###..###"));
  });
});

describe("ignored pixels", () => {
  const reference = labelsOf("1111.222233");
  const ignore = maskOf(".....###...");
  const uncounted = uncountedPixels(reference, { coverage: "exhaustive", ignore });
  test.each([
    ["found", "5555.666677", { tp: 2, fp: 0, fn: 0 }, { references: 1, predictions: 1 }],
    ["not found", "5555.....77", { tp: 2, fp: 0, fn: 0 }, { references: 1, predictions: 0 }],
    [
      "found at exactly half, lying half inside",
      "5555...6677",
      { tp: 2, fp: 0, fn: 0 },
      { references: 1, predictions: 1 },
    ],
    [
      "touched by one that lies outside",
      "5555....677",
      { tp: 2, fp: 1, fn: 0 },
      { references: 1, predictions: 0 },
    ],
  ])("a cell mostly inside gains and loses nothing: %s", (_, predicted, counts, left) => {
    const scores = scoreSegmentation(reference, labelsOf(predicted), [0.5], uncounted);
    expect(scores.byThreshold[0]).toMatchObject(counts);
    expect(scores.uncounted).toEqual(left);
  });
  test("a cell with half of it inside counts", () => {
    const half = uncountedPixels(reference, { coverage: "exhaustive", ignore: maskOf(".....##....") });
    expect(scoreSegmentation(reference, labelsOf("5555.....77"), [0.5], half).byThreshold[0]).toMatchObject({
      tp: 2,
      fn: 1,
    });
  });
});

test("a mask of another size is refused", () => {
  const reference = labelsOf("11");
  expect(() => uncountedPixels(reference, { coverage: "region", region: maskOf("###") })).toThrow(
    expect.objectContaining({ code: "array.shapeMismatch" }),
  );
});

test("law: the objects that count are those of the rule, object by object; nothing uncounted changes nothing", () =>
  forSeeds(200, (random) => {
    const reference = randomLabels(random, 14, 6);
    const other = randomLabels(random, 14, 6);
    const data = reference.data.map((v, i) => (random.chance(0.8) ? v : (other.data[i] ?? 0)));
    const predicted: LabelImage = { ...reference, data };
    const { height, width } = reference;
    const bits = Uint8Array.from(data, () => (random.chance(0.5) ? 1 : 0));
    const uncounted: Mask = { dtype: "uint8", height, width, data: bits };
    const found = countedObjects(reference, predicted, uncounted);
    const expected = slowRule(reference, predicted, uncounted);
    expect([...found.overlaps.referenceLabels]).toEqual(expected.references);
    expect([...found.overlaps.predictedLabels]).toEqual(expected.predictions);
    const all = countedObjects(reference, predicted, { ...uncounted, data: new Uint8Array(bits.length) });
    expect(all.overlaps).toEqual(findOverlaps(reference, predicted));
    expect(all.uncounted).toEqual({ references: 0, predictions: 0 });
  }));

/** The rule with sets of pixels; IoU above one half, so that partners are unique, which these seeds keep to. */
function slowRule(reference: LabelImage, predicted: LabelImage, uncounted: Mask) {
  const pixelsOf = (image: LabelImage): Map<number, number[]> => {
    const pixels = Map.groupBy(image.data.keys(), (i) => image.data[i] as number);
    return new Map([...pixels].filter(([label]) => label > 0).sort(([a], [b]) => a - b));
  };
  const [theirs, ours] = [pixelsOf(reference), pixelsOf(predicted)];
  const share = (pixels: readonly number[]): number =>
    pixels.filter((i) => uncounted.data[i] === 1).length / pixels.length;
  const asked = [...theirs].filter(([, pixels]) => share(pixels) <= 0.5).map(([label]) => label);
  const partnersOf = (pixels: readonly number[]): number[] =>
    [...theirs].flatMap(([label, other]) => {
      const shared = pixels.filter((i) => other.includes(i)).length;
      return 2 * shared >= pixels.length + other.length - shared ? [label] : [];
    });
  const predictions = [...ours].flatMap(([label, pixels]) => {
    const partners = partnersOf(pixels);
    if (partners.some((partner) => asked.includes(partner))) return [label];
    return partners.length > 0 || share(pixels) > 0.5 ? [] : [label];
  });
  return { references: asked, predictions };
}
