/** Every head: a network that answered exactly its targets would give the cells back; losses are least there. */
import { beforeAll, describe, expect, test } from "vitest";
import type { LabelImage, Plane } from "#core/array/index.ts";
import { scoreSegmentation } from "#core/metrics/index.ts";
import { labelsOf, makeSyntheticCells } from "#testing/index.ts";
import type { Engine, Tensor } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { createGraph, emitModel, inputValue } from "../graph/index.ts";
import { encodeModel } from "../onnx/index.ts";
import type { HeadName } from "./index.ts";
import { headDesign, headNames, isReleasable } from "./index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createOrtNodeEngine({ threads: 1 });
});

const logit = (p: number): number =>
  Math.log(Math.min(0.9999, Math.max(0.0001, p)) / (1 - Math.min(0.9999, Math.max(0.0001, p))));
const same = (value: number): number => value;

/** Logits at which each channel's loss is least for a target. */
const inverses: Readonly<Record<HeadName, (channel: number) => (target: number) => number>> = {
  deepWatershed: () => logit,
  boundary: () => logit,
  combined: () => logit,
  flow: (channel) => (channel < 2 ? (flow) => 5 * flow : logit),
  star: (channel) => (channel === 0 ? logit : same),
};

function logitsOf(name: HeadName, labels: LabelImage): Tensor & { readonly data: Float32Array } {
  const { maps } = headDesign(name).targets(labels);
  const pixels = labels.data.length;
  const data = new Float32Array(maps.length * pixels);
  maps.forEach((map, k) => {
    data.set(Float32Array.from(map, inverses[name](k)), k * pixels);
  });
  return { shape: [1, maps.length, labels.height, labels.width], data };
}

async function mapsOf(name: HeadName, labels: LabelImage): Promise<Plane<"float32">[]> {
  const { channels, outputs, outputNames } = headDesign(name);
  const { height, width } = labels;
  const graph = createGraph();
  const named = outputs(inputValue(graph, "logits", [1, channels.length, height, width]));
  const session = await engine.createSession(encodeModel(emitModel(named, { graphName: "head" })));
  const answers = await session.run({ logits: logitsOf(name, labels) });
  await session.release();
  return outputNames.map((output) => ({
    dtype: "float32",
    height,
    width,
    data: answers[output]?.data as Float32Array,
  }));
}

async function lossesOf(name: HeadName, labels: LabelImage, shift: number): Promise<number[]> {
  const { channels, loss, targets } = headDesign(name);
  const shape = [1, channels.length, labels.height, labels.width];
  const graph = createGraph();
  const terms = loss(
    inputValue(graph, "logits", shape),
    inputValue(graph, "targets", shape),
    inputValue(graph, "weights", [1, 1, labels.height, labels.width]),
  );
  const session = await engine.createSession(encodeModel(emitModel({ terms }, { graphName: "loss" })));
  const { maps, weight } = targets(labels);
  const wanted = new Float32Array(maps.length * labels.data.length);
  maps.forEach((map, k) => {
    wanted.set(Float32Array.from(map), k * labels.data.length);
  });
  const logits = logitsOf(name, labels);
  const answers = await session.run({
    logits: { ...logits, data: logits.data.map((value) => value + shift) },
    targets: { shape, data: wanted },
    weights: { shape: [1, 1, labels.height, labels.width], data: Float32Array.from(weight) },
  });
  await session.release();
  return Array.from(answers["terms"]?.data as Float32Array);
}

const cells = makeSyntheticCells({
  height: 160,
  width: 160,
  seed: 5,
  touching: 0.8,
  elongation: [1, 1.6],
  radiusPx: [5, 14],
  cellCount: 60,
}).labels;

describe.each(headNames)("head %s", (name) => {
  test("cells come back from its targets", async () => {
    const { decode, start } = headDesign(name);
    const found = decode(await mapsOf(name, cells), start);
    const [atHalf] = scoreSegmentation(cells, found, [0.5]).byThreshold;
    expect(atHalf?.referenceCount).toBeGreaterThan(30);
    expect(atHalf?.f1).toBeGreaterThanOrEqual(0.97);
  });

  test("one target and one loss term per channel; each term is least at the target", async () => {
    const { channels, targets } = headDesign(name);
    const { maps, weight } = targets(cells);
    expect(maps.map(({ length }) => length)).toEqual(channels.map(() => cells.data.length));
    expect(weight).toHaveLength(cells.data.length);
    const least = await lossesOf(name, cells, 0);
    expect(least).toHaveLength(channels.length);
    for (const shift of [-0.5, 0.5]) {
      const shifted = await lossesOf(name, cells, shift);
      shifted.forEach((value, k) => {
        expect(value).toBeGreaterThan(least[k] as number);
      });
    }
  });

  test("a crop without cells has targets without cells and decodes to none", async () => {
    const empty = labelsOf(...Array.from({ length: 16 }, () => ".".repeat(16)));
    expect(
      headDesign(name)
        .targets(empty)
        .maps.every((map) => Array.from(map).every((v) => v === 0)),
    ).toBe(true);
    const found = headDesign(name).decode(await mapsOf(name, empty), headDesign(name).start);
    expect(found.data.every((label) => label === 0)).toBe(true);
  });
});

test("boundary: worked out by hand on a square of five pixels", () => {
  const square = labelsOf(".......", ".11111.", ".11111.", ".11111.", ".11111.", ".11111.", ".......");
  const [foreground, boundary] = headDesign("boundary").targets(square).maps;
  expect(Array.from(foreground ?? []).slice(7, 14)).toEqual([0, 1, 1, 1, 1, 1, 0]);
  // Depth 1, 2, 3 along the middle row: 1, one half, 0.
  expect(Array.from(boundary ?? []).slice(21, 28)).toEqual([0, 1, 0.5, 0, 0.5, 1, 0]);
});

test("the heads whose outputs a contract describes", () => {
  expect(headNames.filter((name) => isReleasable(headDesign(name)))).toEqual([
    "deepWatershed",
    "boundary",
    "combined",
  ]);
});
