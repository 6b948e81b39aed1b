/** A training through an engine in a thread gives the bytes of one in the same thread; faults come back with their code. */
import { expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { openEngine } from "#nn/engine/open-engine.ts";
import type { Engine, TrainingItem } from "#nn/index.ts";
import { defaultSegmentationConfig, itemsInMemory, trainSegmentation } from "#nn/index.ts";
import { withEngineThread } from "./engine-thread.ts";

const choice = { device: "cpu", threads: 2 } as const;
const SIDE = 48;

/** Bright squares on noise. */
function squares(id: string): TrainingItem {
  const random = rng(3, id);
  const labels = new Int32Array(SIDE * SIDE);
  const pixels = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < labels.length; i++) {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    const inside = y % 16 > 4 && x % 16 > 5;
    labels[i] = inside ? 1 + Math.floor(y / 16) * 3 + Math.floor(x / 16) : 0;
    pixels[i] = (inside ? 1 : 0) + 0.1 * random.normal();
  }
  return {
    id,
    group: id,
    mpp: null,
    image: imageArray("float32", "yx", [SIDE, SIDE], pixels),
    labels: { nuclear: labelImage(SIDE, SIDE, labels) },
  };
}

const train = (engine: Engine, steps: number) =>
  trainSegmentation({
    engine,
    config: defaultSegmentationConfig({
      widths: [16, 16],
      cropSize: 32,
      batchSize: 2,
      steps,
      warmupSteps: 1,
      recordEvery: 3,
      validateEvery: 6,
    }),
    train: itemsInMemory([squares("a"), squares("b")]),
    validation: itemsInMemory([squares("c")]),
  });

test("a thread changes no byte", async () => {
  const here = await train(await openEngine(choice), 6);
  const there = await withEngineThread(choice, (engine) => train(engine, 6));
  expect(there.weights).toEqual(here.weights);
  expect(there.onnx).toEqual(here.onnx);
  const other = await train(await openEngine(choice), 5);
  expect(other.weights).not.toEqual(here.weights);
});

test("errors keep their code across the border; the program goes on while the network computes", async () => {
  await withEngineThread(choice, async (engine) => {
    expect(engine).toMatchObject({ deviceClass: "cpu", name: "onnxruntime-node" });
    await expect(engine.createSession(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      code: "model.invalid",
    });
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    await train(engine, 6);
    clearInterval(clock);
    // In the same thread a step of some ten milliseconds would let one turn through.
    expect(turns).toBeGreaterThan(6);
  });
  let kept: Engine | undefined;
  await withEngineThread(choice, async (engine) => {
    kept = engine;
  });
  await expect(kept?.createSession(new Uint8Array(1))).rejects.toMatchObject({ code: "engine.failed" });
});
