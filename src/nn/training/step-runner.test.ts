/**
 * The training step on every engine: the same losses and weights within a tolerance, the same bytes on the processor.
 *
 * Tolerance 2e-4 of a loss near 1 and of the largest weight: three steps, each a float32 sum over some hundred thousand
 * products whose order differs from engine to engine; Adam's first steps turn differences of tiny gradients into
 * differences of the learning rate's size, so weights are compared by their mean difference.
 */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import type { Engine, Tensor } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { engines } from "../fixtures/check-gradients.ts";
import { initialParameters } from "../layers/index.ts";
import { segmentationLayout } from "../models/index.ts";
import { architectureOf, defaultSegmentationConfig } from "./config.ts";
import { createStepRunner } from "./step-runner.ts";

const SIDE = 16;
const STEPS = 3;
const config = defaultSegmentationConfig({ widths: [16, 32], batchSize: 2, cropSize: SIDE, warmupSteps: 1 });
const layout = segmentationLayout(architectureOf(config));

function batch(): { image: Tensor; targets: Tensor; weights: Tensor } {
  const random = rng(9, "batch");
  const map = (channels: number, draw: () => number): Tensor => ({
    shape: [2, channels, SIDE, SIDE],
    data: Float32Array.from({ length: 2 * channels * SIDE * SIDE }, draw),
  });
  return {
    image: map(1, () => random.next()),
    targets: map(2, () => random.int(2)),
    weights: map(1, () => 1),
  };
}

async function threeSteps(engine: Engine): Promise<{ losses: number[]; theta: Float32Array }> {
  const zeros = (): Float32Array => new Float32Array(layout.total);
  const theta = initialParameters(layout, rng(4));
  const runner = await createStepRunner(engine, config, {
    theta,
    firstMoment: zeros(),
    secondMoment: zeros(),
  });
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    losses.push((await runner.step(batch(), step)).loss);
    // Reading in between changes nothing.
    if (step === 1) await runner.readState();
  }
  const state = await runner.readState();
  await runner.release();
  expect(initialParameters(layout, rng(4))).toEqual(theta);
  return { losses, theta: state.theta };
}

test("every engine trains alike", async () => {
  const [reference, ...others] = await engines();
  const expected = await threeSteps((reference as { engine: Engine }).engine);
  expect(expected.losses[2]).toBeLessThan(expected.losses[0] as number);
  for (const { name, engine, tolerance } of others) {
    const found = await threeSteps(engine);
    found.losses.forEach((loss, step) => {
      const difference = Math.abs(loss - (expected.losses[step] as number));
      expect([name, step, difference < 2e-4 * tolerance, difference]).toEqual([name, step, true, difference]);
    });
    const mean =
      found.theta.reduce((sum, value, i) => sum + Math.abs(value - (expected.theta[i] as number)), 0) /
      layout.total;
    expect([name, mean < 2e-4 * tolerance, mean]).toEqual([name, true, mean]);
  }
  // A whole training graph's shaders, compiled in software on a busy machine.
}, 240_000);

test("the same steps give the same bytes on the processor, in both kinds of graph", async () => {
  for (const channelBlocks of [true, false]) {
    const engine = await createOrtNodeEngine({ threads: 2, channelBlocks });
    const [first, second] = [await threeSteps(engine), await threeSteps(engine)];
    expect(second).toEqual(first);
  }
});
