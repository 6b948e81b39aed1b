/**
 * Real training of a tiny network: it learns, it repeats to the byte, it resumes to the byte, it refuses bad input.
 */
import { beforeAll, expect, test } from "vitest";
import type { LabelImage } from "#core/array/index.ts";
import { imageArray, labelImage } from "#core/array/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { scoreSegmentation } from "#core/metrics/index.ts";
import type { Engine } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { openStateSession } from "../engine/state-session.ts";
import { discScene } from "../fixtures/cell-scenes.ts";
import { loadSegmentationModel } from "../inference/index.ts";
import { decodeModel } from "../onnx/index.ts";
import type { SegmentationConfig, TrainingItem, TrainingOptions } from "./index.ts";
import { defaultSegmentationConfig, estimateSteps, itemsInMemory, trainSegmentation } from "./index.ts";
import { decodeTensors } from "./safetensors.ts";

const scene = { side: 48, cells: 12, radius: 5 };
const trainItems = [1, 2, 3, 4].map((seed) => discScene(seed, scene));
const train = itemsInMemory(trainItems);
const validation = itemsInMemory([discScene(11, scene)]);
const none = itemsInMemory([]);

const tiny = (overrides: Partial<SegmentationConfig> = {}): SegmentationConfig =>
  defaultSegmentationConfig({
    widths: [4, 8],
    cropSize: 16,
    batchSize: 2,
    steps: 12,
    warmupSteps: 2,
    recordEvery: 5,
    validateEvery: 8,
    checkpointEvery: 4,
    ...overrides,
  });

let engine: Engine;
beforeAll(async () => {
  engine = await createOrtNodeEngine({ threads: 2 });
});

async function codeOf(options: TrainingOptions): Promise<string> {
  try {
    await trainSegmentation(options);
  } catch (error) {
    if (isFoundryError(error)) return error.code;
    throw error;
  }
  return "none";
}

test("learns to find discs it has never seen", async () => {
  const config = tiny({
    widths: [8, 16, 16],
    cropSize: 32,
    batchSize: 4,
    steps: 150,
    validateEvery: 150,
    warmupSteps: 10,
  });
  const trained = await trainSegmentation({ engine, config, train, validation });
  const unseen = discScene(77, scene);
  const model = await loadSegmentationModel(engine, trained.onnx, trained.contract);
  const { labels, confidence, maps } = await model.predict(unseen.image);
  await model.release();
  const [atHalf] = scoreSegmentation(unseen.labels.nuclear as LabelImage, labels, [0.5]).byThreshold;
  expect(atHalf?.f1).toBeGreaterThan(0.9);
  expect(Math.max(...(maps[0]?.foreground.data ?? [2]))).toBeLessThanOrEqual(1);
  const values = [...confidence.values()];
  expect(values).toHaveLength(new Set(labels.data.filter((label) => label > 0)).size);
  expect(values.every((value) => value > 0 && value <= 1)).toBe(true);
  const last = trained.curve.at(-1);
  expect(last?.step).toBe(150);
  expect(last?.validation?.f1).toBeGreaterThan(0.9);
  expect(last?.loss).toBeLessThan((trained.curve[0]?.loss ?? 0) / 2);
});

test("two compartments from two channels, each labelled in half of the images only", async () => {
  const both = (seed: number): TrainingItem => {
    const { image, labels, ...rest } = discScene(seed, scene);
    const nuclei = labels.nuclear as LabelImage;
    // The second channel shows what the first does, upside down; whole cells are the same discs.
    const data = new Float32Array(2 * 48 * 48);
    data.set(image.data);
    image.data.forEach((value, i) => {
      data[48 * 48 + i] = 1 - Number(value);
    });
    const cyx = imageArray("float32", "cyx", [2, 48, 48], data);
    return { ...rest, image: cyx, labels: seed % 2 === 0 ? { nuclear: nuclei } : { wholeCell: nuclei } };
  };
  const config = tiny({
    channels: [
      { role: "nuclear", required: true },
      { role: "membrane", required: false },
    ],
    compartments: ["nuclear", "wholeCell"],
    widths: [8, 16, 16],
    cropSize: 32,
    batchSize: 4,
    steps: 150,
    validateEvery: 150,
    warmupSteps: 10,
  });
  const items = [1, 2, 3, 4].map(both);
  const trained = await trainSegmentation({
    engine,
    config,
    train: itemsInMemory(items),
    validation: itemsInMemory([both(11), both(12)]),
  });
  expect(trained.contract.compartments.map(({ compartment }) => compartment)).toEqual([
    "nuclear",
    "wholeCell",
  ]);
  expect(decodeModel(trained.onnx).outputs.map(({ name }) => name)).toEqual([
    "nuclear.innerDistance",
    "nuclear.foreground",
    "wholeCell.innerDistance",
    "wholeCell.foreground",
  ]);
  // Mean of both compartments; either one failing would leave 0.5 at most.
  expect(trained.curve.at(-1)?.validation?.f1).toBeGreaterThan(0.9);
});

test("the same seed gives the same bytes, another seed others", async () => {
  const first = await trainSegmentation({ engine, config: tiny(), train, validation });
  const second = await trainSegmentation({
    engine,
    config: tiny(),
    train: itemsInMemory([...trainItems].reverse()),
    validation,
  });
  const other = await trainSegmentation({ engine, config: tiny({ seed: 2 }), train, validation });
  expect(second.weights).toEqual(first.weights);
  expect(second.onnx).toEqual(first.onnx);
  expect(second.contract).toEqual(first.contract);
  expect(other.weights).not.toEqual(first.weights);
});

test("stopped anywhere and resumed gives the same bytes and the same curve", async () => {
  const config = tiny();
  const whole = await trainSegmentation({ engine, config, train, validation });
  for (const stopAt of [1, 4, 7, 11]) {
    const controller = new AbortController();
    const checkpoints: Uint8Array[] = [];
    let steps = 0;
    // The session is the only thing called once per step whatever the configuration.
    const counting: Engine = {
      ...engine,
      async createStateSession(model, binding, options) {
        const session = await openStateSession(engine, model, binding, options);
        return {
          ...session,
          async step(feeds) {
            if (++steps === stopAt) controller.abort();
            return session.step(feeds);
          },
        };
      },
    };
    const code = await codeOf({
      engine: counting,
      config,
      train,
      validation,
      signal: controller.signal,
      onCheckpoint: async (bytes) => {
        checkpoints.push(bytes);
      },
    });
    expect(code).toBe("job.canceled");
    const resumed = await trainSegmentation({
      engine,
      config,
      train,
      validation,
      resume: checkpoints.at(-1),
    });
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.onnx).toEqual(whole.onnx);
    expect(resumed.curve.map(({ ms: _ms, ...point }) => point)).toEqual(
      whole.curve.map(({ ms: _ms, ...point }) => point),
    );
  }
});

test("memory for one item only, and items read slowly in any order, give the same bytes", async () => {
  const config = tiny();
  const whole = await trainSegmentation({ engine, config, train, validation });
  let reads = 0;
  const slow = {
    facts: train.facts,
    load: async (id: string) => {
      await new Promise((resolve) => setTimeout(resolve, (++reads * 7) % 5));
      return train.load(id);
    },
  };
  const streamed = await trainSegmentation({ engine, config, train: slow, validation, cacheBytes: 1 });
  expect(streamed.weights).toEqual(whole.weights);
  expect(streamed.onnx).toEqual(whole.onnx);
  expect(reads).toBeGreaterThan(trainItems.length);
});

test("progress reports a curve that ends at the last step, with times", async () => {
  const seen: number[] = [];
  await trainSegmentation({
    engine,
    config: tiny(),
    train,
    validation,
    onProgress: ({ step, steps, msPerStep, msLeft, point }) => {
      seen.push(step);
      expect(steps).toBe(12);
      expect(msPerStep).toBeGreaterThan(0);
      expect(msLeft).toBeCloseTo(msPerStep * (12 - step), 6);
      expect(Object.keys(point.lossTerms)).toEqual(["nuclear.innerDistance", "nuclear.foreground"]);
    },
  });
  // Every fifth step, every validation (8), and the end.
  expect(seen).toEqual([5, 8, 10, 12]);
});

test("weights name every parameter, and training can start from them", async () => {
  const first = await trainSegmentation({ engine, config: tiny(), train, validation: none });
  const { tensors } = decodeTensors(first.weights);
  expect(tensors.get("encoder.0.first.weights")?.shape).toEqual([4, 1, 3, 3]);
  expect(tensors.get("head.bias")?.shape).toEqual([2]);
  const again = await trainSegmentation({
    engine,
    config: tiny(),
    train,
    validation: none,
    base: first.weights,
  });
  expect(again.curve[0]?.loss).toBeLessThan(first.curve[0]?.loss ?? 0);
  expect(
    await codeOf({ engine, config: tiny({ widths: [4, 4] }), train, validation: none, base: first.weights }),
  ).toBe("training.config");
});

test("the released file is plain ONNX with open batch, height and width, and carries its contract", async () => {
  const { onnx, contract } = await trainSegmentation({ engine, config: tiny(), train, validation: none });
  const model = decodeModel(onnx);
  expect(Object.keys(model.opsets)).toEqual([""]);
  expect(model.inputs).toEqual([{ name: "image", dtype: "float32", shape: ["batch", 1, "height", "width"] }]);
  expect(model.outputs.map(({ name }) => name)).toEqual(["nuclear.innerDistance", "nuclear.foreground"]);
  expect(JSON.parse(model.metadata["cellfoundry.contract"] ?? "")).toEqual(contract);
  const session = await engine.createSession(onnx);
  for (const [n, h, w] of [
    [1, 2, 2],
    [3, 34, 20],
  ] as const) {
    const outputs = await session.run({ image: { shape: [n, 1, h, w], data: new Float32Array(n * h * w) } });
    expect(outputs["nuclear.foreground"]?.shape).toEqual([n, 1, h, w]);
  }
  await session.release();
});

test("bad items and configurations are refused with a code", async () => {
  const config = tiny();
  const [good] = trainItems;
  if (good === undefined) throw new Error("no item");
  const nan = {
    ...good,
    image: imageArray("float32", "yx", [48, 48], new Float32Array(48 * 48).fill(Number.NaN)),
  };
  const channels = { ...good, image: imageArray("uint8", "cyx", [2, 48, 48]) };
  const size = { ...good, image: imageArray("uint8", "yx", [40, 48]) };
  expect(await codeOf({ engine, config, train: none, validation: none })).toBe("dataset.empty");
  expect(await codeOf({ engine, config, train: itemsInMemory([nan]), validation: none })).toBe("array.nan");
  expect(await codeOf({ engine, config, train: itemsInMemory([channels]), validation: none })).toBe(
    "array.shapeMismatch",
  );
  expect(await codeOf({ engine, config, train: itemsInMemory([size]), validation: none })).toBe(
    "array.shapeMismatch",
  );
  expect(await codeOf({ engine, config: { ...config, cropSize: 17 }, train, validation: none })).toBe(
    "training.config",
  );
  expect(await codeOf({ engine, config, train, validation: none, resume: new Uint8Array(5) })).toBe(
    "model.invalid",
  );
  expect(
    await codeOf({
      engine,
      config: { ...config, learningRate: 1, clipNorm: 1e6, steps: 1 },
      train: itemsInMemory([{ ...good, labels: { nuclear: labelImage(48, 48) } }]),
      validation: none,
    }),
  ).toBe("none");
});

test("a checkpoint of another configuration is refused", async () => {
  const checkpoints: Uint8Array[] = [];
  const onCheckpoint = async (bytes: Uint8Array): Promise<void> => {
    checkpoints.push(bytes);
  };
  await trainSegmentation({ engine, config: tiny(), train, validation: none, onCheckpoint });
  expect(checkpoints).toHaveLength(2);
  expect(
    await codeOf({ engine, config: tiny({ seed: 9 }), train, validation: none, resume: checkpoints[0] }),
  ).toBe("training.config");
});

test("more minutes give more steps", async () => {
  const config = tiny();
  const steps = await estimateSteps(engine, config, 10);
  expect(steps).toBeGreaterThan(1000);
  await expect(estimateSteps(engine, config, 0)).rejects.toMatchObject({ code: "training.config" });
});
