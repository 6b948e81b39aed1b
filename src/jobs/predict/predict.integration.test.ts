/** Prediction as a job: files with their own state, bad input, large images by rows, settings; with the shipped model. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import { readLabels, readLabelTiffDescription, writeImageTiff, writePng } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  ensureOwner,
  type ModelVersion,
  openStore,
  readPrediction,
  readPredictionPart,
  type Store,
} from "#store/index.ts";
import { removeHome } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import type { PredictInput } from "../job.ts";
import { registerShippedModels } from "../shipped-models/register-models.ts";
import { runJobHere } from "../submit.ts";
import type { PredictSettings } from "./settings.ts";

const home = mkdtempSync(join(tmpdir(), "cf-predict-"));
const file = (name: string): string => join(home, name);
let store: Store;
let person: Agent;
let version: ModelVersion;
const scene = makeSyntheticCells({ height: 96, width: 112, seed: "to predict" });
const png = writePng({
  height: 96,
  width: 112,
  channels: 1,
  data: Uint8Array.from(scene.image.data, (value) => Math.min(255, value / 64)),
});

beforeAll(async () => {
  store = await openStore({ home });
  person = agentOf(await ensureOwner(store));
  const log = { write: () => undefined };
  const models = await registerShippedModels(
    store,
    person,
    join(import.meta.dirname, "../../../models"),
    log,
  );
  const nuclei = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"));
  version = nuclei?.version as ModelVersion;
  writeFileSync(file("good.png"), png);
}, 60_000);
afterAll(async () => {
  await store.close();
  await removeHome(home);
});

function run(files: readonly PredictInput[], settings: PredictSettings = {}) {
  const params = { files, modelVersionId: version.id, settings };
  return runJobHere(store, person, { kind: "predict", projectId: null, title: "predict", params });
}

test("one bad file never stops the others; each says what is wrong with it", async () => {
  const nan = new Float32Array(400).fill(1);
  nan[45] = Number.NaN;
  writeFileSync(file("nan.tif"), writeImageTiff(imageArray("float32", "yx", [20, 20], nan)));
  writeFileSync(file("two.tif"), writeImageTiff(imageArray("uint8", "cyx", [2, 9, 9])));
  writeFileSync(file("frames.tif"), writeImageTiff(imageArray("uint8", "tyx", [3, 9, 9])));
  writeFileSync(file("cut.png"), png.subarray(0, png.length / 2));
  writeFileSync(file("text.tif"), "no image");
  writeFileSync(file("empty.tif"), "");
  const constant = new Uint16Array(900).fill(700);
  writeFileSync(file("constant.tif"), writeImageTiff(imageArray("uint16", "yx", [30, 30], constant)));
  writeFileSync(file("pixel.tif"), writeImageTiff(imageArray("uint16", "yx", [1, 1], Uint16Array.of(9))));
  const names = [
    "nan.tif",
    "two.tif",
    "frames.tif",
    "cut.png",
    "text.tif",
    "empty.tif",
    "missing.tif",
    "constant.tif",
    "pixel.tif",
    "good.png",
  ];
  const job = await run(
    names.map((name) => ({ name, path: file(name), out: file(`out/${name}_labels.tif`) })),
  );
  expect(job.state).toBe("done");
  const states = job.items.map((item) => [item.name, item.state, item.error?.code ?? null]);
  expect(states).toEqual([
    ["nan.tif", "failed", "array.nan"],
    ["two.tif", "failed", "array.shapeMismatch"],
    ["frames.tif", "failed", "array.axes"],
    ["cut.png", "failed", "format.png"],
    ["text.tif", "failed", "format.detect"],
    ["empty.tif", "failed", "format.detect"],
    ["missing.tif", "failed", "disk.io"],
    ["constant.tif", "done", null],
    ["pixel.tif", "done", null],
    ["good.png", "done", null],
  ]);
  expect(
    job.items.every(({ error }) => error === null || (error.message !== "" && error.hint !== undefined)),
  ).toBe(true);
  const { files } = job.result as { files: { state: string; cellCount?: number }[] };
  expect(files.slice(7).map(({ cellCount }) => cellCount)).toEqual([0, 0, expect.any(Number)]);
  const bytes = new Uint8Array(readFileSync(file("out/good.png_labels.tif")));
  const labels = await readLabels(bytes, { name: "labels.tif" });
  expect([labels.height, labels.width]).toEqual([96, 112]);
  expect(indexLabels(labels).labels.length).toBe(files[9]?.cellCount);
  expect(readLabelTiffDescription(bytes, "labels.tif")).toMatchObject({
    model: `${version.name}@${version.version}`,
    modelDigest: version.onnxDigest,
    image: "good.png",
  });
}, 60_000);

test("a single file that fails is a job that fails with its code", async () => {
  const job = await run([{ name: "nan.tif", path: file("nan.tif"), out: file("nan_labels.tif") }]);
  expect(job).toMatchObject({ state: "failed", error: { code: "array.nan" } });
});

test("uploads are kept with labels, facts and maps that give the same cells again", async () => {
  const digest = await store.blobs.put(png);
  const job = await run([
    { name: "a.png", digest },
    { name: "b.png", digest },
  ]);
  expect(job).toMatchObject({ state: "done", result: { cellCount: expect.any(Number) } });
  const first = await readPrediction(store, job.id);
  const second = await readPrediction(store, job.id, 1);
  expect([first.prediction.name, second.prediction.name]).toEqual(["a.png", "b.png"]);
  expect(second.labels.data).toEqual(first.labels.data);
  expect(first.prediction.facts).toMatchObject({
    scale: { factor: 1 },
    compartments: [{ compartment: "nuclear" }],
  });
  const maps = await readPredictionPart(store, first.prediction.id, "maps");
  // The header of NumPy's format, then two planes of 16 bits.
  expect(maps?.length).toBe(128 + 2 * 2 * 96 * 112);
  const thresholds = { foregroundThreshold: 0.99, areaPxMin: 4000 };
  const stricter = await run([{ name: "a.png", digest }], { thresholds });
  expect(stricter.result).toMatchObject({ cellCount: 0 });
}, 60_000);

test("settings out of bounds are refused before any file is read", async () => {
  for (const settings of [
    { mpp: 0 },
    { scale: 1000 },
    { channels: [-1] },
    { thresholds: { foregroundThreshold: 2 } },
  ] as const) {
    const job = await run([{ name: "good.png", path: file("good.png") }], settings);
    expect(job).toMatchObject({ state: "failed", error: { code: "request.invalid" } });
  }
});

test("a given scale shows the model a larger image and gives labels of the image's size", async () => {
  const digest = await store.blobs.put(png);
  const job = await run([{ name: "a.png", digest }], { scale: 2 });
  expect(job.result).toMatchObject({ scale: { factor: 2, source: "given" }, height: 96, width: 112 });
  const { labels } = await readPrediction(store, job.id);
  expect([labels.height, labels.width]).toEqual([96, 112]);
});
