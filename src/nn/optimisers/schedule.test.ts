/** The schedule against values worked out by hand. */
import { expect, test } from "vitest";
import { biasCorrections, learningRateAt } from "./index.ts";

const settings = { learningRate: 0.1, steps: 110, warmupSteps: 10 };

test("warm-up rises linearly to the peak", () => {
  expect(learningRateAt(settings, 0)).toBeCloseTo(0.01, 12);
  expect(learningRateAt(settings, 4)).toBeCloseTo(0.05, 12);
  expect(learningRateAt(settings, 9)).toBeCloseTo(0.1, 12);
});

test("then half a cosine falls to one hundredth of the peak", () => {
  expect(learningRateAt(settings, 10)).toBeCloseTo(0.1, 12);
  // Half-way: 1 % + 99 % · 1/2. A quarter: 1 % + 99 % · (1 + sqrt(1/2)) / 2.
  expect(learningRateAt(settings, 60)).toBeCloseTo(0.1 * 0.505, 12);
  expect(learningRateAt(settings, 35)).toBeCloseTo(0.1 * (0.01 + 0.99 * 0.8535533905932737), 12);
  expect(learningRateAt(settings, 110)).toBeCloseTo(0.001, 12);
  expect(learningRateAt(settings, 10_000)).toBeCloseTo(0.001, 12);
});

test("without warm-up the first step has the peak rate", () => {
  expect(learningRateAt({ ...settings, warmupSteps: 0 }, 0)).toBeCloseTo(0.1, 12);
});

test("bias corrections undo the start at zero", () => {
  const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, clipNorm: 1 };
  expect(biasCorrections(adam, 1)).toEqual({ correction1: 1 / (1 - 0.9), correction2: 1 / (1 - 0.99) });
  expect(biasCorrections(adam, 2).correction1).toBeCloseTo(1 / 0.19, 12);
});
