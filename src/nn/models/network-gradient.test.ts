/**
 * The gradient of a whole small network and its loss, by finite differences.
 *
 * Tolerance 5e-3 of the largest derivative: the loss is curved in every weight, and ReLU kinks lie between the two
 * evaluations for some pixels. A wrong operator gradient shows as 0.1 and more.
 */
import { expect, test } from "vitest";
import { checkGradients, enginesOutside } from "../fixtures/check-gradients.ts";
import type { Value } from "../graph/index.ts";
import { constantValue, createGraph, elementCount, inputValue } from "../graph/index.ts";
import { layoutOf, parametersOfVector } from "../layers/index.ts";
import { crossEntropyWithLogits, squaredError } from "../losses/index.ts";
import type { UnetArchitecture } from "./index.ts";
import { unet } from "./index.ts";

const architectures: Record<string, UnetArchitecture> = {
  "average pooling, added skips": {
    channels: 1,
    widths: [2, 3],
    pool: "average",
    skip: "add",
    decoderConvolutions: 1,
    outputs: 2,
  },
  "max pooling, joined skips": {
    channels: 2,
    widths: [2, 3],
    pool: "max",
    skip: "concatenate",
    decoderConvolutions: 2,
    outputs: 2,
  },
};

const wave = (shape: readonly number[], frequency: number): number[] =>
  Array.from({ length: elementCount(shape) }, (_, i) => 0.5 + 0.5 * Math.sin(1 + frequency * i));

test.each(Object.entries(architectures))("network with %s", async (_name, architecture) => {
  const scratch = createGraph();
  const shape = [1, architecture.channels, 6, 8];
  const layout = layoutOf(scratch, (source) => {
    unet(source, inputValue(scratch, "image", shape), architecture);
  });
  const loss = (theta: Value): Value => {
    const { graph } = theta;
    const image = constantValue(graph, shape, wave(shape, 1.7));
    const logits = unet(parametersOfVector(theta, layout), image, architecture);
    const targets = constantValue(graph, logits.shape, wave(logits.shape, 0.9));
    const weights = constantValue(graph, [1, 1, 6, 8], wave([1, 1, 6, 8], 0.3));
    return crossEntropyWithLogits(logits, targets, weights);
  };
  const report = await checkGradients({ shapes: [[layout.total]], build: loss, step: 1e-3 });
  expect(report.largest).toBeGreaterThan(0.05);
  expect(enginesOutside(report, 5e-3)).toEqual([]);
});

test("losses: values by hand, gradients by finite differences", async () => {
  const shapes = [
    [2, 2, 2, 3],
    [2, 2, 2, 3],
    [2, 1, 2, 3],
  ];
  for (const loss of [crossEntropyWithLogits, squaredError]) {
    const report = await checkGradients({
      shapes,
      build: (a, b, c) => loss(a as Value, b as Value, c as Value),
    });
    expect(enginesOutside(report, 2e-3)).toEqual([]);
    expect(report.largest).toBeGreaterThan(0.01);
  }
});
