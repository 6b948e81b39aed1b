/**
 * How well the scale of an image is estimated from its cells, on groups of images the model was not trained on.
 *
 * Real fluorescence images of the Data Science Bowl subset at artificial zooms, the shipped model of nuclei. The range of
 * trained sizes is taken from the labels of the training groups; truth is the median diameter of the labels of each image.
 * Beside the error, F1 at IoU 0.5 with the estimated scale and without any. The method was designed on training groups.
 *
 * Usage: node test/bench/scale-estimate.ts [--data ../shared/data] [--images 4]
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageArray, type LabelImage, type Plane } from "#core/array/index.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import { matchObjects } from "#core/metrics/index.ts";
import { readImage, readLabels } from "#formats/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { loadSegmentationModel, upgradeContract } from "#nn/index.ts";
import { cellDiameters } from "../../src/nn/contract/index.ts";
import { modelPlanes } from "../../src/nn/inference/model-input.ts";
import "../../src/jobs/wasm-decoders.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: "string", default: join(root, "..", "shared", "data") },
    images: { type: "string", default: "4" },
  },
});
const folder = join(values.data, "dsb2018");
const modelFolder = join(root, "models", "nuclei-fluorescence", "1.2.0");
const zooms = [0.35, 0.5, 1, 2, 3];

interface Row {
  readonly id: string;
  readonly group: string;
}

interface Measured {
  readonly zoom: number;
  readonly error: number | null;
  readonly sure: boolean;
  readonly withEstimate: Counts;
  readonly without: Counts;
}

type Counts = ReturnType<typeof matchObjects>;

async function load({ id }: Row): Promise<{ plane: Plane; labels: LabelImage }> {
  const png = new Uint8Array(readFileSync(join(folder, "stage1_train", id, "images", `${id}.png`)));
  const labels = await readLabels(new Uint8Array(readFileSync(join(folder, "labels", `${id}.tif`))), {
    name: id,
  });
  const { image } = await readImage(png, { name: id });
  const [plane] = modelPlanes(image, { channels: [{ role: "nuclear" }] });
  if (plane === undefined) throw new Error(`${id} holds no plane`);
  return { plane, labels };
}

const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? Number.NaN;
const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(share * (numbers.length - 1))] ?? Number.NaN;

async function run(): Promise<void> {
  if (!existsSync(folder))
    throw new Error(`"${folder}" is missing; give the folder that holds it with --data.`);
  const rows = readFileSync(join(folder, "index.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line): Row => ({ id: line.split(",")[0] ?? "", group: line.split(",")[2] ?? "" }));
  const card = JSON.parse(readFileSync(join(modelFolder, "card.json"), "utf8"));
  const { trainingGroups, heldOutGroups } = card.card;
  const trained: number[] = [];
  for (const row of rows.filter(({ group }) => trainingGroups.includes(group)))
    trained.push(...cellDiameters((await load(row)).labels));
  const cellDiameterPx = {
    low: quantile(trained, 0.05),
    median: quantile(trained, 0.5),
    high: quantile(trained, 0.95),
  };
  const range = { mpp: null, modalities: [], platforms: [], intensity: [], cellDiameterPx, imageCount: 0 };
  const contract = { ...upgradeContract(card.contract), range };
  const engine = await createOrtNodeEngine();
  const model = await loadSegmentationModel(
    engine,
    new Uint8Array(readFileSync(join(modelFolder, "model.onnx"))),
    contract,
  );
  console.log(`trained diameters ${JSON.stringify(cellDiameterPx)}`);
  const all: Measured[] = [];
  for (const group of [...heldOutGroups.test, ...heldOutGroups.validation]) {
    const measured: Measured[] = [];
    for (const row of rows.filter((one) => one.group === group).slice(0, Number(values.images))) {
      const { plane, labels } = await load(row);
      for (const zoom of zooms) measured.push(await measure(plane, labels, zoom));
    }
    all.push(...measured);
    print(group, measured);
  }
  for (const zoom of zooms)
    print(
      `zoom ${zoom}`,
      all.filter((one) => one.zoom === zoom),
    );
  print("all", all);
  await model.release();

  async function measure(original: Plane, labels: LabelImage, zoom: number): Promise<Measured> {
    const [height, width] = [original.height, original.width].map((side) =>
      Math.max(1, Math.round(side * zoom)),
    ) as [number, number];
    const plane = zoom === 1 ? original : resamplePlane(original, height, width);
    const image = imageArray(plane.dtype, "yx", [height, width], plane.data as never);
    const truth = median(cellDiameters(labels)) * zoom;
    const auto = await model.predict(image, { scale: "auto" });
    const none = await model.predict(image, { scale: "pixelSize" });
    // Scored at the size of the original, where the labels were drawn.
    const score = (found: LabelImage) =>
      matchObjects(labels, resampleLabels(found, original.height, original.width), 0.5);
    const estimate = auto.scale.estimate;
    return {
      zoom,
      error: estimate === null ? null : Math.log2(estimate.cellDiameterPx / truth),
      sure: estimate?.sure ?? false,
      withEstimate: score(auto.labels),
      without: score(none.labels),
    };
  }
}

function print(name: string, measured: readonly Measured[]): void {
  const errors = measured.flatMap(({ error }) => (error === null ? [] : [Math.abs(error)]));
  const sure = measured.filter((one) => one.sure);
  const f1 = (pick: (one: Measured) => Counts): string => {
    const sum = measured
      .map(pick)
      .reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn }), { tp: 0, fp: 0, fn: 0 });
    return ((2 * sum.tp) / Math.max(1, 2 * sum.tp + sum.fp + sum.fn)).toFixed(3);
  };
  const within = errors.filter((error) => error < Math.log2(1.25)).length / measured.length;
  console.log(
    `${name}: ${measured.length} images, median |log2 error| ${quantile(errors, 0.5).toFixed(2)}, 90 % ${quantile(errors, 0.9).toFixed(2)}, largest ${Math.max(...errors).toFixed(2)}; within 25 %: ${(100 * within).toFixed(0)} %; sure ${sure.length}, of them wrong by more than 1.5 times: ${sure.filter(({ error }) => Math.abs(error ?? 9) > Math.log2(1.5)).length}; F1@0.5 with estimate ${f1(({ withEstimate }) => withEstimate)}, without ${f1(({ without }) => without)}`,
  );
}

await run();
