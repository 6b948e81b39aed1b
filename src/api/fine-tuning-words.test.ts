/** What is said of a fine-tuning: what it gained, or that it gained nothing and promises nothing. */
import { expect, test } from "vitest";
import { fineTuningGains, fineTuningWords } from "./fine-tuning-words.ts";
import type { FineTuning } from "./models.ts";

const found: FineTuning = {
  learningRate: 3e-4,
  steps: 40,
  before: 0.7,
  after: 0.82,
  heldOut: { from: "validation", groups: ["a", "b"], images: ["1", "2", "3"] },
  trials: [
    { learningRate: 3e-4, points: [] },
    { learningRate: 1e-3, points: [] },
  ],
  forecast: { points: [], ahead: [{ cells: 1200, expected: 0.85, low: 0.83, high: 0.9 }] },
};

test("a gain is told with what judged it, the rate and what more labels bring", () => {
  expect(fineTuningGains(found)).toBe(true);
  expect(fineTuningWords(found).join(" ")).toBe(
    "On 2 validation groups: AP@0.5 0.700 before, 0.820 after 40 steps. Of 2 learning rates tried, 0.0003 was best. " +
      "With twice the labelled cells (1,200) expect AP@0.5 0.850, between 0.830 and 0.900.",
  );
});

test("thresholds chosen on what was held out are told", () => {
  const words = fineTuningWords({ ...found, thresholds: { nuclear: { seedThreshold: 0.2 } } }).join(" ");
  expect(words).toContain("The thresholds were chosen anew");
  expect(fineTuningWords({ ...found, thresholds: null }).join(" ")).not.toContain("anew");
});

test("a gain of thresholds alone is not laid to the learning", () => {
  const words = fineTuningWords({ ...found, steps: 1, fitThresholds: true }).join(" ");
  expect(words).toContain("0.700 before, 0.820 after");
  expect(words).toContain("Thresholds that fit these images bring the gain");
  expect(words).not.toContain("was best");
});

test.each([0.7, 0.6])("no gain (%d after 0.7) is said plainly, and nothing is promised", (after) => {
  const words = fineTuningWords({ ...found, after }).join(" ");
  expect(fineTuningGains({ ...found, after })).toBe(false);
  expect(words).toContain("Nothing was gained");
  expect(words).toContain("Keep the base");
  expect(words).not.toContain("expect AP");
});

test("without anything held out there is no claim", () => {
  const unjudged = {
    ...found,
    before: null,
    after: null,
    heldOut: { from: "none" as const, groups: [], images: [] },
  };
  expect(fineTuningGains(unjudged)).toBeNull();
  expect(fineTuningWords(unjudged).join(" ")).toContain("Too few images to judge the learning");
});
