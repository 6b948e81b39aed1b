/**
 * One model for nuclei and whole cells: trained on simulated tissue, scored on tissue of seeds and densities it never saw.
 *
 * Training densities leave out 0.55 to 0.75 and everything above 0.9; those are what is scored. Every predicted nucleus is
 * looked for inside its cell, pixel by pixel. Tissue is made when a crop is cut from it, so memory stays small. A checkpoint
 * and the log lie in the folder given, so the command can be stopped and given again.
 *
 * Usage: node test/bench/two-compartments.ts --out FOLDER [--steps 3000] [--architecture unet-16-deep] [--batch 8]
 *          [--images 400] [--test 6] [--head deepWatershed] [--threads 2]
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { imageArray, type LabelImage } from "#core/array/index.ts";
import { poolScores, type SegmentationScores, scoreSegmentation } from "#core/metrics/index.ts";
import { rng } from "#core/rng.ts";
import { type SimulatedTissue, simulateTissue } from "#core/tissue/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import type { HeadName } from "#nn/heads/index.ts";
import {
  defaultSegmentationConfig,
  type ItemSource,
  loadSegmentationModel,
  type TrainingItem,
  trainSegmentation,
} from "#nn/index.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    steps: { type: "string", default: "3000" },
    architecture: { type: "string", default: "unet-16-deep" },
    batch: { type: "string", default: "8" },
    images: { type: "string", default: "400" },
    test: { type: "string", default: "6" },
    head: { type: "string", default: "deepWatershed" },
    threads: { type: "string", default: "2" },
  },
});
if (values.out === undefined) throw new Error("Give a folder for the model, checkpoint and log with --out.");
const folder = values.out;
mkdirSync(folder, { recursive: true });

/** Densities that are scored and never trained on. */
const unseenDensities = [0.6, 0.65, 0.7, 0.95, 1] as const;
const isUnseen = (density: number): boolean => (density > 0.55 && density < 0.75) || density > 0.9;

const roles = ["nuclear", "membrane", "cytoplasm"] as const;

function log(text: string): void {
  console.error(text);
  appendFileSync(join(folder, "log.txt"), `${text}\n`);
}

function imageOf({ planes }: SimulatedTissue) {
  const [first] = planes;
  const { height, width } = first?.data ?? { height: 0, width: 0 };
  const data = new Float32Array(planes.length * height * width);
  planes.forEach((plane, c) => {
    data.set(plane.data.data, c * height * width);
  });
  return imageArray("float32", "cyx", [planes.length, height, width], data);
}

/** Where each input of the model lies in the image; null for the one it lacks. */
const indicesOf = ({ planes }: SimulatedTissue): (number | null)[] =>
  roles.map((role) => {
    const at = planes.findIndex((plane) => plane.role === role);
    return at < 0 ? null : at;
  });

function trainingDensity(seed: string): number {
  const random = rng(seed, "density");
  for (;;) {
    const density = random.uniform(0.15, 1);
    if (!isUnseen(density)) return density;
  }
}

const SIDE = 256;

function sourceOf(name: string, count: number): ItemSource {
  const ids = Array.from({ length: count }, (_, i) => `${name} ${i}`);
  const made = (id: string): SimulatedTissue =>
    simulateTissue({ height: SIDE, width: SIDE, density: trainingDensity(id) }, id);
  return {
    facts: ids.map((id) => ({ id, group: id, height: SIDE, width: SIDE, mpp: mppOf(id), kind: "tissue" })),
    load: async (id): Promise<TrainingItem> => {
      const tissue = made(id);
      return {
        id,
        group: id,
        image: imageOf(tissue),
        channels: indicesOf(tissue),
        labels: { nuclear: tissue.nuclei, wholeCell: tissue.cells },
        mpp: tissue.metadata.mpp,
      };
    },
  };
}

/** Pixel size as the simulator draws it, without painting the tissue: the smallest piece of the same seed tells it. */
function mppOf(id: string): { y: number; x: number } {
  return simulateTissue({ height: 16, width: 16, density: trainingDensity(id) }, id).metadata.mpp;
}

/** Nuclei with a pixel outside the one cell that holds their first pixel. */
function strayNuclei(nuclei: LabelImage, cells: LabelImage): number {
  const cellOf = new Map<number, number>();
  const strays = new Set<number>();
  nuclei.data.forEach((nucleus, i) => {
    if (nucleus === 0) return;
    const cell = cells.data[i] as number;
    const own = cellOf.get(nucleus) ?? cell;
    cellOf.set(nucleus, own);
    if (cell === 0 || cell !== own) strays.add(nucleus);
  });
  return strays.size;
}

const engine = await createOrtNodeEngine({ threads: Number(values.threads) });
const steps = Number(values.steps);
const config = defaultSegmentationConfig({
  architecture: values.architecture,
  head: values.head as HeadName,
  batchSize: Number(values.batch),
  channels: roles.map((role) => ({ role, required: role === "nuclear" })),
  compartments: ["nuclear", "wholeCell"],
  steps,
  recordEvery: Math.max(1, Math.floor(steps / 30)),
  validateEvery: Math.max(1, Math.floor(steps / 4)),
  validationItemsMax: 8,
  checkpointEvery: 50,
});
const checkpoint = join(folder, "checkpoint");
log(
  `${steps} steps of ${values.batch} crops, ${values.architecture}, head ${values.head}; ${cpus().length} cores ${cpus()[0]?.model.trim()}`,
);
const trained = await trainSegmentation({
  engine,
  config,
  train: sourceOf("train", Number(values.images)),
  validation: sourceOf("validation", 16),
  ...(existsSync(checkpoint) ? { resume: new Uint8Array(readFileSync(checkpoint)) } : {}),
  onCheckpoint: async (bytes) => {
    writeFileSync(`${checkpoint}.new`, bytes);
    renameSync(`${checkpoint}.new`, checkpoint);
  },
  onProgress: ({ point, step, msPerStep }) => {
    const score =
      point.validation === undefined ? "" : `, validation AP@0.5 ${point.validation.ap50.toFixed(3)}`;
    log(`step ${step} of ${steps}, loss ${point.loss.toFixed(4)}${score}, ${msPerStep.toFixed(0)} ms a step`);
  },
});
writeFileSync(join(folder, "model.onnx"), trained.onnx);
writeFileSync(join(folder, "weights.bin"), trained.weights);
writeFileSync(join(folder, "contract.json"), JSON.stringify(trained.contract, null, 2));

const model = await loadSegmentationModel(engine, trained.onnx, trained.contract);
const scored = new Map<string, SegmentationScores[]>();
let nuclei = 0;
let strays = 0;
for (const density of unseenDensities) {
  for (let i = 0; i < Number(values.test); i++) {
    const tissue = simulateTissue({ height: 512, width: 512, density }, `test ${density} ${i}`);
    const { compartments } = await model.predict(imageOf(tissue), {
      indices: indicesOf(tissue),
      mpp: tissue.metadata.mpp,
    });
    const of = (name: string): LabelImage =>
      compartments.find(({ compartment }) => compartment === name)?.labels as LabelImage;
    const [found, cells] = [of("nuclear"), of("wholeCell")];
    nuclei += new Set(found.data).size - 1;
    strays += strayNuclei(found, cells);
    for (const [key, scores] of [
      [`nuclear ${density}`, scoreSegmentation(tissue.nuclei, found)],
      [`wholeCell ${density}`, scoreSegmentation(tissue.cells, cells)],
    ] as const) {
      scored.set(key, [...(scored.get(key) ?? []), scores]);
    }
  }
}
await model.release();

const cellOf = (list: readonly SegmentationScores[]): string => {
  const pooled = poolScores(list);
  const [half] = pooled.byThreshold;
  return `${half?.f1.toFixed(3)} / ${half?.averagePrecision.toFixed(3)} / ${pooled.meanAveragePrecision.toFixed(3)}`;
};
const lines = ["nuclear", "wholeCell"].map((name) => {
  const each = unseenDensities.map((density) => scored.get(`${name} ${density}`) ?? []);
  return `| ${name} | ${each.map(cellOf).join(" | ")} | ${cellOf(each.flat())} |`;
});
log(
  [
    `F1@0.5 / AP@0.5 / mSA on ${values.test} images of 512 x 512 per density, none of them trained on`,
    "",
    `| compartment | ${unseenDensities.join(" | ")} | all |`,
    `|${" --- |".repeat(unseenDensities.length + 2)}`,
    ...lines,
    "",
    `${strays} of ${nuclei} nuclei do not lie inside one cell`,
  ].join("\n"),
);
