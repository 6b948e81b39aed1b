/**
 * Training on partial labels: what nobody vouches for has no influence, to the bit; what somebody corrected is learnt.
 */
import { expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { gradients } from "../autodiff/index.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { evaluate } from "../fixtures/check-gradients.ts";
import { nuclearContract } from "../fixtures/nuclear-contract.ts";
import { createGraph, inputValue, sumOfAll } from "../graph/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import type { ItemFacts, LayerReview, SegmentationConfig, TrainingItem } from "./index.ts";
import {
  createSampler,
  defaultSegmentationConfig,
  itemsInMemory,
  makeBatch,
  planCrops,
  prepareItem,
  trainSegmentation,
} from "./index.ts";

const SIDE = 96;

/** Bright and dark discs on grey in a lattice; labels are of the bright ones on the right half, of the dark ones on the left. */
function scene(left: "bright" | "dark" | "none", review?: LayerReview): TrainingItem {
  const random = rng(4, "half scene");
  const labels = new Int32Array(SIDE * SIDE);
  const data = new Float32Array(SIDE * SIDE);
  let label = 0;
  for (let i = 0; i < data.length; i++) data[i] = 0.4 + 0.03 * random.normal();
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 6; column++) {
      const bright = (row + column) % 2 === 0;
      const [cy, cx] = [8 + 16 * row, 8 + 16 * column];
      const wanted = cx > SIDE / 2 ? "bright" : left;
      // The column at the border between the halves has no labels: a label near a corrected cell may say where it ends.
      const labelled = column !== 2 && wanted === (bright ? "bright" : "dark");
      label++;
      for (let y = cy - 5; y <= cy + 5; y++) {
        for (let x = cx - 5; x <= cx + 5; x++) {
          if ((y - cy) ** 2 + (x - cx) ** 2 > 25) continue;
          data[y * SIDE + x] = (bright ? 0.9 : 0) + 0.03 * random.normal();
          if (labelled) labels[y * SIDE + x] = label;
        }
      }
    }
  }
  return {
    id: "scene",
    image: imageArray("float32", "yx", [SIDE, SIDE], data),
    labels: { nuclear: labelImage(SIDE, SIDE, labels) },
    ...(review === undefined ? {} : { review: { nuclear: review } }),
    group: "a",
    mpp: null,
  };
}

/** Labels of the right half, bright or not: its dark discs were "removed", its bright ones drawn. */
const rightHalf = new Set(
  Array.from({ length: 36 }, (_, i) => i + 1).filter((label) => ((label - 1) % 6) * 16 + 8 > SIDE / 2),
);
const corrected: LayerReview = {
  coverage: "exhaustive",
  reviewed: false,
  touched: rightHalf,
  untouchedWeight: 0,
};

const config = (steps: number): SegmentationConfig =>
  defaultSegmentationConfig({
    widths: [6, 12],
    cropSize: 32,
    batchSize: 4,
    steps,
    warmupSteps: 2,
    learningRate: 1e-2,
    recordEvery: steps,
    validateEvery: steps,
    augment: { mode: "safe" },
  });

async function train(item: TrainingItem, steps: number) {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const source = itemsInMemory([item]);
  return trainSegmentation({ engine, config: config(steps), train: source, validation: itemsInMemory([]) });
}

test("the gradient of the loss is exactly zero where the weight is zero, and only there", async () => {
  const graph = createGraph();
  const shape = [2, 2, 5, 7];
  const logits = inputValue(graph, "logits", shape);
  const loss = sumOfAll(
    crossEntropyWithLogits(logits, inputValue(graph, "targets", shape), inputValue(graph, "weights", shape)),
  );
  const [gradient] = gradients(loss, [logits]);
  const random = rng(3);
  const draw = (value: () => number) => ({ shape, data: Float32Array.from({ length: 140 }, value) });
  const weights = draw(() => (random.chance(0.5) ? 0 : random.next() + 0.1));
  const feeds = { logits: draw(() => 5 * random.normal()), targets: draw(() => random.int(2)), weights };
  const found = (await evaluate({ gradient: gradient as never }, feeds))["gradient"]?.data as Float32Array;
  expect(found.map((value) => (value === 0 ? 0 : 1))).toEqual(
    weights.data.map((value) => (value === 0 ? 0 : 1)),
  );
});

test("labels that nobody vouches for, and however wrong, change no byte of the trained weights", async () => {
  const right = await train(scene("bright", corrected), 6);
  const wrong = await train(scene("dark", corrected), 6);
  const none = await train(scene("none", corrected), 6);
  expect(Buffer.from(wrong.weights).equals(Buffer.from(right.weights))).toBe(true);
  expect(Buffer.from(none.weights).equals(Buffer.from(right.weights))).toBe(true);
  // The same wrong labels with a little weight do change them: the test can fail.
  const little = await train(scene("dark", { ...corrected, untouchedWeight: 0.1 }), 6);
  expect(Buffer.from(little.weights).equals(Buffer.from(right.weights))).toBe(false);
});

test("every crop has pixels that count, also when one cell of a large image was corrected", () => {
  const one: LayerReview = { ...corrected, touched: new Set([5]) };
  const item = scene("dark", one);
  const { facts } = itemsInMemory([item]);
  expect(facts[0]?.places).toEqual([{ y: 8, x: 72 }]);
  const prepared = prepareItem(item, nuclearContract);
  const settings = config(60);
  const sampler = createSampler(facts as ItemFacts[], 1);
  for (let step = 0; step < 60; step++) {
    const { weights } = makeBatch(
      planCrops(sampler, settings, nuclearContract, step),
      () => prepared,
      settings,
    );
    for (let i = 0; i < 4; i++) {
      const own = (weights.data as Float32Array).subarray(i * 1024, (i + 1) * 1024);
      expect(own.some((weight) => weight > 0)).toBe(true);
    }
  }
});

test("from the corrected half alone the model learns what the corrections say, not what the other half says", async () => {
  const trained = await train(scene("dark", corrected), 90);
  const engine = await createOrtNodeEngine({ threads: 1 });
  const session = await engine.createSession(trained.onnx);
  const prepared = prepareItem(scene("dark"), nuclearContract);
  const image = { shape: [1, 1, SIDE, SIDE], data: prepared.planes[0]?.data as Float32Array };
  const foreground = (await session.run({ image }))["nuclear.foreground"]?.data as Float32Array;
  await session.release();
  const at = (row: number, column: number): number =>
    foreground[(8 + 16 * row) * SIDE + 8 + 16 * column] as number;
  // Left half, never vouched for: bright discs are cells although its labels say that dark ones are.
  for (const [row, column] of [
    [0, 0],
    [2, 2],
    [3, 1],
  ] as const) {
    expect(at(row, column)).toBeGreaterThan(0.5);
    expect(at(row, column + (column === 2 ? -1 : 1))).toBeLessThan(0.5);
  }
}, 60_000);
