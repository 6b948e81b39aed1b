/**
 * What do ten labelled images of a new kind bring, and what do corrections of the wrong cells alone?
 *
 * For a cluster of images that the base has never seen (its fold of `held-out-folds`): the base as it is; fine-tuned on
 * ten images; fine-tuned on the same ten where only the cells that the base got wrong are corrected and all others are
 * its own untouched proposals; and, as the ceiling, the base's training set with all other images of the cluster, trained
 * anew for as many steps, or (`--ceiling tuned`) a fine-tuning with all of them and twice the steps. All are scored on the images of the cluster that none of them saw.
 *
 * Usage: node test/bench/fine-tune.ts --base FOLDER --out FOLDER [--cluster f256.03] [--kinds fluorescence] [--labelled 10] [--minutes 5]
 *          [--steps 3000] [--seed 1] [--untouched 0.1,0.3,1] [--ceiling none] [--threads 2] [--trial STEPS] [--fixed STEPS]
 *          [--data ../shared/data]
 * `--base` is the output of held-out-folds with the fluorescence family; `--steps` those it was given.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { findOverlaps } from "#core/metrics/index.ts";
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
  type SegmentationOverrides,
  type TrainedModel,
  type TrainingItem,
  trainSegmentation,
} from "#nn/index.ts";
import { matchOverlaps } from "../../src/core/metrics/match-objects.ts";
import { everyItem } from "./dsb2018-items.ts";
import { readFolds } from "./fold-files.ts";
import { scaledItems } from "./scaled-items.ts";
import { headlineOfItems, type ItemScore, scoreItems } from "./score-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    base: { type: "string" },
    out: { type: "string" },
    cluster: { type: "string", default: "f256.03" },
    /** Part of the name of the kinds whose images the ceiling learns from. */
    kinds: { type: "string", default: "fluorescence" },
    labelled: { type: "string", default: "10" },
    minutes: { type: "string", default: "5" },
    steps: { type: "string", default: "3000" },
    seed: { type: "string", default: "1" },
    /** Weights of untouched proposals that are tried; default that of the program. */
    untouched: { type: "string", default: "" },
    /** "trained" anew with the base's images, "tuned" like the ten on all other images of the cluster, or "none", since it takes longest. */
    ceiling: { type: "string", default: "trained" },
    threads: { type: "string", default: "2" },
    /** Steps of a trial; default as many as fit into the minutes, which a loaded machine makes few. */
    trial: { type: "string", default: "" },
    /** No search: so many steps at the bold rate, which tells the worth of the labels from the luck of stopping. */
    fixed: { type: "string", default: "" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
if (values.base === undefined || values.out === undefined) throw new Error("Give --base and --out.");
const [baseFolder, folder, cluster] = [values.base, values.out, values.cluster];
mkdirSync(folder, { recursive: true });
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });
const seed = Number(values.seed);

interface Base {
  readonly onnx: Uint8Array;
  readonly weights: Uint8Array;
  readonly contract: InputContract;
  /** Groups of the fold that tested the cluster: none of them may train in a comparison. */
  readonly unseen: ReadonlySet<string>;
}

/** The fold that scored the cluster was trained without it; of a kind that no fold has seen, the first does. */
function readBase(): Base {
  const known = foldOf(cluster) ?? (cluster.startsWith("f") ? null : foldOf(null));
  if (known === null) throw new Error(`No fold of ${baseFolder} was trained without ${cluster}.`);
  return known;
}

function foldOf(tested: string | null): Base | null {
  for (const { scores, contract, onnx, weights } of readFolds(baseFolder)) {
    const unseen = new Set(scores.map(({ group }) => group));
    if (tested === null || unseen.has(tested)) return { onnx: onnx(), weights: weights(), contract, unseen };
  }
  return null;
}

function shuffled<T>(list: readonly T[]): T[] {
  const random = rng(seed, "images of the cluster");
  return list
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The base's own network: its weights fit no other. */
function networkOf({ contract }: Base): SegmentationOverrides {
  const trunk = parseArchitectureName(contract.architecture);
  if (trunk === null) throw new Error(`The base is no network of this program: ${contract.architecture}.`);
  return trunk;
}

/** Minutes, found settings and the fine-tuned model. */
async function fineTune(
  name: string,
  base: Base,
  train: readonly TrainingItem[],
  minutes: number,
  changes: SegmentationOverrides = {},
  /** Steps of a trial, if given, times this. */
  times = 1,
) {
  const start = performance.now();
  const draft = defaultSegmentationConfig({
    ...networkOf(base),
    ...changes,
    seed,
    recordEvery: 10,
    checkpointEvery: 1_000_000,
    validateEvery: 1_000_000,
  });
  const steps =
    values.trial === ""
      ? await estimateSteps(engine, draft, minutes / fineTuningParts)
      : times * Number(values.trial);
  const shared = {
    engine,
    train: itemsInMemory(scaledItems(train, base.contract.range?.cellDiameterPx?.median ?? null, null).items),
    validation: itemsInMemory([]),
    base: base.weights,
    baseContract: base.contract,
  };
  const found =
    values.fixed === ""
      ? await chooseFineTuning({ ...shared, config: { ...draft, steps }, stepsMax: Math.max(8, steps) })
      : { steps: Number(values.fixed), learningRate: 1e-3, fitThresholds: false, thresholds: null };
  const config = { ...draft, ...foundSettings(found) };
  const model = await trainSegmentation({ ...shared, config });
  const took = (performance.now() - start) / 60_000;
  log(
    `${name}: ${found.steps} steps at ${found.learningRate} of at most ${steps}, ${took.toFixed(1)} minutes`,
  );
  return model;
}

/** What a person leaves who corrects only what the base got wrong: its labels with the wrong cells drawn anew. */
async function corrected(base: Base, item: TrainingItem): Promise<{ item: TrainingItem; share: number }> {
  const truth = item.labels.nuclear as LabelImage;
  const model = await loadSegmentationModel(engine, base.onnx, base.contract);
  const { labels: found } = await model.predict(item.image, { mpp: item.mpp });
  await model.release();
  const pairs = matchOverlaps(findOverlaps(truth, found), 0.5);
  const right = new Set(pairs.map(({ reference }) => reference));
  const kept = new Set(pairs.map(({ predicted }) => predicted));
  const labels = labelImage(truth.height, truth.width);
  const cleared = new Uint8Array(truth.data.length);
  const touched = new Set<number>();
  const objects = new Set<number>();
  const foundMax = found.data.reduce((most, label) => Math.max(most, label), 0);
  for (let i = 0; i < truth.data.length; i++) {
    const [t, f] = [truth.data[i] as number, found.data[i] as number];
    if (t > 0) objects.add(t);
    if (t > 0 && !right.has(t)) {
      labels.data[i] = foundMax + t;
      touched.add(foundMax + t);
    } else if (kept.has(f)) labels.data[i] = f;
    else if (f > 0) cleared[i] = 1;
  }
  const mask = { height: truth.height, width: truth.width, data: cleared };
  return {
    share: touched.size / Math.max(1, objects.size),
    item: {
      ...item,
      labels: { nuclear: labels },
      review: { nuclear: { coverage: "exhaustive", reviewed: false, touched, cleared: mask as never } },
    },
  };
}

const log = (line: string): void => {
  console.log(line);
  appendFileSync(join(folder, "log.txt"), `${new Date().toISOString()} ${line}\n`);
};

/** AP, F1 and mSA of a model made now or before. */
async function score(name: string, make: () => Promise<Pick<TrainedModel, "onnx" | "contract">>) {
  const known = join(folder, `${name}.json`);
  if (!existsSync(known)) writeFileSync(known, JSON.stringify(await scoreItems(engine, await make(), test)));
  const result = headlineOfItems(JSON.parse(readFileSync(known, "utf8")) as ItemScore[]);
  log(`| ${name} | ${result.ap50.toFixed(3)} | ${result.f1.toFixed(3)} | ${result.msa.toFixed(3)} |`);
  return result.ap50;
}

const base = readBase();
const items = await everyItem(values.data, values.kinds);
const own = shuffled(items.filter(({ group }) => group === cluster));
const labelled = own.slice(0, Number(values.labelled));
// Half of the others test, so that the ceiling has images of the cluster to learn from.
const rest = own.slice(labelled.length);
const test = rest.slice(0, Math.ceil(rest.length / 2));
const more = rest.slice(test.length);
log(`${cluster}: ${labelled.length} labelled, ${more.length} more for the ceiling, ${test.length} tested`);
log("| model | AP@0.5 | F1@0.5 | mSA |");
const minutes = Number(values.minutes);
const before = await score("base", async () => base);
const ten = await score("labelled", () => fineTune("labelled", base, labelled, minutes));
/** Fine-tuned on the wrong cells alone, with this weight of what nobody touched. */
const fromCorrections = async (name: string, changes: SegmentationOverrides) => {
  const made = [];
  for (const item of labelled) made.push(await corrected(base, item));
  const mean = made.reduce((sum, { share }) => sum + share, 0) / made.length;
  log(`corrected: ${(100 * mean).toFixed(0)} % of the cells were wrong and are corrected`);
  return fineTune(
    name,
    base,
    made.map((one) => one.item),
    minutes,
    changes,
  );
};
const weights = values.untouched.split(",").filter((weight) => weight !== "");
for (const weight of weights)
  await score(`corrected, untouched ${weight}`, () =>
    fromCorrections(`corrected, untouched ${weight}`, { untouchedWeight: Number(weight) }),
  );
const corrections = await score("corrected", () => fromCorrections("corrected", {}));
log(
  `gain of corrections alone: ${((100 * (corrections - before)) / (ten - before)).toFixed(0)} % of that of ten`,
);
if (values.ceiling === "none") process.exit(0);
const ceilingConfig = defaultSegmentationConfig({
  ...networkOf(base),
  // As the base was trained.
  augment: { mode: "safe" },
  seed,
  steps: Number(values.steps),
  recordEvery: 50,
  checkpointEvery: 1_000_000,
});
const ofOtherKinds = (group: string): boolean => !group.startsWith("f");
const ceilingItems = [
  ...items.filter(({ group }) => !base.unseen.has(group) && !ofOtherKinds(group)),
  ...labelled,
  ...more,
];
const trainAnew = () =>
  trainSegmentation({
    engine,
    config: ceilingConfig,
    train: itemsInMemory(scaledItems(ceilingItems, ceilingConfig.cellDiameterPx).items),
    validation: itemsInMemory([]),
    onProgress: ({ step, steps, point }) => {
      if (step % 250 === 0) log(`ceiling: step ${step} of ${steps}, loss ${point.loss.toFixed(4)}`);
    },
  });
const ceiling = await score("ceiling", () =>
  values.ceiling === "tuned"
    ? fineTune("ceiling", base, [...labelled, ...more], 2 * minutes, {}, 2)
    : trainAnew(),
);
log(`gap closed by ${labelled.length} images: ${((100 * (ten - before)) / (ceiling - before)).toFixed(0)} %`);
