/**
 * Does a model trained on simulated tissue see real tissue as other programs do? Cells and nuclei of real multiplex crops
 * against the labels that came with them, and pictures of both.
 *
 * Those labels were made by programs, not people, so this is agreement, not truth. Of the mass cytometry the nuclear channel
 * is histone H3 and the membrane channel CDH; the cyclic fluorescence crop has a nuclear channel alone, and its pixel size
 * (0.65 µm) is that of the instrument it is said to come from.
 *
 *     node test/bench/multiplex-agreement.ts --model models/tissue-cells/1.0.0 --out FOLDER [--data ../shared/data]
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { channelPlane, type ImageArray, imageArray, type LabelImage, type Plane } from "#core/array/index.ts";
import { percentiles } from "#core/image/index.ts";
import { scoreSegmentation } from "#core/metrics/index.ts";
import { readImage, readLabels, writePng } from "#formats/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { type Compartment, loadSegmentationModel } from "#nn/index.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    out: { type: "string" },
    data: { type: "string", default: "../shared/data" },
  },
});
if (values.model === undefined || values.out === undefined) throw new Error("Give --model and --out.");
mkdirSync(values.out, { recursive: true });

interface Crop {
  readonly name: string;
  readonly mpp: number;
  /** Nuclear, then the others in the order of the model; null where the crop has none. */
  readonly planes: readonly (Plane | null)[];
  readonly compartment: Compartment;
  readonly given: LabelImage;
}

const file = (path: string): Uint8Array => readFileSync(join(values.data, path));

async function stack(path: string): Promise<ImageArray> {
  return (await readImage(file(path), { name: path, pagesAre: "c" })).image;
}

const labelsAt = (path: string): Promise<LabelImage> => readLabels(file(path), { name: path });

async function realCrops(): Promise<Crop[]> {
  const crops: Crop[] = [];
  for (const name of ["E34", "G01", "J02"]) {
    const image = await stack(`multiplex-imc-pancreas/${name}_imc.tiff`);
    crops.push({
      name: `mass cytometry ${name}`,
      mpp: 1,
      planes: [channelPlane(image, { c: 0 }), channelPlane(image, { c: 4 })],
      compartment: "wholeCell",
      given: await labelsAt(`multiplex-imc-pancreas/${name}_mask.tiff`),
    });
  }
  const folder = "multiplex-cycif-crops/quantification/test-data";
  crops.push({
    name: "cyclic fluorescence",
    mpp: 0.65,
    planes: [channelPlane(await stack(`${folder}/test.tiff`)), null],
    compartment: "nuclear",
    given: await labelsAt(`${folder}/mask.tiff`),
  });
  return crops;
}

function joined(planes: readonly (Plane | null)[]): ImageArray {
  const present = planes.filter((plane) => plane !== null);
  const { height, width } = present[0] as Plane;
  const data = new Float32Array(present.length * height * width);
  present.forEach((plane, c) => {
    data.set(plane.data as ArrayLike<number>, c * height * width);
  });
  return imageArray("float32", "cyx", [present.length, height, width], data);
}

/** Screen pixels per pixel of a crop. */
const ZOOM = 4;

const isEdge = (labels: LabelImage, y: number, x: number): boolean => {
  const at = (dy: number, dx: number): number => {
    const [py, px] = [Math.floor((y + dy) / ZOOM), Math.floor((x + dx) / ZOOM)];
    return py < 0 || px < 0 || py >= labels.height || px >= labels.width
      ? 0
      : (labels.data[py * labels.width + px] as number);
  };
  const own = at(0, 0);
  return own > 0 && (at(-1, 0) !== own || at(0, -1) !== own || at(1, 0) !== own || at(0, 1) !== own);
};

/** Nuclear channel in grey, the membrane in blue; the given outlines orange, the found ones white. */
function picture({ planes, given }: Crop, found: LabelImage): Uint8Array {
  const { height, width } = given;
  const scaled = planes.map((plane) => {
    if (plane === null) return null;
    const [low, high] = percentiles(plane, [1, 99.5]) as [number, number];
    return Float64Array.from(plane.data, (value) =>
      Math.min(1, Math.max(0, (value - low) / (high - low || 1))),
    );
  });
  const data = new Uint8Array(height * width * ZOOM * ZOOM * 3);
  for (let y = 0; y < height * ZOOM; y++) {
    for (let x = 0; x < width * ZOOM; x++) {
      const pixel = Math.floor(y / ZOOM) * width + Math.floor(x / ZOOM);
      const grey = 150 * (scaled[0]?.[pixel] ?? 0);
      const blue = 120 * (scaled[1]?.[pixel] ?? 0);
      let colour: readonly number[] = [grey, grey, Math.min(255, grey + blue)];
      if (isEdge(given, y, x)) colour = [255, 140, 0];
      if (isEdge(found, y, x)) colour = [255, 255, 255];
      data.set(colour.map(Math.round), (y * width * ZOOM + x) * 3);
    }
  }
  return writePng({ height: height * ZOOM, width: width * ZOOM, channels: 3, data });
}

const engine = await createOrtNodeEngine({ threads: 2 });
const card = JSON.parse(readFileSync(join(values.model, "card.json"), "utf8"));
const onnx = new Uint8Array(readFileSync(join(values.model, "model.onnx")));
const model = await loadSegmentationModel(engine, onnx, card.contract);
console.log("| crop | compartment | given | found | F1@0.5 | AP@0.5 | mean IoU of pairs |");
console.log("|---|---|---|---|---|---|---|");
for (const crop of await realCrops()) {
  const { name, mpp, planes, compartment, given } = crop;
  const indices = model.contract.channels.map(({ role }) => {
    if (role === "nuclear") return 0;
    return role === "membrane" && planes[1] !== null ? 1 : null;
  });
  const found = await model.predict(joined(planes), { mpp: { y: mpp, x: mpp }, indices });
  const own = found.compartments.find((one) => one.compartment === compartment);
  if (own === undefined) throw new Error(`The model does not outline ${compartment}.`);
  const [half] = scoreSegmentation(given, own.labels).byThreshold;
  console.log(
    `| ${name} | ${compartment} | ${half?.referenceCount} | ${half?.predictedCount} | ${half?.f1.toFixed(3)} | ${half?.averagePrecision.toFixed(3)} | ${half?.segmentationQuality.toFixed(3)} |`,
  );
  writeFileSync(join(values.out, `${name.replaceAll(" ", "-")}.png`), picture(crop, own.labels));
}
await model.release();
