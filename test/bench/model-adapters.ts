/**
 * Adapters of models from elsewhere: what each description of cells loses on real nuclei, how long decoding takes, what
 * the check of a file and its trial cost.
 *
 * node test/bench/model-adapters.ts [every]   (every n-th image of the real nuclei; default 8)
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromArrayBuffer } from "geotiff";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import {
  flowTargets,
  labelsFromFlows,
  labelsFromForeground,
  labelsFromStarPolygons,
  starTargets,
} from "#core/labels/index.ts";
import { poolScores, scoreSegmentation } from "#core/metrics/index.ts";
import { inspectModel, openModelPath } from "#jobs/index.ts";
import { checkModel } from "#nn/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";

const shared = join(import.meta.dirname, "../../../shared/data");
const plane = ({ height, width }: LabelImage, data: Float32Array) =>
  ({ dtype: "float32", height, width, data }) as const;

interface Adapter {
  readonly name: string;
  /** Tensors of a perfect network, then the decoder, so that only the decoder is timed. */
  readonly prepare: (labels: LabelImage) => () => LabelImage;
}

const border = ({ data, width }: LabelImage): Float32Array =>
  Float32Array.from(data, (label, i) =>
    label > 0 && [1, -1, width, -width].some((step) => (data[i + step] ?? label) !== label) ? 1 : 0,
  );
const inside = ({ data }: LabelImage): Float32Array =>
  Float32Array.from(data, (label) => (label > 0 ? 1 : 0));

const adapters: readonly Adapter[] = [
  ...[1, 2].map((grid) => ({
    name: `star polygons, 32 rays, grid ${grid}`,
    prepare: (labels: LabelImage) => {
      const maps = starTargets(labels, { grid });
      return () => labelsFromStarPolygons(maps, labels).labels;
    },
  })),
  {
    name: "flows and cell probability",
    prepare: (labels) => {
      const flows = flowTargets(labels);
      const cell = plane(
        labels,
        Float32Array.from(labels.data, (label) => (label > 0 ? 5 : -5)),
      );
      return () => labelsFromFlows(flows, cell);
    },
  },
  {
    name: "foreground and border",
    prepare: (labels) => {
      const planes = { foreground: plane(labels, inside(labels)), boundary: plane(labels, border(labels)) };
      return () => labelsFromForeground(planes);
    },
  },
  {
    name: "foreground alone",
    prepare: (labels) => {
      const foreground = plane(labels, inside(labels));
      return () => labelsFromForeground({ foreground });
    },
  },
];

async function realNuclei(every: number): Promise<LabelImage[]> {
  const folder = join(shared, "dsb2018/labels");
  if (!existsSync(folder)) return [];
  const images: LabelImage[] = [];
  for (const name of readdirSync(folder).filter((one, k) => one.endsWith(".tif") && k % every === 0)) {
    const bytes = readFileSync(join(folder, name));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const page = await (await fromArrayBuffer(buffer)).getImage();
    const [data] = await page.readRasters();
    images.push(labelImage(page.getHeight(), page.getWidth(), data as Uint16Array));
  }
  return images;
}

const real = await realNuclei(Number(process.argv[2] ?? 8));
const { labels: large } = makeSyntheticCells({ height: 2048, width: 2048, seed: 1 });
console.log(`${real.length} real images; ${new Set(large.data).size - 1} cells in 2048 x 2048`);
for (const { name, prepare } of adapters) {
  const scores = real.map((labels) => scoreSegmentation(labels, prepare(labels)()));
  const pooled = scores.length === 0 ? undefined : poolScores(scores);
  const f1 = (at: number): string =>
    pooled?.byThreshold.find(({ threshold }) => threshold === at)?.f1.toFixed(4) ?? "-";
  const decode = prepare(large);
  const start = process.cpuUsage();
  decode();
  const { user, system } = process.cpuUsage(start);
  console.log(
    `${name}: F1@0.5 ${f1(0.5)}, F1@0.75 ${f1(0.75)}, F1@0.9 ${f1(0.9)}; 2048 x 2048 in ${Math.round((user + system) / 1000)} processor ms`,
  );
}

const folder = join(shared, "onnx-unet2d-nuclei");
if (existsSync(folder)) {
  const tempFolder = mkdtempSync(join(tmpdir(), "cf-bench-"));
  const bytes = new Uint8Array(readFileSync(join(folder, "weights.onnx")));
  checkModel(bytes);
  const start = performance.now();
  checkModel(bytes);
  console.log(`check of a U-Net of ${bytes.length} bytes: ${(performance.now() - start).toFixed(1)} ms`);
  const began = performance.now();
  const { test } = await inspectModel(await openModelPath(folder), { tempFolder });
  console.log(
    `package: test ${test.state}, largest difference ${test.outputs[0]?.largestDifference}, tile ${test.seconds.toFixed(2)} s, ` +
      `${Math.round(test.memoryBytes / 2 ** 20)} MiB, dry run ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  rmSync(tempFolder, { recursive: true, force: true });
}
