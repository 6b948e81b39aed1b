/**
 * Where the time of one prediction goes: an image of 2,048 squared, 16 bits, some 3,000 cells, the shipped model.
 *
 * From pixels in memory to labels, confidence and warnings, after one run to warm up; the network's share is the time inside
 * `Session.run`. The other parts are measured again alone on the same data. Medians of five runs.
 *
 * Usage: node test/bench/predict-2048.ts [--threads 2] [--runs 5] [--side 2048]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageArray, plane } from "#core/array/index.ts";
import { labelsFromDeepWatershed } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { type Engine, loadSegmentationModel } from "#nn/index.ts";
import { planeStatistics } from "../../src/nn/contract/index.ts";
import { objectConfidence } from "../../src/nn/inference/confidence.ts";
import { normalisedPlane } from "../../src/nn/inference/model-input.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    runs: { type: "string", default: "5" },
    side: { type: "string", default: "2048" },
  },
});
const side = Number(values.side);

/** Bright discs of 8 to 16 pixels radius, overlapping here and there, with noise. */
function scene() {
  const random = rng(4);
  const data = new Uint16Array(side * side);
  for (let i = 0; i < data.length; i++) data[i] = 600 + 300 * random.next();
  for (let n = 0; n < (side * side) / 1400; n++) {
    const [cy, cx, r] = [random.next() * side, random.next() * side, 8 + 8 * random.next()];
    const light = 3000 + 9000 * random.next();
    for (let y = Math.max(0, Math.floor(cy - r - 3)); y < Math.min(side, cy + r + 3); y++)
      for (let x = Math.max(0, Math.floor(cx - r - 3)); x < Math.min(side, cx + r + 3); x++) {
        const value = 600 + light / (1 + Math.exp((Math.hypot(y - cy, x - cx) - r) / 0.8));
        if (value > (data[y * side + x] as number)) data[y * side + x] = value;
      }
  }
  return data;
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function run(): Promise<void> {
  const inner = await createOrtNodeEngine({ threads: Number(values.threads) });
  let networkMs = 0;
  const engine: Engine = {
    ...inner,
    async createSession(model, options) {
      const session = await inner.createSession(model, options);
      return {
        ...session,
        async run(feeds) {
          const startedAt = performance.now();
          const outputs = await session.run(feeds);
          networkMs += performance.now() - startedAt;
          return outputs;
        },
        release: () => session.release(),
      };
    },
  };
  const folder = join(root, "models", "nuclei-fluorescence", "1.2.0");
  const card = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
  const model = await loadSegmentationModel(
    engine,
    new Uint8Array(readFileSync(join(folder, "model.onnx"))),
    card.contract,
  );
  const image = imageArray("uint16", "yx", [side, side], scene());
  const whole: number[] = [];
  const network: number[] = [];
  let result = await model.predict(image);
  for (let k = 0; k < Number(values.runs); k++) {
    networkMs = 0;
    whole.push(
      await timed(async () => {
        result = await model.predict(image);
      }),
    );
    network.push(networkMs);
  }
  const pixels = plane("uint16", side, side, image.data as Uint16Array);
  const normal = normalisedPlane(pixels, model.contract);
  const [maps] = result.maps;
  const [compartment] = model.contract.compartments;
  if (maps === undefined || compartment === undefined) throw new Error("the model has a compartment");
  const alone = async (name: string, work: () => unknown): Promise<string> => {
    const times: number[] = [];
    for (let k = 0; k < Number(values.runs); k++) times.push(await timed(work));
    return `${name} ${median(times).toFixed(0)} ms`;
  };
  const shares = whole.map((total, k) => (network[k] ?? 0) / total);
  console.log(
    `${side}², ${result.confidence.size} cells, ${values.threads} threads: ${median(whole).toFixed(0)} ms in all, network ${median(network).toFixed(0)} ms, share ${(100 * median(shares)).toFixed(1)} % (${shares.map((share) => (100 * share).toFixed(0)).join(", ")})`,
  );
  console.log(
    [
      await alone("normalisation", () => normalisedPlane(pixels, model.contract)),
      await alone("watershed with seeds", () => labelsFromDeepWatershed(maps, compartment.postprocessing)),
      await alone("confidence", () => objectConfidence(result.labels, maps)),
      await alone("statistics", () => planeStatistics(normal)),
    ].join(", "),
  );
  await model.release();
}

await run();
