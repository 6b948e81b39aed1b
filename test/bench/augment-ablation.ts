/**
 * Does augmentation by kind of image help on images from another source? The same training without augmentation, with the
 * safe subset, and with the plan of each image's kind, scored on groups that none of them saw.
 *
 * Training groups and scored groups are clusters of appearance of the Data Science Bowl sets; test groups are not touched.
 * With `--sources` training sees few sources only, which is what users have. Thresholds are the starting ones for all, since
 * none may be chosen on the scored groups. Every run keeps a checkpoint, a log line per point of its curve and its scores in the
 * folder given, so the command can be stopped at any time and given again.
 *
 * Usage: node test/bench/augment-ablation.ts --out FOLDER [--steps 600] [--seeds 1,2,3] [--modes none,safe,domain]
 *          [--sources f256.05,f520.02] [--kinds fluorescence] [--architecture unet-8] [--batch 8] [--threads 2]
 *          [--data ../shared/data]
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { defaultSegmentationConfig, itemsInMemory, type TrainingItem, trainSegmentation } from "#nn/index.ts";
import { augmentModes } from "#nn/training/index.ts";
import { itemsOf } from "./dsb2018-items.ts";
import { scaledItems } from "./scaled-items.ts";
import { headlineOfItems, type ItemScore, scoreItems } from "./score-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: "string" },
    steps: { type: "string", default: "600" },
    seeds: { type: "string", default: "1,2,3" },
    modes: { type: "string", default: augmentModes.toReversed().join(",") },
    /** Groups to train on; default all training groups. */
    sources: { type: "string", default: "" },
    kinds: { type: "string", default: "fluorescence" },
    architecture: { type: "string", default: "unet-8" },
    batch: { type: "string", default: "8" },
    threads: { type: "string", default: "2" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
if (values.out === undefined) throw new Error("Give a folder for checkpoints and the log with --out.");
const folder = values.out;
mkdirSync(folder, { recursive: true });
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });

function log(text: string): void {
  console.log(text);
  appendFileSync(join(folder, "log.txt"), `${new Date().toISOString()} ${text}\n`);
}

const sources = values.sources.split(",").filter((group) => group !== "");
const everyTraining = await itemsOf(values.data, "train", values.kinds);
const train = everyTraining.filter(({ group }) => sources.length === 0 || sources.includes(group));
const elsewhere = everyTraining.filter((item) => !train.includes(item));
const scored = [...(await itemsOf(values.data, "validation", values.kinds)), ...thinned(elsewhere)];
if (train.length === 0) throw new Error("No image belongs to the groups given with --sources.");

/** At most this many images of each group that was left out of training: they are many, and alike. */
function thinned(items: readonly TrainingItem[], perGroup = 12): TrainingItem[] {
  return [...Map.groupBy(items, ({ group }) => group).values()].flatMap((group) => group.slice(0, perGroup));
}

type Mode = (typeof augmentModes)[number];

async function scoresOf(mode: Mode, seed: number): Promise<ItemScore[]> {
  const name = `${mode}-${seed}`;
  const known = join(folder, `${name}.json`);
  if (existsSync(known)) return JSON.parse(readFileSync(known, "utf8")) as ItemScore[];
  const checkpoint = join(folder, `${name}.checkpoint`);
  const steps = Number(values.steps);
  const config = defaultSegmentationConfig({
    architecture: values.architecture,
    batchSize: Number(values.batch),
    steps,
    seed,
    augment: { mode },
    recordEvery: Math.max(1, Math.floor(steps / 10)),
    validateEvery: steps,
    checkpointEvery: 50,
  });
  const trained = await trainSegmentation({
    engine,
    config,
    train: itemsInMemory(scaledItems(train, config.cellDiameterPx).items),
    validation: itemsInMemory([]),
    ...(existsSync(checkpoint) ? { resume: new Uint8Array(readFileSync(checkpoint)) } : {}),
    onCheckpoint: async (bytes) => {
      writeFileSync(`${checkpoint}.new`, bytes);
      renameSync(`${checkpoint}.new`, checkpoint);
    },
    onProgress: ({ point, step, msPerStep }) =>
      log(
        `${name}: step ${step} of ${steps}, loss ${point.loss.toFixed(4)}, ${msPerStep.toFixed(0)} ms a step`,
      ),
  });
  const scores = await scoreItems(engine, trained, scored);
  writeFileSync(known, JSON.stringify(scores));
  return scores;
}

interface Outcome {
  readonly mode: Mode;
  readonly seed: number;
  readonly scores: readonly ItemScore[];
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const spread = (list: readonly number[]): string => {
  const m = mean(list);
  const deviation = Math.sqrt(
    mean(list.map((value) => (value - m) ** 2)) * (list.length / (list.length - 1)),
  );
  return list.length < 2 ? m.toFixed(3) : `${m.toFixed(3)} ± ${deviation.toFixed(3)}`;
};

/** AP@0.5 by group and as the mean of groups; means and standard deviations over the seeds. */
function report(outcomes: readonly Outcome[]): void {
  const groups = [...new Set(scored.map(({ group }) => group))].sort();
  const row = (cells: readonly string[]): void => log(`| ${cells.join(" | ")} |`);
  row(["augmentation", ...groups, "mean AP@0.5 of groups", "mean F1@0.5", "mean mSA"]);
  row(["---", ...groups.map(() => "---"), "---", "---", "---"]);
  for (const [mode, own] of Map.groupBy(outcomes, (one) => one.mode)) {
    const of = (group: string, figure: "ap50" | "f1" | "msa"): number[] =>
      own.map(({ scores }) => headlineOfItems(scores.filter((one) => one.group === group))[figure]);
    const overGroups = (figure: "ap50" | "f1" | "msa"): string =>
      spread(own.map((_, i) => mean(groups.map((group) => of(group, figure)[i] as number))));
    row([
      mode,
      ...groups.map((group) => spread(of(group, "ap50"))),
      ...(["ap50", "f1", "msa"] as const).map(overGroups),
    ]);
  }
}

log(
  `${train.length} images of ${new Set(train.map(({ group }) => group)).size} groups to train, ${scored.length} of other groups scored; ` +
    `${values.architecture}, ${values.steps} steps of ${values.batch}; ${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}`,
);
const outcomes: Outcome[] = [];
for (const seed of values.seeds.split(",").map(Number)) {
  for (const mode of augmentModes.filter((one) => values.modes.split(",").includes(one))) {
    outcomes.push({ mode, seed, scores: await scoresOf(mode, seed) });
  }
  report(outcomes);
}
