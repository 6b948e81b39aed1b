/**
 * Adapters from end to end: tensors computed from labels go through a network that changes nothing, tile by tile, and
 * come out as the same labels.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { imageArray, type LabelImage } from "#core/array/index.ts";
import { flowTargets, starTargets } from "#core/labels/index.ts";
import { scoreSegmentation } from "#core/metrics/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import type { Engine } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import { checkModel, encodeModel } from "../onnx/index.ts";
import { loadModel } from "./adapted-model.ts";
import { mirrored, planFixedTiles } from "./fixed-tiles.ts";
import { planPlainInput } from "./plan-input.ts";
import { proposeAdapter } from "./propose-adapter.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createOrtNodeEngine({ threads: 1 });
});

/** A network that answers with its input, of tiles of 96 pixels: smaller than the images, so that seams are met. */
function echo(channels: number, side = 96): Uint8Array {
  const shape = [1, channels, side, side];
  return encodeModel({
    graphName: "echo",
    producer: "test",
    documentation: "",
    opsets: { "": 17 },
    inputs: [{ name: "in", dtype: "float32", shape }],
    outputs: [{ name: "out", dtype: "float32", shape }],
    initialisers: [],
    nodes: [
      { operator: "Identity", domain: "", name: "i", inputs: ["in"], outputs: ["out"], attributes: {} },
    ],
    metadata: {},
  });
}

function stack(labels: LabelImage, planes: readonly ArrayLike<number>[]) {
  const size = labels.height * labels.width;
  const data = new Float32Array(planes.length * size);
  planes.forEach((plane, c) => {
    data.set(Float32Array.from(plane), c * size);
  });
  return imageArray("float32", "cyx", [planes.length, labels.height, labels.width], data);
}

const { labels } = makeSyntheticCells({ height: 230, width: 170, seed: 12 });

async function roundTrip(kind: "stardist" | "cellpose" | "foreground", planes: readonly ArrayLike<number>[]) {
  const onnx = echo(planes.length);
  const roles = planes.map(() => "other" as const);
  const plan = planPlainInput(checkModel(onnx), { normalisation: "none", roles });
  const measured = [{ name: "out", shape: [1, planes.length, 96, 96], min: 0, max: 1 }];
  const { contract } = proposeAdapter(plan, measured, { kind, roles, compartment: "nuclear" }, null);
  // What is stored is JSON.
  const model = await loadModel(engine, onnx, JSON.parse(JSON.stringify(contract)));
  const found = await model.predict(stack(labels, planes));
  await model.release();
  return found;
}

const f1 = (found: LabelImage, threshold: number): number =>
  scoreSegmentation(labels, found, [threshold]).byThreshold[0]?.f1 ?? 0;

describe("the same labels through tiles", () => {
  test("star polygons: F1@0.8 of 1", async () => {
    const { probability, distances } = starTargets(labels, { rays: 32 });
    const size = labels.height * labels.width;
    const rays = Array.from({ length: 32 }, (_, k) => distances.subarray(k * size, (k + 1) * size));
    const found = await roundTrip("stardist", [probability.data, ...rays]);
    expect(f1(found.labels, 0.8)).toBe(1);
    expect([...found.confidence.values()].every((value) => value > 0.5 && value <= 1)).toBe(true);
  });

  test("flows, five times as long as that program's networks give them: F1@0.9 of 1", async () => {
    const { flowY, flowX } = flowTargets(labels);
    const five = (data: Float32Array): Float32Array => data.map((value) => 5 * value);
    const cell = Float32Array.from(labels.data, (label) => (label > 0 ? 4 : -4));
    const found = await roundTrip("cellpose", [five(flowY.data), five(flowX.data), cell]);
    expect(f1(found.labels, 0.9)).toBe(1);
    expect(found.compartments[0]?.compartment).toBe("nuclear");
  });

  test("foreground and border: F1@0.9 at least 0.95", async () => {
    const { width, data } = labels;
    const border = Float32Array.from(data, (label, i) =>
      label > 0 && [1, -1, width, -width].some((step) => (data[i + step] ?? label) !== label) ? 1 : 0,
    );
    const inside = Float32Array.from(data, (label) => (label > 0 ? 1 : 0));
    const found = await roundTrip("foreground", [inside, border]);
    expect(f1(found.labels, 0.9)).toBeGreaterThanOrEqual(0.95);
  });
});

test("an image in rows gives the same labels, in order", async () => {
  const onnx = echo(1);
  const plan = planPlainInput(checkModel(onnx), { normalisation: "none" });
  const { contract } = proposeAdapter(
    plan,
    [{ name: "out", shape: [1, 1, 96, 96], min: 0, max: 1 }],
    {},
    null,
  );
  const model = await loadModel(engine, onnx, contract);
  const inside = Float32Array.from(labels.data, (label) => (label > 0 ? 1 : 0));
  const whole = await model.predict(stack(labels, [inside]));
  const rows: number[] = [];
  await model.predictRows(
    {
      height: labels.height,
      width: labels.width,
      present: [true],
      blockHeight: 64,
      readRows: async (_c, y0, height) => ({
        dtype: "float32",
        height,
        width: labels.width,
        data: inside.subarray(y0 * labels.width, (y0 + height) * labels.width),
      }),
    },
    async (given) => {
      rows.push(...given.labels.data);
    },
  );
  await model.release();
  expect(Int32Array.from(rows)).toEqual(whole.labels.data);
});

test("wrong channels, NaN, a damaged adapter and another graph are coded errors", async () => {
  const onnx = echo(2);
  const plan = planPlainInput(checkModel(onnx), {});
  const measured = [{ name: "out", shape: [1, 2, 96, 96], min: 0, max: 1 }];
  const roles = ["nuclear", "membrane"] as const;
  const { contract } = proposeAdapter(plan, measured, { roles }, null);
  const model = await loadModel(engine, onnx, contract);
  const one = imageArray("float32", "yx", [9, 9], new Float32Array(81).fill(Number.NaN));
  await expect(model.predict(one)).rejects.toMatchObject({ code: "array.shapeMismatch" });
  const two = imageArray("float32", "cyx", [2, 9, 9], new Float32Array(162).fill(Number.NaN));
  await expect(model.predict(two)).rejects.toMatchObject({ code: "array.nan" });
  const constant = await model.predict(imageArray("uint8", "cyx", [2, 9, 9], new Uint8Array(162).fill(7)));
  expect(new Set(constant.labels.data)).toEqual(new Set([0]));
  expect(
    (await model.predict(imageArray("uint8", "cyx", [2, 1, 1], Uint8Array.of(3, 4)))).labels.data,
  ).toHaveLength(1);
  await model.release();
  const invalid = { code: "model.invalid" };
  await expect(loadModel(engine, onnx, { ...contract, adapter: { version: 2 } })).rejects.toMatchObject(
    invalid,
  );
  await expect(loadModel(engine, onnx.subarray(0, 60), contract)).rejects.toMatchObject(invalid);
  const renamed = {
    ...contract,
    adapter: { ...contract.adapter, input: { ...contract.adapter.input, name: "x" } },
  };
  await expect(loadModel(engine, onnx, renamed)).rejects.toMatchObject(invalid);
  expect(() => proposeAdapter(plan, measured, { kind: "stardist", roles }, null)).toThrowError(
    expect.objectContaining(invalid),
  );
  expect(() => proposeAdapter(plan, measured, { roles: ["nuclear"] }, null)).toThrowError(
    expect.objectContaining(invalid),
  );
});

test("law: tiles cover the plane once and stay inside their windows", () => {
  for (const [height, width] of [
    [5, 5],
    [96, 96],
    [97, 300],
    [230, 171],
  ] as const) {
    for (const align of [1, 2, 4]) {
      const covered = new Uint8Array(height * width);
      for (const { y, x, core } of planFixedTiles({ height, width }, { height: 96, width: 64 }, 8, align)) {
        const [y0, x0, y1, x1] = core;
        expect([y % align, x % align]).toEqual([0, 0]);
        expect(y0 >= y && x0 >= x && y1 <= y + 96 && x1 <= x + 64).toBe(true);
        for (let py = y0; py < y1; py++) for (let px = x0; px < x1; px++) covered[py * width + px]!++;
      }
      expect(covered.every((count) => count === 1)).toBe(true);
    }
  }
  expect([-2, -1, 0, 3, 4, 5].map((at) => mirrored(at, 4))).toEqual([2, 1, 0, 3, 2, 1]);
});
