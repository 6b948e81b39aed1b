/**
 * Images with 65,535 cells, as many as 16 bits can number, and with 70,000: from an image file through a network,
 * post-processing and the stitching of tiles into label files.
 *
 * The network is a stand-in that answers with its input, and cells are squares on a grid, so every pixel of every label
 * is known beforehand. A file either holds all cells with their numbers, or its writer says with a code that it cannot.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageArray, type LabelImage, type Plane } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { predictFile } from "#jobs/predict/predict-file.ts";
import { createLabelFile } from "#jobs/predict/rows.ts";
import { readCellposeSeg } from "../../src/formats/annotations/cellpose/read-seg.ts";
import { writeCellposeSeg } from "../../src/formats/annotations/cellpose/write-seg.ts";
import { readRoiSet } from "../../src/formats/annotations/roi/roi-set.ts";
import { writeRoiSet } from "../../src/formats/annotations/roi/write-roi.ts";
import { writeCtc } from "../../src/formats/collections/ctc/write-ctc.ts";
import { readLabels, writeImageTiff } from "../../src/formats/index.ts";
import {
  type Engine,
  type InputContract,
  loadSegmentationModel,
  rowsOfPlanes,
  type SegmentationModel,
  type Session,
  type Tensor,
} from "../../src/nn/index.ts";
import type { ModelVersion } from "../../src/store/index.ts";
import { labelPng, type SavedPrediction } from "../../src/web/predict/private-save.ts";

const python = "/usr/bin/python3";

/** Cells of 3 x 3 pixels, one pixel apart. */
const step = 4;
const cellSide = 3;
const columns = 265;
const width = step * columns;

interface Scene {
  readonly count: number;
  readonly image: Plane<"uint16">;
  /** Cell k, from 1, row by row. */
  readonly truth: LabelImage;
}

function sceneOf(count: number): Scene {
  const height = step * Math.ceil(count / columns);
  const image = new Uint16Array(height * width);
  const truth = new Int32Array(height * width);
  for (let k = 0; k < count; k++) {
    const [y0, x0] = [step * Math.floor(k / columns), step * (k % columns)];
    for (let y = y0; y < y0 + cellSide; y++) {
      for (let x = x0; x < x0 + cellSide; x++) {
        // A bright middle in a darker cell: one top each.
        image[y * width + x] = y === y0 + 1 && x === x0 + 1 ? 1000 : 600;
        truth[y * width + x] = k + 1;
      }
    }
  }
  return {
    count,
    image: { dtype: "uint16", height, width, data: image },
    truth: { dtype: "int32", height, width, data: truth },
  };
}

const contract: InputContract = {
  version: 2,
  channels: [{ role: "nuclear", required: true }],
  mpp: null,
  normalisation: { kind: "percentile", low: 1, high: 99.8 },
  stride: 1,
  receptiveRadiusPx: 1,
  architecture: "answers with its input",
  compartments: [
    {
      compartment: "nuclear",
      outputs: { innerDistance: "inner", foreground: "inside" },
      postprocessing: {
        foregroundThreshold: 0.3,
        seedThreshold: 0.8,
        seedProminence: 0.05,
        seedDistancePx: 0,
        smoothingPx: 0,
        seedless: "drop",
        areaPxMin: 1,
        holePxMax: 0,
      },
      confidence: null,
    },
  ],
  range: null,
};

const session: Session = {
  inputNames: ["image"],
  outputNames: ["inner", "inside"],
  run: async ({ image }) => {
    const { shape, data } = image as Tensor;
    const answer = { shape, data: Float32Array.from(data as Float32Array) };
    return { inner: answer, inside: answer };
  },
  release: async () => {},
};

const engine: Engine = {
  name: "stand-in",
  device: "cpu",
  deviceClass: "cpu",
  createSession: async () => session,
};

const version = {
  name: "stand-in",
  version: "1.0.0",
  onnxDigest: "0".repeat(64),
  weightsDigest: "1".repeat(64),
  dataset: null,
} as ModelVersion;

const folder = mkdtempSync(join(tmpdir(), "many-cells-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bits per sample as the first directory of a little-endian classic TIFF says, read by hand. */
function bitsOf(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(directory, true); i++) {
    const entry = directory + 2 + 12 * i;
    if (view.getUint16(entry, true) === 258) return view.getUint16(entry + 8, true);
  }
  return null;
}

/** Compared by hand: a matcher would print millions of numbers. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): string | null {
  if (a.length !== b.length) return `${a.length} pixels beside ${b.length}`;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return `pixel ${i}: ${a[i]} beside ${b[i]}`;
  return null;
}

/** Whether two label images are one partition; returns how many labels there are, or what is wrong. */
function pairUp(a: LabelImage, b: LabelImage): number | string {
  const there = new Map<number, number>([[0, 0]]);
  const back = new Map<number, number>([[0, 0]]);
  for (let i = 0; i < a.data.length; i++) {
    const [p, q] = [a.data[i] as number, b.data[i] as number];
    if (!there.has(p)) there.set(p, q);
    if (!back.has(q)) back.set(q, p);
    if (there.get(p) !== q || back.get(q) !== p) return `pixel ${i}: ${p} beside ${q}`;
  }
  return there.size - 1;
}

describe.each([65_535, 70_000])("%i cells", (count) => {
  const fits16 = count <= 65_535;
  let scene: Scene;
  let model: SegmentationModel;
  let shapes: { readonly label: number; readonly shape: ObjectShape }[];

  beforeAll(async () => {
    scene = sceneOf(count);
    model = await loadSegmentationModel(engine, new Uint8Array(), contract);
    shapes = [...objectShapesFromLabels(scene.truth)].map(([label, shape]) => ({ label, shape }));
  });

  test("an image file becomes a label file with every cell under its number, in 16 bits while they suffice", async () => {
    const { data, height } = scene.image;
    const path = join(folder, `${count}.tif`);
    writeFileSync(path, writeImageTiff(imageArray("uint16", "yx", [height, width], data)));
    const { found } = await predictFile(
      model,
      version,
      { path, name: "cells.tif" },
      {
        settings: { scale: 1 },
        signal: new AbortController().signal,
        onProgress: () => {},
        out: () => join(folder, `${count}-labels.tif`),
      },
    );
    expect([found.cellCount, found.compartments]).toEqual([
      count,
      [{ compartment: "nuclear", cellCount: count }],
    ]);
    const bytes = readFileSync(join(folder, `${count}-labels.tif`));
    expect(bitsOf(bytes)).toBe(fits16 ? 16 : 32);
    const labels = await readLabels(bytes, { name: "labels.tif" });
    expect(firstDifference(labels.data, scene.truth.data)).toBeNull();
  });

  test("tile by tile and row by row: as many cells, none cut, joined or lost at a seam", async () => {
    const path = join(folder, `${count}-rows.tif`);
    const { height } = scene.image;
    const file = await createLabelFile(path, { height, width });
    const result = await model.predictRows(
      rowsOfPlanes([scene.image]),
      async (rows) => {
        await file.add(rows);
      },
      { scale: 1, geometry: { networkCorePx: 301, labelCorePx: 307, labelHaloPx: 16 } },
    );
    const [nuclei] = result.compartments;
    await file.finish(nuclei?.joins ?? new Map());
    expect([nuclei?.cellCount, nuclei?.confidence.size, nuclei?.joins.size]).toEqual([count, count, 0]);
    const bytes = readFileSync(path);
    expect(bitsOf(bytes)).toBe(32);
    expect(pairUp(scene.truth, await readLabels(bytes, { name: "rows.tif" }))).toBe(count);
  });

  test("Cellpose's file numbers all of them", () => {
    const bytes = writeCellposeSeg(scene.truth, { imageName: "cells.tif" });
    const { planes, manual } = readCellposeSeg(bytes, { name: "cells_seg.npy" });
    expect(firstDifference(planes[0]?.data ?? [], scene.truth.data)).toBeNull();
    expect(manual?.length).toBe(count);
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2_000));
    expect(/[uU]2|u4/.exec(head)?.[0]).toBe(fits16 ? "u2" : "u4");
  });

  test("ImageJ's set holds a region for each, though the end of a plain zip counts to 65,534; Python's zip module agrees", () => {
    const corner: ObjectShape = { t: 0, z: 0, bbox: [0, 0, 1, 1], bits: Uint8Array.of(0x80) };
    const bytes = writeRoiSet(
      Array.from({ length: count }, (_, i) => ({ shape: corner, name: `cell ${i + 1}` })),
    );
    const regions = readRoiSet(bytes, { name: "RoiSet.zip" });
    expect([regions.length, regions[0]?.name, regions.at(-1)?.name]).toEqual([
      count,
      "cell 1",
      `cell ${count}`,
    ]);
    if (!existsSync(python)) return;
    const path = join(folder, `${count}_RoiSet.zip`);
    writeFileSync(path, bytes);
    const program =
      "import sys, zipfile; n = zipfile.ZipFile(sys.argv[1]).namelist(); print(len(n), n[0], n[-1])";
    const { stdout } = spawnSync(python, ["-c", program, path], { encoding: "utf8" });
    expect(stdout.trim()).toBe(`${count} 00001.roi ${count}.roi`);
  });

  test("Cell Tracking Challenge and PNG hold 65,535 and refuse more with a code and a way out", async () => {
    const { height } = scene.truth;
    const challenge = () =>
      writeCtc({ frameCount: 1, height, width, objects: shapes, links: [] }, { kind: "goldSegmentation" });
    const saved: SavedPrediction = {
      labels: scene.truth,
      confidence: new Map(),
      image: imageArray("uint16", "yx", [height, width], scene.image.data),
      mpp: null,
      model: "stand-in@1.0.0",
      modelVersionId: "x",
    };
    if (fits16) {
      const masks = await readLabels(challenge().files[0]!.bytes, { name: "man_seg000.tif" });
      expect(firstDifference(masks.data, scene.truth.data)).toBeNull();
      const picture = await readLabels(labelPng(saved), { name: "labels.png" });
      expect(firstDifference(picture.data, scene.truth.data)).toBeNull();
      return;
    }
    expect(challenge).toThrow(
      expect.objectContaining({ code: "format.ctc", hint: expect.stringContaining("parts") }),
    );
    expect(() => labelPng(saved)).toThrow(
      expect.objectContaining({ code: "limit.objects", hint: expect.stringContaining("TIFF") }),
    );
  });
});
