/**
 * How much work does a model save the person who corrects it? A simulated person on groups that the model never saw.
 *
 * For each group, images drawn from it are labelled twice: from scratch, and by correcting what the fold's model proposes (the
 * fold was trained without the group; see `held-out-folds.ts`). Then, for one cluster, the model is fine-tuned on ten corrected
 * images and other images of the cluster are corrected again. What an operation is and how long it takes: `src/testing/
 * simulated-annotator.ts`.
 *
 * Usage: node test/bench/simulated-annotator.ts --base FOLDER --out FOLDER [--images 8] [--iou 0.7] [--seed 1] [--threads 1]
 *          [--tune f256.03,f256.07] [--labelled 10] [--test 15] [--steps 120] [--rate 5e-4] [--search MINUTES] [--data ../shared/data]
 * `--base` is the output of held-out-folds with the fluorescence family. Results of a group are kept in `--out`: the command can
 * be stopped and given again.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { LabelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { parseArchitectureName } from "#nn/architectures.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import {
  chooseFineTuning,
  defaultSegmentationConfig,
  estimateSteps,
  fineTuningParts,
  foundSettings,
  type InputContract,
  itemsInMemory,
  loadSegmentationModel,
  type TrainedModel,
  type TrainingItem,
  trainSegmentation,
} from "#nn/index.ts";
import { correctWithSweeps } from "../../src/testing/annotator-sweeps.ts";
import {
  type AnnotatorWork,
  cheaperWork,
  drawFromScratch,
  operationCount,
  secondsOfWork,
  totalWork,
} from "../../src/testing/simulated-annotator.ts";
import { everyItem } from "./dsb2018-items.ts";
import { scaledItems } from "./scaled-items.ts";
import type { ItemScore } from "./score-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    base: { type: "string" },
    out: { type: "string" },
    images: { type: "string", default: "8" },
    /** Overlap at which a cell is left as it is. */
    iou: { type: "string", default: "0.7" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    /** Clusters on which fine-tuning is tried; empty for none. */
    tune: { type: "string", default: "" },
    labelled: { type: "string", default: "10" },
    test: { type: "string", default: "15" },
    steps: { type: "string", default: "120" },
    rate: { type: "string", default: "5e-4" },
    /** Minutes for finding steps and rate as the program does, instead of the fixed ones. */
    search: { type: "string", default: "" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
if (values.base === undefined || values.out === undefined) throw new Error("Give --base and --out.");
const [baseFolder, folder] = [values.base, values.out];
mkdirSync(folder, { recursive: true });
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });
const [seed, rightIou] = [Number(values.seed), Number(values.iou)];

const log = (line: string): void => {
  console.log(line);
  appendFileSync(join(folder, "log.txt"), `${new Date().toISOString()} ${line}\n`);
};

interface Base {
  readonly onnx: Uint8Array;
  readonly weights: Uint8Array;
  readonly contract: InputContract;
  readonly groups: ReadonlySet<string>;
}

/** Each fold with the groups it was tested on, and so never saw. */
function readFolds(): Base[] {
  const folds: Base[] = [];
  for (let fold = 1; existsSync(join(baseFolder, `fold-${fold}.json`)); fold++) {
    const scores = JSON.parse(readFileSync(join(baseFolder, `fold-${fold}.json`), "utf8")) as ItemScore[];
    const file = (kind: string): Uint8Array =>
      new Uint8Array(readFileSync(join(baseFolder, `fold-${fold}.${kind}`)));
    folds.push({
      onnx: file("onnx"),
      weights: file("weights"),
      contract: JSON.parse(Buffer.from(file("contract.json")).toString("utf8")) as InputContract,
      groups: new Set(scores.map(({ group }) => group)),
    });
  }
  if (folds.length === 0) throw new Error(`There are no folds in ${baseFolder}.`);
  return folds;
}

function shuffled(items: readonly TrainingItem[], what: string): TrainingItem[] {
  const random = rng(seed, what);
  return [...items]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

interface Labelled {
  readonly id: string;
  readonly cells: number;
  readonly scratch: AnnotatorWork;
  readonly corrected: AnnotatorWork;
}

const truthOf = ({ labels }: TrainingItem): LabelImage => labels.nuclear as LabelImage;

async function label(
  model: Pick<TrainedModel, "onnx" | "contract">,
  items: readonly TrainingItem[],
): Promise<Labelled[]> {
  const loaded = await loadSegmentationModel(engine, model.onnx, model.contract);
  const done: Labelled[] = [];
  for (const item of items) {
    const truth = truthOf(item);
    const { labels } = await loaded.predict(item.image, { mpp: item.mpp });
    const scratch = drawFromScratch(truth);
    done.push({
      id: item.id,
      cells: scratch.draw,
      scratch,
      corrected: correctWithSweeps(truth, labels, rightIou),
    });
  }
  await loaded.release();
  return done;
}

/** Made now or before. */
async function kept(name: string, make: () => Promise<Labelled[]>): Promise<Labelled[]> {
  const file = join(folder, `${name}-iou${rightIou}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await make()));
  return JSON.parse(readFileSync(file, "utf8")) as Labelled[];
}

function row(name: string, done: readonly Labelled[]): string {
  const [scratch, corrected] = [
    totalWork(done.map((one) => one.scratch)),
    totalWork(done.map((one) => cheaperWork(one.corrected, one.scratch))),
  ];
  const cells = done.reduce((sum, one) => sum + one.cells, 0);
  const { brush, split, merge, delete: gone, draw, sweep } = corrected;
  const [before, after] = [operationCount(scratch), operationCount(corrected)];
  const seconds = (work: AnnotatorWork): string => (secondsOfWork(work) / Math.max(1, cells)).toFixed(1);
  return `| ${name} | ${done.length} | ${cells} | ${before} | ${after} | 1/${(before / after).toFixed(1)} | ${brush} / ${split} / ${merge} / ${gone} / ${draw} / ${sweep} | ${seconds(scratch)} | ${seconds(corrected)} |`;
}

/** The base's network on a few labelled images, from its released weights. */
async function fineTune(base: Base, train: readonly TrainingItem[]): Promise<TrainedModel> {
  const network = parseArchitectureName(base.contract.architecture);
  if (network === null) throw new Error(`No network of this program: ${base.contract.architecture}.`);
  const median = base.contract.range?.cellDiameterPx?.median ?? null;
  const shared = {
    engine,
    train: itemsInMemory(scaledItems(train, median, null).items),
    validation: itemsInMemory([]),
    base: base.weights,
    baseContract: base.contract,
  };
  const draft = defaultSegmentationConfig({
    ...network,
    seed,
    steps: Number(values.steps),
    learningRate: Number(values.rate),
    warmupSteps: Math.min(20, Math.ceil(Number(values.steps) / 3)),
    recordEvery: 10,
    checkpointEvery: 1_000_000,
    validateEvery: 1_000_000,
  });
  const start = performance.now();
  const found = values.search === "" ? null : await search(draft, shared);
  const config = { ...draft, ...(found ?? {}) };
  const model = await trainSegmentation({
    ...shared,
    config,
    onProgress: ({ step, steps, point, msPerStep }) =>
      log(`step ${step} of ${steps}, loss ${point.loss.toFixed(4)}, ${msPerStep.toFixed(0)} ms a step`),
  });
  const minutes = (performance.now() - start) / 60_000;
  log(`fine-tuned: ${config.steps} steps at ${config.learningRate}, ${minutes.toFixed(1)} minutes`);
  return model;
}

async function search(
  config: ReturnType<typeof defaultSegmentationConfig>,
  shared: Omit<Parameters<typeof chooseFineTuning>[0], "config" | "stepsMax">,
): Promise<ReturnType<typeof foundSettings>> {
  const steps = await estimateSteps(engine, config, Number(values.search) / fineTuningParts);
  const found = await chooseFineTuning({
    ...shared,
    config: { ...config, steps },
    stepsMax: Math.max(8, steps),
  });
  return foundSettings(found);
}

const folds = readFolds();
const items = await everyItem(values.data, "fluorescence");
const byGroup = [...Map.groupBy(items, ({ group }) => group)].sort(([a], [b]) => (a < b ? -1 : 1));
log(`A cell is right from an overlap (IoU) of ${rightIou}; up to ${values.images} images of each group.`);
log(
  "| group | images | cells | scratch | corrected | share | brush / split / merge / delete / draw / sweep | s per cell, scratch | corrected |",
);
const all: Labelled[] = [];
for (const [group, own] of Number(values.images) > 0 ? byGroup : []) {
  const fold = folds.find(({ groups }) => groups.has(group));
  if (fold === undefined) continue;
  const chosen = shuffled(own, `images of ${group}`).slice(0, Number(values.images));
  const done = await kept(`group-${group}`, () => label(fold, chosen));
  all.push(...done);
  log(row(group, done));
}
if (all.length > 0) log(row("**all**", all));

for (const cluster of values.tune.split(",").filter((name) => name !== "")) {
  const fold = folds.find(({ groups }) => groups.has(cluster));
  if (fold === undefined) throw new Error(`No fold was trained without ${cluster}.`);
  const own = shuffled(
    items.filter(({ group }) => group === cluster),
    `tuning on ${cluster}`,
  );
  const labelled = own.slice(0, Number(values.labelled));
  const test = own.slice(labelled.length, labelled.length + Number(values.test));
  log(row(`${cluster}, before`, await kept(`before-${cluster}`, () => label(fold, test))));
  const after = await kept(`after-${cluster}`, async () => label(await fineTune(fold, labelled), test));
  log(row(`${cluster}, after ${labelled.length} images`, after));
}
