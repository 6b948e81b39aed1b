/** Nuclei and whole cells of a streamed image against the same image in memory: one result, whatever the tiles. */
import { describe, expect, test } from "vitest";
import type { BoundingBox, LabelImage, Plane } from "#core/array/index.ts";
import { plane } from "#core/array/index.ts";
import { gaussianBlur } from "#core/image/index.ts";
import { joinLabelsInPlace } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import type { CompartmentContract, InputContract } from "../contract/index.ts";
import type { Session, Tensor } from "../engine/engine.ts";
import { labelMaps, mapNames, pairMaps } from "./label-maps.ts";
import { normalisedPlane } from "./model-input.ts";
import { predictMaps } from "./predict-planes.ts";
import { type LabelRows, predictStream } from "./predict-stream.ts";
import { rowsOfPlanes } from "./row-source.ts";
import type { StreamGeometry } from "./stream-geometry.ts";
import { createStreamObjects } from "./stream-objects.ts";
import { planTiles, type Tile } from "./tiles.ts";

const compartment = (
  name: "nuclear" | "wholeCell",
  outputs: readonly [string, string],
): CompartmentContract => ({
  compartment: name,
  outputs: { innerDistance: outputs[0], foreground: outputs[1] },
  postprocessing: {
    foregroundThreshold: 0.4,
    seedThreshold: 0.2,
    seedProminence: 0.02,
    seedDistancePx: 0,
    smoothingPx: 1,
    seedless: "keep",
    areaPxMin: 5,
    holePxMax: 10,
  },
  confidence: null,
});

const contract: InputContract = {
  version: 2,
  channels: [
    { role: "nuclear", required: true },
    { role: "membrane", required: true },
  ],
  mpp: null,
  normalisation: { kind: "percentile", low: 1, high: 99.8 },
  stride: 4,
  receptiveRadiusPx: 0,
  architecture: "the channels themselves",
  compartments: [compartment("nuclear", ["a", "b"]), compartment("wholeCell", ["c", "d"])],
  range: null,
};

/** A "network" that answers what it sees: its first channel for nuclei, its second for cells. */
const session: Session = {
  inputNames: ["image"],
  outputNames: ["a", "b", "c", "d"],
  async run({ image }) {
    const { shape, data } = image as Tensor;
    const [, , height, width] = shape as [number, number, number, number];
    const size = height * width;
    const map = (channel: number, change: (value: number) => number): Tensor => ({
      shape: [1, 1, height, width],
      data: (data as Float32Array)
        .subarray(channel * size, (channel + 1) * size)
        .map((value) => change(Math.min(1, Math.max(0, value)))),
    });
    const [inner, fore] = [(v: number) => v ** 2, (v: number) => Math.min(1, 1.4 * v)];
    return { a: map(0, inner), b: map(0, fore), c: map(1, inner), d: map(1, fore) };
  },
  async release() {},
};

/** Round blobs, some of them in places of their own: cells without nuclei and nuclei beside cells. */
function scene(height: number, width: number, seed: number): [Plane<"uint16">, Plane<"uint16">] {
  const random = rng(seed);
  const [nuclei, cells] = [plane("float32", height, width), plane("float32", height, width)];
  for (let n = 0; n < (height * width) / 260; n++) {
    const [y, x] = [random.int(height), random.int(width)];
    if (random.chance(0.85)) cells.data[y * width + x] = 1;
    const [dy, dx] = [random.int(7) - 3, random.int(7) - 3];
    const at = Math.min(height - 1, Math.max(0, y + dy)) * width + Math.min(width - 1, Math.max(0, x + dx));
    if (random.chance(0.9)) nuclei.data[at] = 1;
  }
  const lit = (spots: Plane<"float32">, sigma: number): Plane<"uint16"> => {
    const { data } = gaussianBlur(spots, sigma);
    return plane(
      "uint16",
      height,
      width,
      Uint16Array.from(data, (value) =>
        Math.min(65_535, 500 + 3000 * sigma ** 2 * value + 40 * random.next()),
      ),
    );
  };
  return [lit(nuclei, 1.8), lit(cells, 3.4)];
}

interface Found {
  readonly nuclei: LabelImage;
  readonly cells: LabelImage;
}

async function inMemory(images: readonly Plane[]) {
  const planes = images.map((image) => normalisedPlane(image, contract));
  const maps = await predictMaps(session, planes, mapNames(contract.compartments), { stride: 4, reach: 0 });
  const { compartments, pairs } = labelMaps(pairMaps(maps), contract.compartments);
  const [nuclear, wholeCell] = compartments;
  return { nuclei: nuclear!.labels, cells: wholeCell!.labels, compartments, pairs };
}

async function streamed(images: readonly Plane[], geometry: Partial<StreamGeometry>) {
  const { height, width } = images[0] as Plane;
  const out = [plane("int32", height, width), plane("int32", height, width)] as const;
  const next = [0, 0];
  const give = async ({ compartment: k, y0, labels }: LabelRows): Promise<void> => {
    expect(y0).toBe(next[k]);
    next[k] = y0 + labels.height;
    out[k as 0 | 1].data.set(labels.data, y0 * width);
  };
  const result = await predictStream(session, contract, rowsOfPlanes(images), { height, width }, give, {
    geometry,
  });
  expect(next).toEqual([height, height]);
  result.compartments.forEach(({ joins }, k) => {
    joinLabelsInPlace(out[k as 0 | 1], joins);
  });
  return { nuclei: out[0], cells: out[1], compartments: result.compartments };
}

/** Partner of each label, when every object of one is exactly an object of the other. */
function sameObjects(a: LabelImage, b: LabelImage): Map<number, number> {
  const [pairs, back] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < a.data.length; i++) {
    const [left, right] = [a.data[i] as number, b.data[i] as number];
    if (!pairs.has(left)) pairs.set(left, right);
    if (!back.has(right)) back.set(right, left);
    if (pairs.get(left) !== right || back.get(right) !== left)
      throw new Error(`pixel ${i}: ${left} beside ${right}`);
  }
  return pairs;
}

/** Cells that each nucleus lies in; 0 for the ground. */
function homesOf({ nuclei, cells }: Found): Map<number, Set<number>> {
  const homes = new Map<number, Set<number>>();
  nuclei.data.forEach((nucleus, i) => {
    if (nucleus === 0) return;
    const own = homes.get(nucleus) ?? new Set();
    homes.set(nucleus, own.add(cells.data[i] as number));
  });
  return homes;
}

describe("nuclei and cells in rows", () => {
  test("are those of the image in memory, each nucleus in the same cell, with their confidence", async () => {
    const images = scene(180, 220, 3);
    const whole = await inMemory(images);
    const found = await streamed(images, { networkCorePx: 32, labelCorePx: 64, labelHaloPx: 48 });
    const nuclei = sameObjects(whole.nuclei, found.nuclei);
    const cells = sameObjects(whole.cells, found.cells);
    expect(Math.min(nuclei.size, cells.size)).toBeGreaterThan(70);
    const homes = homesOf(found);
    expect(homes.size).toBe(whole.pairs.length);
    for (const [nucleus, cell] of whole.pairs)
      expect([...(homes.get(nuclei.get(nucleus)!) ?? [])]).toEqual([cells.get(cell)]);
    const present = new Set(whole.cells.data);
    for (const [k, partners] of [nuclei, cells].entries()) {
      const [before, after] = [whole.compartments[k]!, found.compartments[k]!];
      expect(after.cellCount).toBe(partners.size - 1);
      expect(after.confidence.size).toBe(before.confidence.size);
      for (const [label, value] of before.confidence)
        expect(after.confidence.get(partners.get(label)!)).toBeCloseTo(value, 5);
    }
    // The scene has all kinds: nuclei with cells of their own, cells without nuclei, cells with several.
    const loose = labelsAlone(whole);
    expect(loose.cellsWithout).toBeGreaterThan(5);
    expect(present.size - 1).toBeGreaterThan(whole.pairs.length - loose.shared - 1);
    expect(loose.shared).toBeGreaterThan(5);
  });

  test("law: any size gives the objects of the image in memory", async () => {
    for (const [height, width] of [
      [1, 1],
      [1, 120],
      [150, 40],
      [97, 201],
    ] as const) {
      const images = scene(height, width, height);
      const whole = await inMemory(images);
      const found = await streamed(images, { networkCorePx: 32, labelCorePx: 64, labelHaloPx: 48 });
      sameObjects(whole.nuclei, found.nuclei);
      sameObjects(whole.cells, found.cells);
    }
  });

  test("a nucleus and its cell from tiles that see the cell differently lie in each other", async () => {
    const size = { height: 64, width: 40 };
    const boxMap = ([top, left, bottom, right]: BoundingBox): Plane<"float32"> => {
      const map = plane("float32", size.height, size.width);
      for (let y = top; y < bottom; y++) map.data.fill(0.9, y * size.width + left, y * size.width + right);
      return map;
    };
    const nucleus = boxMap([26, 5, 34, 13]);
    // The upper tile owns the nucleus, the lower one the cell, which it sees three columns narrower.
    const cells = [boxMap([18, 4, 50, 20]), boxMap([18, 8, 50, 20])];
    const found = [plane("int32", 64, 40), plane("int32", 64, 40)] as const;
    const objects = createStreamObjects(contract, size, { labelHaloPx: 32 }, {}, async (k, y0, { data }) => {
      found[k as 0 | 1].data.set(data, y0 * size.width);
    });
    const tiles = planTiles(size, { coreSize: 32, reach: 32, stride: 1 }).filter(({ core }) => core[1] === 0);
    for (const [k, tile] of tiles.entries()) {
      const wide: Tile = { core: [tile.core[0], 0, tile.core[2], 40], window: [0, 0, 64, 40] };
      const cell = cells[k] as Plane<"float32">;
      const cut = () => [nucleus, nucleus, cell, cell];
      await objects.add(wide, { cut, end: () => 64, append: () => [], forgetAbove: () => undefined });
    }
    const [nuclei, grown] = found;
    const homes = homesOf({ nuclei, cells: grown });
    expect([...homes].map(([, own]) => [...own])).toEqual([[1]]);
    // 32 rows of 12 columns, and the 8 rows of 3 columns by which the nucleus sticks out.
    expect(grown.data.filter((label) => label === 1)).toHaveLength(32 * 12 + 8 * 3);
    expect(nuclei.data.filter((label) => label > 0)).toHaveLength(64);
    expect(objects.finish().map(({ cellCount }) => cellCount)).toEqual([1, 1]);
  });
});

/** Cells without a nucleus, and nuclei that share their cell with an earlier one. */
function labelsAlone({ cells, pairs }: Pick<Awaited<ReturnType<typeof inMemory>>, "cells" | "pairs">) {
  const held = new Set(pairs.map(([, cell]) => cell));
  const all = new Set(cells.data);
  all.delete(0);
  return {
    cellsWithout: [...all].filter((cell) => !held.has(cell)).length,
    shared: pairs.length - held.size,
  };
}
