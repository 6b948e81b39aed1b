/**
 * Simulated tissue beside the real multiplex crops: sizes, coverage, intensities after percentile normalisation, sharpness.
 *
 * The labels of the real crops were made by programs, not people, and the pixel size of the CyCIF crop is not stated in
 * its file (0.65 µm is that of the instrument it is said to come from), so this shows whether the ranges meet, no more.
 * Also the time of one training crop.
 *
 *     node test/bench/tissue-realism.ts [../shared/data]
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { channelPlane, type LabelImage, type Plane } from "#core/array/index.ts";
import { percentiles } from "#core/image/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import { simulateTissue, type TissueParams } from "#core/tissue/index.ts";
import { readImage, readLabels } from "#formats/index.ts";

const data = resolve(process.argv[2] ?? "../shared/data");

interface Sample {
  readonly mpp: number;
  readonly planes: Readonly<Record<string, Plane>>;
  readonly labels: Readonly<Record<string, LabelImage>>;
}

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))] ?? Number.NaN;

const three = (values: readonly number[]): string =>
  [0.1, 0.5, 0.9].map((q) => quantile(values, q).toPrecision(3)).join(" / ");

/** Of each image one number; of many images 10 %, 50 %, 90 %. */
function describe(title: string, samples: readonly Sample[]): void {
  process.stdout.write(`\n${title}: ${samples.length} images (10 % / 50 % / 90 %)\n`);
  for (const name of Object.keys(samples[0]?.labels ?? {})) {
    const areas = samples.flatMap(({ labels, mpp }) =>
      [...indexLabels(labels[name]!).areas].map((a) => a * mpp * mpp),
    );
    const covered = samples.map(
      ({ labels }) => labels[name]!.data.filter((l) => l > 0).length / labels[name]!.data.length,
    );
    process.stdout.write(
      `  ${name.padEnd(10)} area ${three(areas)} µm², share of the picture ${three(covered)}\n`,
    );
  }
  for (const name of Object.keys(samples[0]?.planes ?? {})) {
    const stats = samples.map(({ planes }) => intensities(planes[name]!));
    process.stdout.write(
      `  ${name.padEnd(10)} normalised median ${three(stats.map((s) => s.median))}, 90th ${three(stats.map((s) => s.ninety))}, edges ${three(stats.map((s) => s.edge))}\n`,
    );
  }
}

function intensities(plane: Plane): { median: number; ninety: number; edge: number } {
  const { height, width } = plane;
  const [low, high] = percentiles(plane, [1, 99.8]) as [number, number];
  const values = Float32Array.from(plane.data, (value) =>
    Math.min(1, Math.max(0, (value - low) / (high - low))),
  );
  const list = [...values];
  const steps: number[] = [];
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const i = y * width + x;
      steps.push(Math.hypot(values[i + 1]! - values[i]!, values[i + width]! - values[i]!));
    }
  }
  // The steepest twentieth: how sharp borders are, and how noisy the rest.
  return { median: quantile(list, 0.5), ninety: quantile(list, 0.9), edge: quantile(steps, 0.95) };
}

async function image(path: string): Promise<Awaited<ReturnType<typeof readImage>>["image"]> {
  return (await readImage(readFileSync(join(data, path)), { name: path, pagesAre: "c" })).image;
}

const labels = (path: string): Promise<LabelImage> =>
  readLabels(readFileSync(join(data, path)), { name: path });

async function realImc(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const name of ["E34", "G01", "J02"]) {
    const stack = await image(`multiplex-imc-pancreas/${name}_imc.tiff`);
    samples.push({
      mpp: 1,
      planes: { nuclear: channelPlane(stack, { c: 0 }), membrane: channelPlane(stack, { c: 4 }) },
      labels: { cells: await labels(`multiplex-imc-pancreas/${name}_mask.tiff`) },
    });
  }
  return samples;
}

async function realCycif(): Promise<Sample[]> {
  const folder = "multiplex-cycif-crops/quantification/test-data";
  return [
    {
      mpp: 0.65,
      planes: { nuclear: channelPlane(await image(`${folder}/test.tiff`)) },
      labels: { nuclei: await labels(`${folder}/mask.tiff`) },
    },
  ];
}

function simulated(asked: Partial<TissueParams>, count: number, both: boolean): Sample[] {
  return Array.from({ length: count }, (_, k): Sample => {
    const { planes, nuclei, cells, metadata } = simulateTissue(asked, `realism/${k}`);
    return {
      mpp: metadata.mpp.x,
      planes: { nuclear: planes[0]!.data, ...(both ? { [planes[1]!.role]: planes[1]!.data } : {}) },
      labels: { ...(both ? { cells } : {}), nuclei },
    };
  });
}

function timeOfCrops(): void {
  const times: number[] = [];
  let cells = 0;
  for (let k = 0; k < 30; k++) {
    const before = process.cpuUsage();
    const tissue = simulateTissue({ height: 256, width: 256, mppUm: 0.5, density: 0.9 }, `time/${k}`);
    const used = process.cpuUsage(before);
    times.push((used.user + used.system) / 1000);
    cells += indexLabels(tissue.cells).labels.length;
  }
  process.stdout.write(
    `\n256 x 256, ${Math.round(cells / 30)} cells: ${quantile(times, 0.5).toFixed(0)} ms of processor time (median of 30)\n`,
  );
}

if (existsSync(join(data, "multiplex-imc-pancreas"))) {
  describe("IMC pancreas, real", await realImc());
  describe("CyCIF crop, real", await realCycif());
}
const size = { height: 128, width: 128 };
describe(
  "IMC, simulated",
  simulated({ ...size, platform: "IMC", mppUm: 1, secondRole: "membrane" }, 40, true),
);
describe(
  "CyCIF, simulated",
  simulated({ height: 300, width: 300, platform: "CyCIF", mppUm: 0.65 }, 12, false),
);
timeOfCrops();
