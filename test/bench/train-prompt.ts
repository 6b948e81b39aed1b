/**
 * Trains the prompt model and judges it on groups that it never saw. One command; run again to go on.
 *
 * Usage: node test/bench/train-prompt.ts OUT [--steps 4000] [--until N] [--batch 8] [--seed 1] [--save 200] [--threads 1]
 *          [--rate 2e-3] [--shares JSON] [--start OTHER/checkpoint.safetensors] [--judge] [--cells 40] [--ship models --name prompt-cell --version 1.0.0] [--data ../shared/data]
 * OUT gets checkpoint.safetensors, log.jsonl (a line per 50 steps), prompt.onnx, report.json. With --judge it is judged as
 * it is, finished or not. With --ship the finished model is written as a folder that the program registers at its start.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createOrtNodeEngine } from "../../src/nn/engine/ort-node.ts";
import {
  decodePromptCheckpoint,
  defaultPromptConfig,
  encodePromptCheckpoint,
  encodePromptModel,
  type PromptConfig,
  type PromptState,
  startFromCheckpoint,
  trainPrompt,
} from "../../src/nn/prompt/index.ts";
import { promptLayout } from "../../src/nn/prompt/prompt-network.ts";
import { encodeWeights } from "../../src/nn/training/weights.ts";
import { sha256 } from "../../src/platform/index.ts";
import { judgePrompts } from "./prompt/judge-prompts.ts";
import { familyShares, promptScenes } from "./prompt/prompt-scenes.ts";
import { shipPromptModel } from "./prompt/ship-prompt-model.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: String(defaultPromptConfig.steps) },
    until: { type: "string" },
    batch: { type: "string", default: String(defaultPromptConfig.batchSize) },
    seed: { type: "string", default: String(defaultPromptConfig.seed) },
    rate: { type: "string", default: String(defaultPromptConfig.learningRate) },
    /** Shares of the families, JSON. */
    shares: { type: "string", default: JSON.stringify(familyShares) },
    /** Checkpoint of another run whose weights this one starts from. */
    start: { type: "string" },
    save: { type: "string", default: "200" },
    threads: { type: "string", default: "1" },
    judge: { type: "boolean", default: false },
    /** Judged per image, at most. */
    cells: { type: "string", default: "40" },
    ship: { type: "string" },
    name: { type: "string", default: "prompt-cell" },
    version: { type: "string", default: "1.0.0" },
    /** For the card: the commands that make the model again, in order. */
    command: { type: "string", multiple: true },
    data: { type: "string", default: fileURLToPath(new URL("../../../shared/data", import.meta.url)) },
  },
});
const [out] = positionals;
if (out === undefined) throw new Error("usage: node test/bench/train-prompt.ts OUT [options]");
mkdirSync(out, { recursive: true });

const startBytes = values.start === undefined ? null : new Uint8Array(readFileSync(values.start));
const config: PromptConfig = {
  ...defaultPromptConfig,
  learningRate: Number(values.rate),
  startedFrom: startBytes === null ? null : sha256(startBytes),
  seed: Number(values.seed),
  steps: Number(values.steps),
  batchSize: Number(values.batch),
  families: JSON.parse(values.shares) as PromptConfig["families"],
};
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });

/** In place or not at all: a run may be stopped while it writes. */
function save(name: string, bytes: Uint8Array | string): void {
  writeFileSync(join(out!, `${name}.new`), bytes);
  renameSync(join(out!, `${name}.new`), join(out!, name));
}

async function train(): Promise<PromptState> {
  const checkpoint = join(out!, "checkpoint.safetensors");
  let state = existsSync(checkpoint)
    ? decodePromptCheckpoint(new Uint8Array(readFileSync(checkpoint)), config)
    : startBytes === null
      ? undefined
      : startFromCheckpoint(startBytes, config);
  const until = Math.min(config.steps, Number(values.until ?? config.steps));
  if (state !== undefined && state.step >= until) return state;
  const scenes = await promptScenes(values.data, "train");
  console.log(`${scenes.length} images to learn from`);
  const started = performance.now();
  // First answers and corrected ones apart: [loss, pixels, overlap] of each, summed.
  let sums = [0, 0];
  while ((state?.step ?? 0) < until) {
    state = await trainPrompt(engine, config, scenes, {
      ...(state === undefined ? {} : { from: state }),
      until: Math.min(until, (state?.step ?? 0) + Number(values.save)),
      onStep({ step, terms }) {
        sums[step % 2]! += terms.overlap;
        if ((step + 1) % 50 !== 0) return;
        const [first = 0, corrected = 0] = sums.map((sum) => Number((sum / 25).toFixed(4)));
        const seconds = Math.round((performance.now() - started) / 1000);
        const line = JSON.stringify({
          step: step + 1,
          dice: { first: 1 - first, corrected: 1 - corrected },
          seconds,
        });
        appendFileSync(join(out!, "log.jsonl"), `${line}\n`);
        console.log(line);
        sums = [0, 0];
      },
    });
    save("checkpoint.safetensors", encodePromptCheckpoint(config, state));
  }
  return state!;
}

const state = await train();
const finished = state.step >= config.steps;
if (finished || values.judge) {
  const model = await encodePromptModel(engine, config.architecture, state.theta);
  save("prompt.onnx", model);
  const judged = await promptScenes(values.data, "test");
  const report = await judgePrompts(engine, model, judged, {
    cellsMax: Number(values.cells),
    seed: config.seed,
  });
  console.log({ step: state.step, bytes: model.length });
  console.table(report.rows);
  save("report.json", JSON.stringify({ config, step: state.step, ...report }, null, 2));
  if (values.ship !== undefined && finished) {
    const folder = shipPromptModel(values.ship, {
      ...{ name: values.name, version: values.version, config, onnx: model, report, judged },
      weights: encodeWeights(promptLayout(config.architecture), state.theta),
      learnt: await promptScenes(values.data, "train"),
      commands: values.command ?? [],
    });
    console.log(`written: ${folder}`);
  }
}
