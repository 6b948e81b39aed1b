/**
 * How good is a model on groups it has never seen? Each group is scored once, by a model trained without it.
 *
 * Groups are dealt into folds of about equal numbers of pixels. For each fold: its groups test, those of the next fold
 * validate (early curve, thresholds, confidence), the others train. Everything is kept in the folder given, with a
 * checkpoint while a fold trains, so the command can be stopped at any time and given again.
 *
 * With `--train` and `--validate` there is one fold, of those groups, and all other groups test: a base that has seen little,
 * as a young lab's has.
 *
 * Usage: node test/bench/held-out-folds.ts --family fluorescence --out FOLDER [--folds 5] [--only 2] [--steps 3000]
 *          [--train f256.05,f360.03 --validate f256.07] [--architecture unet-16] [--config JSON] [--seed 1] [--threads 2] [--data ../shared/data]
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { axisLength } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import {
  defaultSegmentationConfig,
  itemsInMemory,
  type SegmentationConfig,
  type TrainedModel,
  type TrainingItem,
  trainSegmentation,
} from "#nn/index.ts";
import { families } from "./real-items.ts";
import { scaledItems } from "./scaled-items.ts";
import { headlineOfItems, type ItemScore, scoreItems } from "./score-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    family: { type: "string", default: "fluorescence" },
    out: { type: "string" },
    folds: { type: "string", default: "5" },
    /** One fold alone, from 1. */
    only: { type: "string" },
    train: { type: "string", default: "" },
    validate: { type: "string", default: "" },
    steps: { type: "string", default: "3000" },
    architecture: { type: "string", default: "unet-16" },
    /** Other settings of the training configuration. */
    config: { type: "string", default: "{}" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
const family = families[values.family];
if (values.out === undefined || family === undefined)
  throw new Error(`Give --out FOLDER and --family, one of ${Object.keys(families).join(", ")}.`);
const folder = values.out;
mkdirSync(folder, { recursive: true });
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });

const log = (line: string): void => {
  console.log(line);
  appendFileSync(join(folder, "log.txt"), `${new Date().toISOString()} ${line}\n`);
};

/** Test, validation and training as folds 0, 1 and 2, by the groups given. */
function foldOfNamedGroups(items: readonly TrainingItem[]): Map<string, number> {
  const [train, validate] = [values.train, values.validate].map((list) => new Set(list.split(",")));
  return new Map(items.map(({ group }) => [group, train?.has(group) ? 2 : validate?.has(group) ? 1 : 0]));
}

/** Groups dealt to folds: the largest first, each to the emptiest fold; ties by a seed. */
function foldOfGroups(items: readonly TrainingItem[], folds: number): Map<string, number> {
  const pixels = new Map<string, number>();
  for (const { group, image } of items)
    pixels.set(group, (pixels.get(group) ?? 0) + axisLength(image, "y") * axisLength(image, "x"));
  const random = rng(Number(values.seed), "folds");
  const groups = [...pixels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, size]) => ({ group, size, at: random.next() }))
    .sort((a, b) => b.size - a.size || a.at - b.at);
  const filled = Array.from({ length: folds }, () => 0);
  const foldOf = new Map<string, number>();
  for (const { group, size } of groups) {
    const fold = filled.indexOf(Math.min(...filled));
    foldOf.set(group, fold);
    filled[fold] = (filled[fold] as number) + size;
  }
  return foldOf;
}

function configOf(): SegmentationConfig {
  const steps = Number(values.steps);
  return defaultSegmentationConfig({
    architecture: values.architecture,
    steps,
    seed: Number(values.seed),
    recordEvery: 50,
    validateEvery: Math.max(50, Math.floor(steps / 6)),
    checkpointEvery: 100,
    ...family?.overrides,
    ...JSON.parse(values.config),
  });
}

/** The model of a fold, trained now or before. */
async function modelOf(name: string, train: TrainingItem[], validation: TrainingItem[]) {
  const paths = {
    onnx: join(folder, `${name}.onnx`),
    weights: join(folder, `${name}.weights`),
    contract: join(folder, `${name}.contract.json`),
    checkpoint: join(folder, `${name}.checkpoint`),
  };
  if (existsSync(paths.contract)) {
    const contract = JSON.parse(readFileSync(paths.contract, "utf8")) as TrainedModel["contract"];
    return { onnx: new Uint8Array(readFileSync(paths.onnx)), contract };
  }
  const draft = configOf();
  const scaled = scaledItems(train, draft.cellDiameterPx);
  const config = { ...draft, mpp: scaled.mpp };
  const trained = await trainSegmentation({
    engine,
    config,
    train: itemsInMemory(scaled.items),
    validation: itemsInMemory(scaledItems(validation, config.cellDiameterPx, scaled.mpp).items),
    ...(existsSync(paths.checkpoint) ? { resume: new Uint8Array(readFileSync(paths.checkpoint)) } : {}),
    onCheckpoint: async (bytes) => {
      writeFileSync(`${paths.checkpoint}.new`, bytes);
      renameSync(`${paths.checkpoint}.new`, paths.checkpoint);
    },
    onProgress: ({ point, step, steps, msPerStep, msLeft }) => {
      const score =
        point.validation === undefined ? "" : `, validation AP ${point.validation.ap50.toFixed(3)}`;
      log(
        `${name}: step ${step} of ${steps}, loss ${point.loss.toFixed(4)}${score}, ${msPerStep.toFixed(0)} ms a step, ${(msLeft / 60_000).toFixed(0)} min left`,
      );
    },
  });
  writeFileSync(paths.onnx, trained.onnx);
  writeFileSync(paths.weights, trained.weights);
  // Last: its presence says that the fold is trained.
  writeFileSync(paths.contract, JSON.stringify(trained.contract));
  return trained;
}

async function scoresOfFold(
  fold: number,
  folds: number,
  foldOf: ReadonlyMap<string, number>,
  items: readonly TrainingItem[],
): Promise<ItemScore[]> {
  const known = join(folder, `fold-${fold + 1}.json`);
  if (existsSync(known)) return JSON.parse(readFileSync(known, "utf8")) as ItemScore[];
  const within = (wanted: number): TrainingItem[] =>
    items.filter(({ group }) => foldOf.get(group) === wanted);
  const test = within(fold);
  const validation = within((fold + 1) % folds);
  const train = items.filter((item) => !test.includes(item) && !validation.includes(item));
  log(`fold ${fold + 1}: ${train.length} train, ${validation.length} validate, ${test.length} test`);
  const model = await modelOf(`fold-${fold + 1}`, train, validation);
  const scores = await scoreItems(engine, model, test);
  writeFileSync(known, JSON.stringify(scores));
  return scores;
}

const items = await family.items(values.data);
const named = values.train !== "";
const folds = named ? 3 : Number(values.folds);
const only = named ? "1" : values.only;
const foldOf = named ? foldOfNamedGroups(items) : foldOfGroups(items, folds);
const scores: ItemScore[] = [];
for (let fold = 0; fold < folds; fold++) {
  if (only !== undefined && Number(only) !== fold + 1) continue;
  scores.push(...(await scoresOfFold(fold, folds, foldOf, items)));
}
const line = (name: string, of: readonly ItemScore[]): string => {
  const { images, ap50, f1, msa } = headlineOfItems(of);
  return `| ${name} | ${images} | ${ap50.toFixed(3)} | ${f1.toFixed(3)} | ${msa.toFixed(3)} |`;
};
log(`${values.family}, ${values.architecture}, ${values.steps} steps, ${cpus()[0]?.model ?? "?"}`);
log("| group | images | AP@0.5 | F1@0.5 | mSA |");
for (const group of [...new Set(scores.map((one) => one.group))].sort())
  log(
    line(
      group,
      scores.filter((one) => one.group === group),
    ),
  );
log(line("**all**", scores));
