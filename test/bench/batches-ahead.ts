/**
 * What preparing batches ahead saves: the same training with the engine in the program's own thread, where a batch is made
 * between two steps, and with the engine in a thread of its own, where the next batch is made while the network computes.
 *
 * Both take turns; printed are milliseconds per step by the clock, their ratio pair by pair, and whether both gave the same
 * bytes.
 *
 *   node test/bench/batches-ahead.ts [--pairs 3] [--steps 40] [--threads 2] [--side 128] [--batch 8]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { imageArray, labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { openEngine } from "#nn/engine/open-engine.ts";
import type { Engine, TrainingItem } from "#nn/index.ts";
import { defaultSegmentationConfig, itemsInMemory, trainSegmentation } from "#nn/index.ts";
import { withEngineThread } from "../../src/jobs/train/engine-thread.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    steps: { type: "string", default: "40" },
    threads: { type: "string", default: "2" },
    side: { type: "string", default: "128" },
    batch: { type: "string", default: "8" },
  },
});
const steps = Number(values.steps);
const choice = { device: "cpu", threads: Number(values.threads) } as const;
const SIDE = 512;
const PITCH = 20;

/** Discs of growing size on noise. */
function discs(id: string): TrainingItem {
  const random = rng(3, id);
  const labels = new Int32Array(SIDE * SIDE);
  const pixels = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < labels.length; i++) {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    const [dy, dx] = [(y % PITCH) - PITCH / 2, (x % PITCH) - PITCH / 2];
    const inside = dy * dy + dx * dx < 20 + (x / SIDE) * 50;
    labels[i] = inside ? 1 + Math.floor(y / PITCH) * 100 + Math.floor(x / PITCH) : 0;
    pixels[i] = (inside ? 1 : 0) + 0.2 * random.normal();
  }
  return {
    id,
    group: id,
    mpp: null,
    image: imageArray("float32", "yx", [SIDE, SIDE], pixels),
    labels: { nuclear: labelImage(SIDE, SIDE, labels) },
  };
}

const items = ["a", "b", "c", "d"].map(discs);

interface Outcome {
  readonly msPerStep: number;
  readonly weights: Uint8Array;
}

async function train(engine: Engine): Promise<Outcome> {
  let msPerStep = Number.NaN;
  const { weights } = await trainSegmentation({
    engine,
    config: defaultSegmentationConfig({
      steps,
      cropSize: Number(values.side),
      batchSize: Number(values.batch),
      warmupSteps: 2,
      recordEvery: steps,
      validateEvery: steps,
    }),
    train: itemsInMemory(items),
    validation: itemsInMemory([]),
    onProgress: (progress) => {
      msPerStep = progress.msPerStep;
    },
  });
  return { msPerStep, weights };
}

const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const here: Outcome[] = [];
const ahead: Outcome[] = [];
for (let pair = 0; pair < Number(values.pairs); pair++) {
  here.push(await train(await openEngine(choice)));
  ahead.push(await withEngineThread(choice, train));
}
const show = (list: readonly Outcome[]): string =>
  `${median(list.map((one) => one.msPerStep)).toFixed(0)} ms a step (${list.map((one) => one.msPerStep.toFixed(0)).join(", ")})`;
const ratios = here.map((one, i) => one.msPerStep / (ahead[i] as Outcome).msPerStep);
const same = [...here, ...ahead].every(
  ({ weights }) => Buffer.compare(weights, (here[0] as Outcome).weights) === 0,
);
console.log(`${values.side}² x ${values.batch}, ${choice.threads} threads, load ${loadavg()[0]?.toFixed(1)}`);
console.log(`batches between steps: ${show(here)}`);
console.log(`batches ahead, engine in a thread: ${show(ahead)}`);
console.log(
  `ratio, median of pairs: ${median(ratios).toFixed(2)}x (${ratios.map((r) => r.toFixed(2)).join(", ")}); same bytes: ${same}`,
);
