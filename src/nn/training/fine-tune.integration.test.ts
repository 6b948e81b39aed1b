/**
 * The choice of a fine-tuning with real trials of a tiny network: what is chosen when they gain, and when they cannot.
 */
import { beforeAll, expect, test } from "vitest";
import type { LabelImage } from "#core/array/index.ts";
import { labelImage } from "#core/array/index.ts";
import { type DeepWatershedParams, indexLabels } from "#core/labels/index.ts";
import type { InputContract } from "../contract/index.ts";
import type { Engine } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { discScene } from "../fixtures/cell-scenes.ts";
import type { Trial } from "./fine-tune.ts";
import type { TrainingItem } from "./index.ts";
import { chooseFineTuning, defaultSegmentationConfig, itemsInMemory, trainSegmentation } from "./index.ts";

const scene = (seed: number): TrainingItem => discScene(seed, { side: 48, cells: 12, radius: 5 });
const right = [1, 2, 3, 4].map(scene);
const validation = itemsInMemory([scene(11), scene(12)]);

/** The same pictures, and somebody who says that there is no cell in them. */
const wrong = right.map((item) => ({ ...item, labels: { nuclear: labelImage(48, 48) } }));

const config = defaultSegmentationConfig({
  widths: [8, 16, 16],
  cropSize: 32,
  batchSize: 4,
  warmupSteps: 2,
  steps: 150,
  recordEvery: 150,
  validateEvery: 150,
  augment: { mode: "none" },
});

let engine: Engine;
const bases: { weights: Uint8Array; contract: InputContract }[] = [];

/** A base that has learnt, and one that has only begun. */
beforeAll(async () => {
  engine = await createOrtNodeEngine({ threads: 2 });
  for (const steps of [150, 15])
    bases.push(
      await trainSegmentation({
        engine,
        config: { ...config, steps },
        train: itemsInMemory(right),
        validation: itemsInMemory([]),
      }),
    );
});

async function choose(
  base: number,
  items: readonly TrainingItem[],
  stepsMax: number,
  thresholds: Partial<DeepWatershedParams> = {},
) {
  const { weights, contract: own } = bases[base] as (typeof bases)[number];
  const contract = withThresholds(own, thresholds);
  const trials: Trial[] = [];
  const chosen = await chooseFineTuning({
    engine,
    config,
    train: itemsInMemory(items),
    validation,
    base: weights,
    baseContract: contract,
    stepsMax,
    // Enough cells on either side of the half for a forecast, were there a curve to draw on.
    cellsOf: () => 30,
    onTrial: (trial) => trials.push(trial),
  });
  return { chosen, trials };
}

test("when no trial beats the base: a single step at the lowest rate, and no forecast", async () => {
  expect(indexLabels(scene(11).labels.nuclear as LabelImage).labels.length).toBeGreaterThan(3);
  const { chosen, trials } = await choose(0, wrong, 24);
  // Every cell is found already, so nothing can be better.
  expect(chosen.before).toBe(1);
  const rates = chosen.trials.map(({ learningRate }) => learningRate);
  expect(rates.length).toBeGreaterThan(1);
  expect(chosen.learningRate).toBe(Math.min(...rates));
  const gentle = chosen.trials.find(({ learningRate }) => learningRate === chosen.learningRate);
  expect(gentle?.points[0]?.step).toBe(3);
  expect(chosen.steps).toBe(1);
  expect(chosen.after).toBe(chosen.before);
  expect(chosen.forecast).toBeNull();
  // No trial for a forecast was run either, and the bold one did what it was told: it forgot the cells.
  expect(trials).toEqual(chosen.trials);
  const bold = trials.find(({ learningRate }) => learningRate === Math.max(...rates));
  expect(bold?.points.at(-1)?.ap50).toBeLessThan(1);
});

const withThresholds = (contract: InputContract, changes: Partial<DeepWatershedParams>): InputContract => ({
  ...contract,
  compartments: contract.compartments.map((one) => ({
    ...one,
    postprocessing: { ...one.postprocessing, ...changes },
  })),
});

test("a base whose thresholds do not fit these images gets ones that do, before any step", async () => {
  // Hardly a centre is that sure, and cells without one are dropped.
  const tooHigh = { seedThreshold: 0.999, seedless: "drop" } as const;
  const { chosen } = await choose(0, right, 24, tooHigh);
  expect(chosen.before).toBeLessThan(0.5);
  expect(chosen.fitThresholds).toBe(true);
  expect(chosen.after).toBeGreaterThan(0.9);

  const { weights, contract } = bases[0] as (typeof bases)[number];
  const run = async (fitThresholds: boolean) => {
    const { contract: after } = await trainSegmentation({
      engine,
      config: { ...config, steps: 1, learningRate: 1e-6, fitThresholds },
      train: itemsInMemory(right),
      validation: itemsInMemory([]),
      base: weights,
      baseContract: withThresholds(contract, tooHigh),
    });
    return after.compartments[0]?.postprocessing.seedThreshold;
  };
  expect(await run(true)).toBeLessThanOrEqual(0.5);
  expect(await run(false)).toBe(0.999);
});

test("thresholds that images with wrong labels ask for are left alone", async () => {
  const { chosen } = await choose(0, wrong, 24);
  expect(chosen.fitThresholds).toBe(chosen.after === chosen.before);
});

test("when a trial gains, its best point is chosen and the forecast rests on what was measured", async () => {
  const { chosen, trials } = await choose(1, right, 80);
  const best = Math.max(...chosen.trials.flatMap(({ points }) => points.map(({ ap50 }) => ap50)));
  expect(best).toBeGreaterThan((chosen.before ?? 1) + 0.1);
  expect(chosen.after).toBeGreaterThanOrEqual(best - 0.003);
  expect(trials).toHaveLength(chosen.trials.length + 1);
  expect(chosen.forecast?.points.map(({ cells }) => cells)).toEqual([0, 60, 120]);
  expect(chosen.forecast?.points.at(0)?.score).toBe(chosen.before);
  expect(chosen.forecast?.points.at(-1)?.score).toBe(chosen.after);
  expect(chosen.forecast?.ahead.map(({ cells }) => cells)).toEqual([240, 480]);
});

test("thresholds that were found go before those of the base and fitted ones", async () => {
  const { weights, contract } = bases[0] as (typeof bases)[number];
  const { contract: after } = await trainSegmentation({
    engine,
    config: {
      ...config,
      steps: 1,
      learningRate: 1e-6,
      fitThresholds: true,
      thresholds: { nuclear: { seedThreshold: 0.27 } },
    },
    train: itemsInMemory(right),
    validation: itemsInMemory([]),
    base: weights,
    baseContract: contract,
  });
  const [before, own] = [contract, after].map(({ compartments }) => compartments[0]?.postprocessing);
  expect(own).toEqual({ ...before, seedThreshold: 0.27 });
});
