/**
 * Which head finds cells best: the same network, items, crops and steps with each head, scored on validation groups.
 *
 * No test group is read. Thresholds are calibrated on half of each validation group and scores taken on the other half,
 * then the other way round, so that a head with more thresholds has no advantage. Every head keeps a checkpoint and a
 * line of the log per point of its curve in the folder given, so the command can be stopped and given again.
 *
 * Usage: node test/bench/head-designs.ts --out FOLDER [--steps 1500] [--heads deepWatershed,boundary,flow,star]
 *          [--kinds fluorescence] [--seed 1] [--threads 2] [--architecture unet-16] [--batch 8] [--data ../shared/data]
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { poolScores, type SegmentationScores, scoreSegmentation } from "#core/metrics/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { type HeadName, headDesign, headNames } from "#nn/heads/index.ts";
import type { TrainingItem } from "#nn/index.ts";
import { calibrationCases } from "#nn/training/finish-training.ts";
import {
  createItemCache,
  defaultSegmentationConfig,
  itemsInMemory,
  type SegmentationConfig,
  trainParameters,
} from "#nn/training/index.ts";
import { calibrate, type ValidationCase } from "#nn/training/validation.ts";
import { itemsOf } from "./dsb2018-items.ts";
import { scaledItems } from "./scaled-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: "string" },
    steps: { type: "string", default: "1500" },
    heads: { type: "string", default: headNames.join(",") },
    kinds: { type: "string", default: "fluorescence" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
    batch: { type: "string", default: "8" },
    architecture: { type: "string", default: "unet-16" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
if (values.out === undefined) throw new Error("Give a folder for checkpoints and the log with --out.");
const folder = values.out;
mkdirSync(folder, { recursive: true });

const engine = await createOrtNodeEngine({ threads: Number(values.threads) });
const { cellDiameterPx } = defaultSegmentationConfig({ architecture: values.architecture });
const train = scaledItems(await itemsOf(values.data, "train", values.kinds), cellDiameterPx).items;
const validation = scaledItems(await itemsOf(values.data, "validation", values.kinds), cellDiameterPx).items;

function log(text: string): void {
  console.error(text);
  appendFileSync(join(folder, "log.txt"), `${text}\n`);
}

interface Outcome {
  readonly head: string;
  readonly msPerStep: number;
  readonly scores: readonly (readonly [group: string, SegmentationScores])[];
  readonly all: SegmentationScores;
}

function configOf(head: HeadName): SegmentationConfig {
  const steps = Number(values.steps);
  return defaultSegmentationConfig({
    head,
    architecture: values.architecture,
    batchSize: Number(values.batch),
    steps,
    seed: Number(values.seed),
    recordEvery: Math.max(1, Math.floor(steps / 30)),
    // The run is scored once, at its end, here.
    validateEvery: 10_000_000,
    checkpointEvery: 50,
  });
}

async function trainedCases(head: HeadName): Promise<{ cases: ValidationCase[]; msPerStep: number }> {
  const config = configOf(head);
  const checkpoint = join(folder, `${head}.checkpoint`);
  const none = itemsInMemory([]);
  let msPerStep = 0;
  const { theta, contract } = await trainParameters({
    engine,
    config,
    train: itemsInMemory(train),
    validation: none,
    ...(existsSync(checkpoint) ? { resume: new Uint8Array(readFileSync(checkpoint)) } : {}),
    onCheckpoint: async (bytes) => {
      writeFileSync(`${checkpoint}.new`, bytes);
      renameSync(`${checkpoint}.new`, checkpoint);
    },
    onProgress: ({ point, step, steps, msPerStep: ms }) => {
      msPerStep = ms;
      log(`${head}: step ${step} of ${steps}, loss ${point.loss.toFixed(4)}, ${ms.toFixed(0)} ms a step`);
    },
  });
  const facts = (items: readonly TrainingItem[]) => {
    const source = itemsInMemory(items);
    return { facts: source.facts, items: createItemCache(source, contract) };
  };
  const options = { engine, config, theta, contract, train: facts([]), validation: facts(validation) };
  return { cases: await calibrationCases(options), msPerStep };
}

/** Scores of each case with thresholds chosen on the other half of all groups. */
function crossScores(head: HeadName, cases: readonly ValidationCase[]): SegmentationScores[] {
  const design = headDesign(head);
  const place = new Map<string, number>();
  const halves = cases.map(({ group }) => {
    const n = place.get(group) ?? 0;
    place.set(group, n + 1);
    return n % 2;
  });
  const params = [0, 1].map((half) =>
    calibrate(
      cases.filter((_, i) => halves[i] !== half),
      design,
      design.start,
    ),
  );
  return cases.map((one, i) =>
    scoreSegmentation(one.labels, design.decode(one.maps, params[halves[i] as number] ?? design.start)),
  );
}

async function outcomeOf(head: HeadName): Promise<Outcome> {
  const known = join(folder, `${head}.json`);
  if (existsSync(known)) return JSON.parse(readFileSync(known, "utf8")) as Outcome;
  const { cases, msPerStep } = await trainedCases(head);
  const each = crossScores(head, cases);
  const groups = [...new Set(cases.map(({ group }) => group))].sort();
  const outcome: Outcome = {
    head,
    msPerStep,
    scores: groups.map((group) => [group, poolScores(each.filter((_, i) => cases[i]?.group === group))]),
    all: poolScores(each),
  };
  writeFileSync(known, JSON.stringify(outcome));
  return outcome;
}

const cellsOf = (scores: SegmentationScores): string => {
  const [half] = scores.byThreshold;
  return `${half?.averagePrecision.toFixed(3)} / ${half?.f1.toFixed(3)} / ${scores.meanAveragePrecision.toFixed(3)}`;
};

function table(outcomes: readonly Outcome[]): string {
  const groups = outcomes[0]?.scores.map(([group]) => group) ?? [];
  const mean = ({ scores }: Outcome): string => {
    const sum = scores.reduce((total, [, one]) => total + (one.byThreshold[0]?.averagePrecision ?? 0), 0);
    return (sum / scores.length).toFixed(3);
  };
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["head", ...groups, "all, pooled", "mean AP@0.5 of groups", "ms a step"]),
    row(["---", ...groups.map(() => "---"), "---", "---", "---"]),
    ...outcomes.map((one) =>
      row([
        one.head,
        ...one.scores.map(([, scores]) => cellsOf(scores)),
        cellsOf(one.all),
        mean(one),
        one.msPerStep.toFixed(0),
      ]),
    ),
  ].join("\n");
}

log(
  `${values.steps} steps of ${values.batch} crops, ${values.architecture}, ${train.length} images to train, ${validation.length} to validate, ` +
    `kinds "${values.kinds}", seed ${values.seed}; ${cpus().length} cores ${cpus()[0]?.model.trim()}`,
);
const outcomes: Outcome[] = [];
for (const name of values.heads.split(",")) {
  const head = headNames.find((known) => known === name);
  if (head === undefined) throw new Error(`There is no head "${name}"; there are ${headNames.join(", ")}.`);
  outcomes.push(await outcomeOf(head));
}
log(`AP@0.5 / F1@0.5 / mSA by validation group\n\n${table(outcomes)}`);
