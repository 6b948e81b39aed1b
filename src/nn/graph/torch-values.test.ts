/**
 * Forward values and gradients against PyTorch's (float64), stored with the script that made them.
 *
 * Tolerance 2e-5: float32 sums of at most some hundred products of numbers near 1.
 */
import { expect, test } from "vitest";
import { gradients } from "../autodiff/index.ts";
import type { Tensor } from "../engine/engine.ts";
import { engines, evaluate } from "../fixtures/check-gradients.ts";
import fixtures from "../fixtures/torch-fixtures.json" with { type: "json" };
import { standardiseWeights } from "../layers/index.ts";
import { adamW, biasCorrections } from "../optimisers/index.ts";
import type { Value } from "./index.ts";
import { constantValue, convolution, createGraph, inputValue, multiply, sumOfAll } from "./index.ts";

interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const TOLERANCE = 2e-5;
const tensor = ({ shape, data }: Packed): Tensor => ({ shape, data: Float32Array.from(data) });

function expectClose(found: Tensor | undefined, expected: Packed, factor: number): void {
  expect(found?.shape).toEqual(expected.shape);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  expected.data.forEach((value, i) => {
    expect(Math.abs(Number(found?.data[i]) - value) / scale).toBeLessThan(TOLERANCE * factor);
  });
}

/** y and the gradients of sum(y · dy). */
function withGradients(
  y: Value,
  dy: Packed,
  sources: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const loss = sumOfAll(multiply(y, constantValue(y.graph, dy.shape, dy.data)));
  const found = gradients(loss, Object.values(sources));
  return { y, ...Object.fromEntries(Object.keys(sources).map((name, i) => [`d${name}`, found[i] as Value])) };
}

test.each(Object.entries(fixtures.convolutions))("convolution %s equals PyTorch", async (_name, c) => {
  const graph = createGraph();
  const x = inputValue(graph, "x", c.x.shape);
  const weights = inputValue(graph, "weights", c.weights.shape);
  const bias = inputValue(graph, "bias", c.bias.shape);
  const y = convolution(x, weights, bias, c);
  const feeds = { x: tensor(c.x), weights: tensor(c.weights), bias: tensor(c.bias) };
  for (const { engine, tolerance } of await engines()) {
    const found = await evaluate(withGradients(y, c.dy, { x, weights, bias }), feeds, engine);
    expectClose(found["y"], c.y, tolerance);
    expectClose(found["dx"], c.dx, tolerance);
    expectClose(found["dweights"], c.dweights, tolerance);
    expectClose(found["dbias"], c.dbias, tolerance);
  }
});

test("weight-standardised convolution equals PyTorch", async () => {
  const c = fixtures.standardised;
  const graph = createGraph();
  const x = inputValue(graph, "x", c.x.shape);
  const weights = inputValue(graph, "weights", c.weights.shape);
  const y = convolution(x, standardiseWeights(weights), null, { stride: 1, padding: 1 });
  const feeds = { x: tensor(c.x), weights: tensor(c.weights) };
  for (const { engine, tolerance } of await engines()) {
    const found = await evaluate(withGradients(y, c.dy, { x, weights }), feeds, engine);
    expectClose(found["y"], c.y, tolerance);
    expectClose(found["dx"], c.dx, tolerance);
    expectClose(found["dweights"], c.dweights, tolerance);
  }
});

test("four steps of AdamW with clipping equal PyTorch", async () => {
  const { settings, learningRate, start, steps } = fixtures.adamw;
  const size = start.data.length;
  const graph = createGraph();
  const vector = (name: string): Value => inputValue(graph, name, [size]);
  const number = (name: string): Value => inputValue(graph, name, []);
  const next = adamW(
    { theta: vector("theta"), firstMoment: vector("m"), secondMoment: vector("v") },
    vector("gradient"),
    new Float32Array(size).fill(1),
    { learningRate: number("rate"), correction1: number("c1"), correction2: number("c2") },
    settings,
  );
  const scalar = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });
  for (const { engine, tolerance } of await engines()) {
    let state: Record<string, Tensor> = {
      theta: tensor(start),
      m: { shape: [size], data: new Float32Array(size) },
      v: { shape: [size], data: new Float32Array(size) },
    };
    for (const [i, step] of steps.entries()) {
      const { correction1, correction2 } = biasCorrections(settings, i + 1);
      const found = await evaluate(
        { thetaNext: next.theta, mNext: next.firstMoment, vNext: next.secondMoment, norm: next.gradientNorm },
        {
          ...state,
          gradient: tensor(step.gradient),
          rate: scalar(learningRate),
          c1: scalar(correction1),
          c2: scalar(correction2),
        },
        engine,
      );
      expectClose(found["thetaNext"], step.theta, tolerance);
      expect(Number(found["norm"]?.data[0])).toBeCloseTo(step.gradientNorm, 5);
      state = {
        theta: found["thetaNext"] as Tensor,
        m: found["mNext"] as Tensor,
        v: found["vNext"] as Tensor,
      };
    }
  }
});
