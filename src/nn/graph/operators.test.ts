/**
 * Every operator's gradient against central finite differences.
 *
 * Tolerance 2e-3: elements are float32 (error about 1e-7 of a value near 1), divided by a distance of 0.02, summed over
 * some dozens of elements: 1e-4; plus the third-order term of curved functions, step² / 6 times a third derivative of a
 * few units. A wrong factor or a swapped axis gives errors near 1.
 */
import { expect, test } from "vitest";
import type { Rng } from "#core/rng.ts";
import type { GradientCase } from "../fixtures/check-gradients.ts";
import { checkGradients, enginesOutside } from "../fixtures/check-gradients.ts";
import {
  absolute,
  add,
  averagePool,
  broadcastTo,
  concatenate,
  convolution,
  divide,
  exponential,
  logarithm,
  matrixProduct,
  maxPool,
  mean,
  meanOfAll,
  minimum,
  multiply,
  offset,
  pad,
  relu,
  reshape,
  reverse,
  scale,
  sigmoid,
  slice,
  softplus,
  square,
  squareRoot,
  subtract,
  sum,
  sumOfAll,
  sumTo,
  transpose,
  upsampleNearest,
} from "./index.ts";

const TOLERANCE = 2e-3;

/** Values at least 0.1 away from 0, so that no finite difference straddles the kink. */
const awayFromZero = (r: Rng): number => (r.chance(0.5) ? 1 : -1) * r.uniform(0.1, 2);
const positive = (r: Rng): number => r.uniform(0.5, 2);
/** Distinct multiples of 0.1 with jitter below the step: no ties and no changes of order under a step of 0.01. */
const spread = (r: Rng): number => r.int(4000) * 0.1;

const product = (transposeA: boolean, transposeB: boolean): GradientCase => ({
  shapes: [transposeA ? [2, 4, 3] : [2, 3, 4], transposeB ? [2, 5, 4] : [2, 4, 5]],
  build: (a, b) => matrixProduct(a, b, { transposeA, transposeB }),
});

const conv = (
  n: number,
  c: number,
  side: readonly [number, number],
  o: number,
  k: number,
  stride: number,
  padding: number,
): GradientCase => ({
  shapes: [[n, c, ...side], [o, c, k, k], [o]],
  build: (x, w, b) => convolution(x, w, b, { stride, padding }),
});

const cases: Record<string, GradientCase> = {
  add: { shapes: [[2, 3], [3]], build: (a, b) => add(a, b) },
  subtract: { shapes: [[3], [2, 3]], build: (a, b) => subtract(a, b) },
  "multiply with broadcasting": {
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (a, b) => multiply(a, b),
  },
  divide: {
    shapes: [
      [2, 3],
      [1, 3],
    ],
    build: (a, b) => divide(a, b),
    sample: positive,
  },
  minimum: { shapes: [[6], []], build: (a, b) => minimum(a, b), sample: spread },
  "scale and offset": { shapes: [[4]], build: (x) => offset(scale(x, -2.5), 3) },
  square: { shapes: [[5]], build: square },
  relu: { shapes: [[3, 4]], build: relu, sample: awayFromZero },
  sigmoid: { shapes: [[6]], build: sigmoid },
  softplus: { shapes: [[6]], build: softplus },
  squareRoot: { shapes: [[6]], build: squareRoot, sample: positive },
  exponential: { shapes: [[6]], build: exponential },
  logarithm: { shapes: [[6]], build: logarithm, sample: positive },
  absolute: { shapes: [[6]], build: absolute, sample: awayFromZero },
  sum: { shapes: [[2, 3, 4]], build: (x) => sum(x, [0, 2]) },
  sumTo: { shapes: [[2, 3, 4]], build: (x) => sumTo(x, [3, 1]) },
  sumOfAll: { shapes: [[2, 3]], build: sumOfAll },
  mean: { shapes: [[2, 3, 4]], build: (x) => mean(x, [1]) },
  meanOfAll: { shapes: [[2, 3]], build: meanOfAll },
  broadcastTo: { shapes: [[3, 1]], build: (x) => broadcastTo(x, [2, 3, 4]) },
  reshape: { shapes: [[2, 6]], build: (x) => reshape(x, [3, 4]) },
  transpose: { shapes: [[2, 3, 4]], build: (x) => transpose(x, [2, 0, 1]) },
  slice: { shapes: [[3, 5]], build: (x) => slice(x, 1, 1, 4) },
  "pad and cut": { shapes: [[3, 4]], build: (x) => pad(x, [1, -1], [0, 2]) },
  reverse: { shapes: [[2, 3, 3]], build: (x) => reverse(x, [1, 2]) },
  concatenate: {
    shapes: [
      [2, 1, 3],
      [2, 2, 3],
    ],
    build: (a, b) => concatenate([a, b], 1),
  },
  matrixProduct: product(false, false),
  "matrixProduct, a transposed": product(true, false),
  "matrixProduct, b transposed": product(false, true),
  "matrixProduct, both transposed": product(true, true),
  averagePool: { shapes: [[2, 2, 4, 6]], build: (x) => averagePool(x, 2) },
  maxPool: { shapes: [[1, 2, 4, 4]], build: (x) => maxPool(x, 2), sample: spread },
  upsampleNearest: { shapes: [[2, 2, 2, 3]], build: (x) => upsampleNearest(x, 2) },
  "convolution 1x1": conv(2, 3, [3, 4], 2, 1, 1, 0),
  "convolution 3x3, few inputs (nine shifts of x)": conv(2, 1, [4, 5], 6, 3, 1, 1),
  "convolution 3x3, equal channels (shifts on both sides)": conv(2, 3, [4, 5], 3, 3, 1, 1),
  "convolution 3x3 without padding": conv(1, 2, [5, 6], 2, 3, 1, 0),
  "convolution 5x5": conv(1, 2, [6, 5], 2, 5, 1, 2),
  "convolution 3x3, stride 2": conv(2, 2, [6, 8], 3, 3, 2, 1),
  "convolution 3x3, stride 2, odd side": conv(1, 2, [7, 5], 2, 3, 2, 1),
  "convolution 2x2, stride 2": conv(1, 2, [6, 4], 2, 2, 2, 0),
  "convolution 3x3 on whole channel blocks": conv(2, 16, [3, 4], 16, 3, 1, 1),
  "convolution 3x3, one input, a block of outputs": conv(2, 1, [4, 5], 16, 3, 1, 1),
  "convolution 1x1, a block of inputs, two outputs": conv(2, 16, [3, 4], 2, 1, 1, 0),
};

test.each(Object.entries(cases))("gradient of %s", async (_name, problem) => {
  const report = await checkGradients(problem);
  expect(report.largest).toBeGreaterThan(0.05);
  expect(enginesOutside(report, TOLERANCE)).toEqual([]);
});
