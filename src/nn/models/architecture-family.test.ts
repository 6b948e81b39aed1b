/** Descriptions say the truth about reach and size; every member fits a released file of 8 MB. */
import { describe, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import type { Engine, Session } from "../engine/engine.ts";
import { createOrtNodeEngine } from "../engine/ort-node.ts";
import type { NamedTensor } from "../layers/index.ts";
import { initialParameters } from "../layers/index.ts";
import type { SegmentationArchitecture } from "./index.ts";
import {
  architectureFamily,
  architectureName,
  describedArchitecture,
  nameOfTrunk,
  parseArchitectureName,
  receptiveRadius,
  segmentationFoldModel,
  segmentationInferenceModel,
  segmentationLayout,
  strideOf,
  trunkOfDescription,
} from "./index.ts";

const MEGABYTE = 1e6;

const networkOf = (name: string, channels = 1, both = false): SegmentationArchitecture => ({
  ...trunkOfDescription(describedArchitecture(name)),
  channels,
  head: "deepWatershed",
  compartments: both ? ["nuclear", "wholeCell"] : ["nuclear"],
});

async function inferenceFile(engine: Engine, architecture: SegmentationArchitecture): Promise<Uint8Array> {
  const layout = segmentationLayout(architecture);
  const session = await engine.createSession(segmentationFoldModel(architecture));
  const theta = initialParameters(layout, rng(3));
  const outputs = await session.run({ theta: { shape: [theta.length], data: theta } });
  await session.release();
  const tensors = new Map<string, NamedTensor>();
  for (const name of session.outputNames) {
    const tensor = outputs[name];
    if (tensor?.data instanceof Float32Array) tensors.set(name, { shape: tensor.shape, data: tensor.data });
  }
  return segmentationInferenceModel(architecture, tensors, {});
}

/** Parameters worked out from the widths: 3x3 and 1x1 convolutions with gain and bias, and the head's 1x1 with bias. */
function countByHand(widths: readonly number[], channels: number, outputs: number): number {
  const layer = (from: number, to: number, k: number): number => from * to * k * k + 2 * to;
  let total = 0;
  widths.forEach((width, level) => {
    total += layer(level === 0 ? channels : (widths[level - 1] as number), width, 3) + layer(width, width, 3);
    const below = widths[level + 1];
    if (below !== undefined) total += layer(below, width, 1) + layer(width, width, 3);
  });
  return total + (widths[0] as number) * outputs + outputs;
}

describe.each(architectureFamily.map((one) => [one.name, one] as const))("%s", (name, description) => {
  test("parameters and reach are what the description says", () => {
    expect(segmentationLayout(networkOf(name)).total).toBe(description.parameters);
    expect(countByHand(description.widths, 1, 2)).toBe(description.parameters);
    expect(receptiveRadius(description)).toBe(description.receptiveRadiusPx);
  });

  test("a released file with four channels and two compartments has less than 8 MB", async () => {
    const engine = await createOrtNodeEngine({ threads: 1 });
    const file = await inferenceFile(engine, networkOf(name, 4, true));
    expect(file.byteLength).toBeLessThan(8 * MEGABYTE);
    expect(file.byteLength).toBeGreaterThan(4 * description.parameters * 0.95);
  });
});

async function foregroundWith(session: Session, side: number, changed: number | null): Promise<Float32Array> {
  const data = new Float32Array(side * side);
  const random = rng(9);
  for (let i = 0; i < data.length; i++) data[i] = random.next();
  if (changed !== null) data[changed] = 1000;
  const outputs = await session.run({ image: { shape: [1, 1, side, side], data } });
  return outputs["nuclear.innerDistance"]?.data as Float32Array;
}

test("nothing beyond the stated reach influences a pixel, and much within it does", async () => {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const architecture = networkOf("unet-8");
  const reach = receptiveRadius(architecture);
  const stride = strideOf(architecture);
  const side = Math.ceil((2 * reach + 40) / stride) * stride;
  const session = await engine.createSession(await inferenceFile(engine, architecture));
  const middle = side / 2;
  const before = await foregroundWith(session, side, null);
  const after = await foregroundWith(session, side, middle * side + middle);
  await session.release();
  let furthest = 0;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    const [dy, dx] = [Math.abs(Math.floor(i / side) - middle), Math.abs((i % side) - middle)];
    furthest = Math.max(furthest, dy, dx);
  }
  expect(furthest).toBeLessThanOrEqual(reach);
  expect(furthest).toBeGreaterThan(reach / 2);
});

test("a contract tells its trunk", () => {
  for (const description of architectureFamily) {
    const name = architectureName({ ...description, channels: 1 });
    expect(parseArchitectureName(name)).toEqual(trunkOfDescription(description));
  }
  const trunk = { widths: [4, 6], pool: "max", skip: "concatenate", decoderConvolutions: 2 } as const;
  expect(parseArchitectureName(architectureName({ ...trunk, channels: 3 }))).toEqual(trunk);
  expect(parseArchitectureName("StarDist 2D_versatile_fluo")).toBeNull();
});

test("members are found by name and by what they are made of", () => {
  for (const { name, ...description } of architectureFamily) expect(nameOfTrunk(description)).toBe(name);
  expect(nameOfTrunk({ widths: [3], pool: "max", skip: "add", decoderConvolutions: 1 })).toBe("custom");
  expect(() => describedArchitecture("resnet-50")).toThrowError(
    expect.objectContaining({ code: "training.config", hint: expect.stringContaining("unet-16") }),
  );
});
