/** Streaming against the same image in memory: same cells, whatever the tiles. */
import { beforeAll, expect, test } from "vitest";
import type { LabelImage, Plane } from "#core/array/index.ts";
import { plane } from "#core/array/index.ts";
import { gaussianBlur, resampleLabels, resamplePlane } from "#core/image/index.ts";
import { rng } from "#core/rng.ts";
import type { InputContract } from "../contract/index.ts";
import { planeStatistics } from "../contract/index.ts";
import type { Session, Tensor } from "../engine/engine.ts";
import { labelMaps, mapNames, pairMaps } from "./label-maps.ts";
import { normalisedPlane } from "./model-input.ts";
import { predictMaps } from "./predict-planes.ts";
import { type LabelRows, predictStream } from "./predict-stream.ts";
import { rowsOfPlanes } from "./row-source.ts";

const postprocessing = {
  foregroundThreshold: 0.5,
  seedThreshold: 0.3,
  seedProminence: 0.02,
  seedDistancePx: 0,
  smoothingPx: 1,
  seedless: "keep",
  areaPxMin: 4,
  holePxMax: 10,
} as const;

const contract: InputContract = {
  version: 2,
  channels: [{ role: "nuclear", required: true }],
  mpp: null,
  normalisation: { kind: "percentile", low: 1, high: 99.8 },
  stride: 4,
  receptiveRadiusPx: 2,
  architecture: "three by three means",
  compartments: [
    {
      compartment: "nuclear",
      outputs: { innerDistance: "a", foreground: "b" },
      postprocessing,
      confidence: null,
    },
  ],
  range: null,
};

/** A "network" with a known reach: two 3 x 3 means, so that a place sees two pixels around it. */
const session: Session = {
  inputNames: ["image"],
  outputNames: ["a", "b"],
  async run({ image }) {
    const { shape, data } = image as Tensor;
    const [, , height, width] = shape as [number, number, number, number];
    const once = mean3(data as Float32Array, height, width);
    const twice = mean3(once, height, width);
    const bounded = twice.map((value) => Math.min(1, Math.max(0, value)));
    return {
      a: { shape, data: bounded.map((value) => value ** 2) },
      b: { shape, data: bounded.map((value) => Math.min(1, 1.4 * value)) },
    };
  },
  async release() {},
};

function mean3(data: Float32Array, height: number, width: number): Float32Array {
  return Float32Array.from(data, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++)
        sum += data[
          Math.min(height - 1, Math.max(0, y + dy)) * width + Math.min(width - 1, Math.max(0, x + dx))
        ] as number;
    return sum / 9;
  });
}

/** Round blobs on a noisy ground. */
function scene(height: number, width: number, seed: number): Plane<"uint16"> {
  const random = rng(seed);
  const spots = plane("float32", height, width);
  for (let n = 0; n < (height * width) / 160; n++) spots.data[random.int(height * width)] = 1;
  const blurred = gaussianBlur(spots, 2.2);
  const data = Uint16Array.from(blurred.data, (value) => 500 + 40_000 * value + 40 * random.next());
  return plane("uint16", height, width, data);
}

async function inMemory(image: Plane, size = { height: image.height, width: image.width }) {
  const same = size.height === image.height && size.width === image.width;
  const normal = normalisedPlane(same ? image : resamplePlane(image, size.height, size.width), contract);
  const maps = await predictMaps(session, [normal], mapNames(contract.compartments), {
    stride: contract.stride,
    reach: contract.receptiveRadiusPx,
  });
  const { labels, confidence } = labelMaps(pairMaps(maps), contract.compartments).compartments[0]!;
  return { labels: resampleLabels(labels, image.height, image.width), confidence, normal };
}

async function streamed(image: Plane, size = { height: image.height, width: image.width }) {
  const labels = plane("int32", image.height, image.width);
  let next = 0;
  const give = async (rows: LabelRows): Promise<void> => {
    expect(rows.y0).toBe(next);
    next += rows.labels.height;
    labels.data.set(rows.labels.data, rows.y0 * image.width);
  };
  const geometry = { networkCorePx: 32, labelCorePx: 64, labelHaloPx: 40 };
  const result = await predictStream(session, contract, rowsOfPlanes([image]), size, give, { geometry });
  expect(next).toBe(image.height);
  return { labels, result };
}

/** Every object of one is exactly an object of the other. */
function expectSameObjects(a: LabelImage, b: LabelImage): Map<number, number> {
  const pairs = new Map<number, number>();
  const back = new Map<number, number>();
  for (let i = 0; i < a.data.length; i++) {
    const [left, right] = [a.data[i] as number, b.data[i] as number];
    if (!pairs.has(left)) pairs.set(left, right);
    if (!back.has(right)) back.set(right, left);
    if (pairs.get(left) !== right || back.get(right) !== left)
      throw new Error(`pixel ${i}: ${left} beside ${right}`);
  }
  return pairs;
}

let image: Plane<"uint16">;
beforeAll(() => {
  image = scene(210, 333, 1);
});

test("rows in, the cells of the whole image out; counts, confidence and statistics are the same", async () => {
  const whole = await inMemory(image);
  const { labels, result } = await streamed(image);
  const pairs = expectSameObjects(whole.labels, labels);
  expect(pairs.size).toBeGreaterThan(200);
  const [nuclei] = result.compartments;
  expect(nuclei?.cellCount).toBe(pairs.size - 1);
  for (const [label, value] of whole.confidence)
    expect(nuclei?.confidence.get(pairs.get(label)!)).toBeCloseTo(value, 5);
  expect(nuclei?.joins.size).toBe(0);
  expect(result.statistics[0]).toEqual(planeStatistics(whole.normal));
});

test("law: any size and any scale gives the cells of the whole image", async () => {
  for (const [height, width, zoom] of [
    [1, 1, 1],
    [1, 90, 1],
    [97, 64, 1],
    [140, 75, 1.7],
    [150, 170, 0.6],
  ] as const) {
    const small = scene(height, width, height);
    const size = {
      height: Math.max(1, Math.round(height * zoom)),
      width: Math.max(1, Math.round(width * zoom)),
    };
    const whole = await inMemory(small, size);
    const { labels } = await streamed(small, size);
    expectSameObjects(whole.labels, labels);
  }
});

test("a cancelled prediction ends with its code", async () => {
  const run = predictStream(session, contract, rowsOfPlanes([image]), image, async () => {}, {
    geometry: { networkCorePx: 32, labelCorePx: 64 },
    signal: AbortSignal.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: "job.canceled" });
});
