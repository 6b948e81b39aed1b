import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import {
  defaultTallySettings,
  type ErrorClass,
  errorClassNames,
  errorUnits,
  evaluateLabels,
  imageFacets,
  makeEvaluationReport,
  type ScoredImage,
} from "./index.ts";

describe("imageFacets", () => {
  const image = labelImage(100, 100);
  // Four squares of 10 x 10: a circle of 100 pixels is 11.3 wide; four per (100 px)².
  for (const [k, at] of [0, 20, 4000, 4020].entries())
    for (let y = 0; y < 10; y++) image.data.fill(k + 1, at + 100 * y, at + 100 * y + 10);
  test("in pixels", () => {
    expect(imageFacets(image, null)).toEqual({ objectSize: "8 to 16 px", density: "2 to 5 per (100 px)²" });
  });
  test("in micrometres: half a micrometre a pixel makes 5.6 µm, 16 per (100 µm)²", () => {
    expect(imageFacets(image, { y: 0.5, x: 0.5 })).toEqual({
      objectSize: "4 to 8 µm",
      density: "15 to 40 per (100 µm)²",
    });
  });
  test("an empty image has none", () => expect(imageFacets(labelImage(5, 5), null)).toEqual({}));
});

describe("makeEvaluationReport", () => {
  const good = evaluateLabels(labelsOf("11.22"), labelsOf("11.22")).tally;
  const bad = evaluateLabels(labelsOf("11.22"), labelsOf("11...")).tally;
  const image = (
    group: string,
    organ: string | null,
    tally = good,
    human: typeof good | null = null,
  ): ScoredImage => ({
    group,
    facets: organ === null ? {} : { organ },
    tally,
    human,
  });
  const report = makeEvaluationReport(
    [image("a", "lung"), image("b", "lung", bad), image("c", "liver", bad, good), image("d", null)],
    defaultTallySettings,
  );
  test("all images, and by facet, most images first", () => {
    expect(report.headline.recall).toBe(6 / 8);
    expect(
      report.facets.map(({ field, value, imageCount, headline }) => [
        field,
        value,
        imageCount,
        headline.recall,
      ]),
    ).toEqual([
      ["organ", "lung", 2, 3 / 4],
      ["organ", "liver", 1, 1 / 2],
    ]);
  });
  test("agreement of people on the images that two have outlined, and the model there", () => {
    expect(report.agreement).toMatchObject({ imageCount: 1, referenceCount: 2 });
    expect(report.agreement?.comparison.scores.recall).toMatchObject({ a: 1, b: 0.5, difference: -0.5 });
  });
  test("no images: nothing is said", () => {
    const none = makeEvaluationReport([], defaultTallySettings);
    expect(none).toMatchObject({ facets: [], agreement: null });
    expect(none.headline.seg).toBeNull();
  });
});

test("law: the list behind each bar is as long as the bar says", () =>
  forSeeds(200, (random) => {
    const reference = randomLabels(random, 14, 6);
    const other = randomLabels(random, 14, 6);
    const predicted = {
      ...reference,
      data: reference.data.map((v, i) => (random.chance(0.6) ? v : (other.data[i] ?? 0))),
    };
    const { tally, outcomes } = evaluateLabels(reference, predicted);
    for (const name of errorClassNames as readonly ErrorClass[])
      expect(errorUnits(outcomes, name)).toHaveLength(tally.sums[name]);
  }));
