/** Layers: closed forms of standardised weights, gradients by finite differences, parameter bookkeeping. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { checkGradients, enginesOutside, evaluate } from "../fixtures/check-gradients.ts";
import type { Value } from "../graph/index.ts";
import { createGraph, inputValue, sigmoid } from "../graph/index.ts";
import type { ParameterSource } from "./index.ts";
import {
  decayMask,
  initialParameters,
  layerNormalisation,
  layoutOf,
  parametersOfVector,
  plainConvolution,
  standardisedConvolution,
  standardiseWeights,
} from "./index.ts";

/** A layer as a function of its input and its parameter vector. */
function asFunction(shape: readonly number[], layer: (source: ParameterSource, x: Value) => Value) {
  const scratch = createGraph();
  const layout = layoutOf(scratch, (source) => {
    layer(source, inputValue(scratch, "x", shape));
  });
  return { layout, build: (x: Value, theta: Value) => layer(parametersOfVector(theta, layout), x) };
}

test("standardised weights have mean 0 and variance gain² / fan-in in every output channel", async () => {
  const graph = createGraph();
  const shape = [3, 4, 3, 3];
  const random = rng(2);
  const data = Float32Array.from({ length: 108 }, (_, i) => (i < 36 ? 5 : 0.1) * random.normal() + 2);
  const found = await evaluate(
    { ready: standardiseWeights(inputValue(graph, "w", shape)) },
    { w: { shape, data } },
  );
  const ready = found["ready"]?.data as Float32Array;
  for (let o = 0; o < 3; o++) {
    const row = [...ready.subarray(o * 36, (o + 1) * 36)];
    const mean = row.reduce((a, b) => a + b) / 36;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / 36;
    // Var(ReLU(x)) = (1 - 1/pi) / 2 for standard normal x. The floor of 1e-4 shows for the small weights of rows 1 and 2:
    // 36 · 0.01 = 0.36 against 0.0001, less than a thousandth.
    const expected = 2 / (1 - 1 / Math.PI) / 36;
    expect(Math.abs(mean)).toBeLessThan(1e-5);
    expect(Math.abs(variance / expected - 1)).toBeLessThan(1e-3);
  }
});

test("gradients of layers with respect to input and parameters", async () => {
  const shape = [2, 2, 4, 6];
  const layers: Record<string, (source: ParameterSource, x: Value) => Value> = {
    standardised: (source, x) => standardisedConvolution(source, x, { name: "a", outputs: 3, kernel: 3 }),
    strided: (source, x) =>
      standardisedConvolution(source, x, { name: "a", outputs: 3, kernel: 3, stride: 2 }),
    plain: (source, x) => plainConvolution(source, x, { name: "a", outputs: 2, kernel: 1 }),
    normalised: (source, x) => sigmoid(layerNormalisation(source, x, "a")),
  };
  for (const layer of Object.values(layers)) {
    const { layout, build } = asFunction(shape, layer);
    const problem = { shapes: [shape, [layout.total]], build: (x: Value, theta: Value) => build(x, theta) };
    const report = await checkGradients(problem);
    // As for single operators; standardisation is curved, so its third-order term is larger.
    expect(enginesOutside(report, 5e-3)).toEqual([]);
    expect(report.largest).toBeGreaterThan(0.1);
  }
});

test("parameters lie one after the other, start as declared, and only weights decay", () => {
  const { layout } = asFunction([1, 2, 4, 4], (source, x) =>
    standardisedConvolution(source, x, { name: "a", outputs: 50, kernel: 3 }),
  );
  expect(layout.specs.map(({ name }) => name)).toEqual(["a.weights", "a.gain", "a.bias"]);
  expect(layout.offsets).toEqual([0, 900, 950]);
  expect(layout.total).toBe(1000);
  const theta = initialParameters(layout, rng(1));
  const deviation = Math.sqrt(theta.subarray(0, 900).reduce((a, b) => a + b * b, 0) / 900);
  // 1/sqrt(18) for fan-in 18, give or take the spread of 900 samples (2.4 %, four times that allowed).
  expect(Math.abs(deviation * Math.sqrt(18) - 1)).toBeLessThan(0.1);
  expect([...theta.subarray(900, 950)].every((v) => v === 1)).toBe(true);
  expect([...theta.subarray(950)].every((v) => v === 0)).toBe(true);
  expect(decayMask(layout).reduce((a, b) => a + b)).toBe(900);
});
