/** Prediction with a small network of random weights: sizes, tiles, channels, bad input. */
import { beforeAll, expect, test } from "vitest";
import type { ImageArray } from "#core/array/index.ts";
import { imageArray } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import type { InputContract } from "../contract/index.ts";
import type { Engine } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { initialParameters } from "../layers/index.ts";
import { segmentationLayout } from "../models/index.ts";
import { architectureOf, defaultSegmentationConfig } from "../training/index.ts";
import { contractOf, inferenceModel } from "../training/release-model.ts";
import { channelsForModel, loadSegmentationModel, predictPlanes } from "./index.ts";

const config = defaultSegmentationConfig({ widths: [4, 6, 8] });
const postprocessing = {
  foregroundThreshold: 0.5,
  seedThreshold: 0.3,
  seedProminence: 0.05,
  seedDistancePx: 0,
  smoothingPx: 1,
  seedless: "keep",
  areaPxMin: 1,
  holePxMax: 10,
} as const;
const contract: InputContract = contractOf(config, null, postprocessing);

let engine: Engine;
let onnx: Uint8Array;
beforeAll(async () => {
  engine = await createOrtNodeEngine({ threads: 1 });
  const layout = segmentationLayout(architectureOf(config));
  // Ten times the usual spread, so that outputs differ clearly from place to place.
  const theta = initialParameters(layout, rng(4)).map((value) => value * 10);
  onnx = await inferenceModel(engine, config, theta, contract);
});

const noise = (height: number, width: number): ImageArray => {
  const random = rng(5, height, width);
  return imageArray(
    "float32",
    "yx",
    [height, width],
    Float32Array.from({ length: height * width }, () => random.next()),
  );
};

test("tiles with a halo give what the whole plane gives", async () => {
  const session = await engine.createSession(onnx);
  const image = noise(75, 131);
  const plane = { dtype: "float32", height: 75, width: 131, data: image.data as Float32Array } as const;
  const outputs = contract.compartments[0]?.outputs ?? { innerDistance: "", foreground: "" };
  const reach = { outputs, stride: contract.stride, reach: contract.receptiveRadiusPx };
  const whole = await predictPlanes(session, [plane], { ...reach, tileCorePx: 1000 });
  const tiled = await predictPlanes(session, [plane], { ...reach, tileCorePx: 24 });
  const short = await predictPlanes(session, [plane], { ...reach, reach: 0, tileCorePx: 24 });
  await session.release();
  const worst = (other: typeof whole): number =>
    Math.max(
      ...whole.foreground.data.map((value, i) => Math.abs(value - (other.foreground.data[i] as number))),
    );
  // Equal up to the order of float32 sums; without a halo the seams would show.
  expect(worst(tiled)).toBeLessThan(1e-5);
  expect(worst(short)).toBeGreaterThan(1e-3);
});

test("any size works: one pixel, one row, a constant image", async () => {
  const model = await loadSegmentationModel(engine, onnx, contract);
  for (const [height, width] of [
    [1, 1],
    [1, 50],
    [33, 7],
  ] as const) {
    const { labels, maps } = await model.predict(noise(height, width));
    expect([labels.height, labels.width, maps[0]?.innerDistance.data.length]).toEqual([
      height,
      width,
      height * width,
    ]);
  }
  const constant = await model.predict(imageArray("uint16", "yx", [20, 20], new Uint16Array(400).fill(700)));
  expect(constant.maps[0]?.foreground.data.every(Number.isFinite)).toBe(true);
  await model.release();
});

test("an image at another pixel size comes back at its own size", async () => {
  const model = await loadSegmentationModel(engine, onnx, { ...contract, mpp: { y: 0.5, x: 0.5 } });
  const { labels, maps, scale } = await model.predict(noise(40, 60), { mpp: { y: 0.25, x: 0.25 } });
  expect([labels.height, labels.width, maps[0]?.foreground.height]).toEqual([40, 60, 20]);
  expect(scale).toEqual({ factor: 0.5, source: "pixelSize", estimate: null });
  const given = await model.predict(noise(40, 60), { mpp: { y: 0.25, x: 0.25 }, scale: 2 });
  expect([given.maps[0]?.foreground.height, given.labels.height, given.scale.source]).toEqual([
    80,
    40,
    "given",
  ]);
  await model.release();
});

test("RGB becomes luminance, other channel counts are refused", async () => {
  const rgb = imageArray("uint8", "cyx", [3, 1, 2], Uint8Array.from([100, 0, 50, 0, 200, 255]));
  const grey = channelsForModel(rgb, contract);
  // 0.299·100 + 0.587·50 + 0.114·200 and 0.114·255.
  expect([...grey.data].map((value) => Math.round(value * 1000) / 1000)).toEqual([82.05, 29.07]);
  expect(() => channelsForModel(imageArray("uint8", "cyx", [2, 3, 3]), contract)).toThrow(
    expect.objectContaining({ code: "array.shapeMismatch" }),
  );
  expect(() => channelsForModel(imageArray("uint8", "tyx", [2, 3, 3]), contract)).toThrow(
    expect.objectContaining({ code: "array.axes" }),
  );
});

test("a NaN pixel is named, a cancelled prediction says so", async () => {
  const model = await loadSegmentationModel(engine, onnx, contract);
  const image = noise(9, 9);
  image.data[13] = Number.NaN;
  await expect(model.predict(image)).rejects.toMatchObject({ code: "array.nan", details: { y: 1, x: 4 } });
  await expect(model.predict(noise(9, 9), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "job.canceled",
  });
  await model.release();
});

test("a truncated or foreign model file and a damaged contract are refused", async () => {
  for (const length of [0, 10, Math.floor(onnx.length / 2), onnx.length - 1]) {
    await expect(loadSegmentationModel(engine, onnx.subarray(0, length), contract)).rejects.toMatchObject({
      code: "model.invalid",
    });
  }
  const { mpp: _mpp, ...withoutPixelSize } = contract;
  const damaged: unknown[] = [
    null,
    {},
    { ...contract, stride: 0 },
    { ...contract, channels: [] },
    { ...contract, compartments: [{ ...contract.compartments[0], postprocessing: {} }] },
    { ...contract, version: 3 },
    { ...contract, normalisation: { kind: "zscore" } },
    withoutPixelSize,
  ];
  for (const wrong of damaged) {
    await expect(loadSegmentationModel(engine, onnx, wrong)).rejects.toMatchObject({
      code: "model.invalid",
    });
  }
});
