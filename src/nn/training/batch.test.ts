/** Batches are a function of seed and step, groups get their share, validity reaches the weights. */
import { expect, test } from "vitest";
import { imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { connectedComponents } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { noAugmentation } from "../augment/index.ts";
import { discScene } from "../fixtures/cell-scenes.ts";
import { nuclearContract } from "../fixtures/nuclear-contract.ts";
import type { Batch, ItemFacts, SegmentationConfig, TrainingItem } from "./index.ts";
import {
  createItemCache,
  createSampler,
  defaultSegmentationConfig,
  itemsInMemory,
  makeBatch,
  planCrops,
  prepareItem,
  sampleItem,
} from "./index.ts";

const item = (seed: number): TrainingItem => discScene(seed, { side: 40, cells: 8, radius: 4 });
const factsOf = (items: readonly TrainingItem[]): readonly ItemFacts[] => itemsInMemory(items).facts;

function batch(
  items: readonly TrainingItem[],
  power: number,
  config: SegmentationConfig,
  step: number,
): Batch {
  const plans = planCrops(createSampler(factsOf(items), power), config, nuclearContract, step);
  const byId = new Map(items.map((one) => [one.id, prepareItem(one, nuclearContract)]));
  return makeBatch(
    plans,
    (i) => byId.get(plans[i]?.item.id ?? "") ?? prepareItem(item(0), nuclearContract),
    config,
  );
}
/** Quarter turns only: pixels stay as they are. */
const stillPlans = {
  mode: "safe" as const,
  plans: {
    unknown: {
      ...noAugmentation,
      geometry: { ...noAugmentation.geometry, turn: "quarters" as const, flip: true },
    },
  },
};
const config = defaultSegmentationConfig({ widths: [4, 8], cropSize: 16, batchSize: 3 });

test("the same seed and step give the same batch whatever the order of items; other steps give others", () => {
  const items = [1, 2, 3, 4].map(item);
  const first = batch(items, 0.5, config, 7);
  expect(batch([...items].reverse(), 0.5, config, 7)).toEqual(first);
  expect(batch(items, 0.5, config, 8).image).not.toEqual(first.image);
  expect(first.image.shape).toEqual([3, 1, 16, 16]);
  expect(first.targets.shape).toEqual([3, 2, 16, 16]);
});

test("targets lie in 0..1, and inner distance is positive only on foreground", () => {
  const { targets } = batch([item(1)], 1, config, 0);
  const data = targets.data as Float32Array;
  for (let i = 0; i < 3; i++) {
    for (let p = 0; p < 256; p++) {
      const inner = data[2 * i * 256 + p] as number;
      const foreground = data[(2 * i + 1) * 256 + p] as number;
      expect(inner).toBeGreaterThanOrEqual(0);
      expect(inner).toBeLessThanOrEqual(1);
      expect([0, 1]).toContain(foreground);
      if (foreground === 0) expect(inner).toBe(0);
    }
  }
});

test("an image smaller than the crop has no weight outside", () => {
  const small = discScene(3, { side: 8, cells: 1, radius: 2 });
  const still = { ...config, augment: stillPlans };
  const { weights } = batch([small], 1, { ...still, batchSize: 1 }, 0);
  const inside = [...(weights.data as Float32Array)].filter((weight) => weight > 0).length;
  expect(inside).toBeGreaterThan(36);
  expect(inside).toBeLessThanOrEqual(81);
});

test("groups share crops by the power of their size", () => {
  const items = [1, 2, 3, 4, 5].map((seed) => ({
    ...(factsOf([item(seed)])[0] as ItemFacts),
    group: seed === 1 ? "rare" : "frequent",
  }));
  const share = (power: number): number => {
    const sampler = createSampler(items, power);
    const random = rng(1);
    let rare = 0;
    for (let i = 0; i < 4000; i++)
      if (sampleItem(sampler, random.next(), random.next()).group === "rare") rare++;
    return rare / 4000;
  };
  // 1/(1+4), 1/(1+2), 1/2; the spread of 4000 draws is 0.8 %.
  expect(Math.abs(share(1) - 0.2)).toBeLessThan(0.03);
  expect(Math.abs(share(0.5) - 1 / 3)).toBeLessThan(0.03);
  expect(Math.abs(share(0) - 0.5)).toBeLessThan(0.03);
});

test("weights of items decide how often they are drawn, alone and for their group", () => {
  const facts = [1, 2, 3, 4].map((seed) => ({
    ...(factsOf([item(seed)])[0] as ItemFacts),
    group: seed < 3 ? "a" : "b",
    weight: seed === 1 ? 3 : 1,
  }));
  const sampler = createSampler(facts, 1);
  const random = rng(2);
  const drawn = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const { id } = sampleItem(sampler, random.next(), random.next());
    drawn.set(id, (drawn.get(id) ?? 0) + 1);
  }
  // Weights 3, 1, 1, 1 of 6.
  expect(Math.abs((drawn.get(facts[0]?.id ?? "") ?? 0) / 6000 - 0.5)).toBeLessThan(0.03);
  expect(Math.abs((drawn.get(facts[3]?.id ?? "") ?? 0) / 6000 - 1 / 6)).toBeLessThan(0.03);
});

test("a crop says where it was cut, in pixels of the image as imported, and which objects it cuts", () => {
  const still = { ...config, augment: stillPlans };
  const one = item(5);
  for (let step = 0; step < 20; step++) {
    for (const crop of batch([one], 1, { ...still, batchSize: 2 }, step).crops) {
      expect([crop.height, crop.width]).toEqual([16, 16]);
      expect(crop.y).toBeGreaterThanOrEqual(0);
      expect(crop.y + crop.height).toBeLessThanOrEqual(40);
      const border = new Set<number>();
      for (let y = crop.y; y < crop.y + 16; y++)
        for (let x = crop.x; x < crop.x + 16; x++)
          if (y === crop.y || y === crop.y + 15 || x === crop.x || x === crop.x + 15)
            border.add(one.labels.nuclear?.data[y * 40 + x] as number);
      border.delete(0);
      expect(crop.cutLabels.nuclear).toEqual([...border].sort((a, b) => a - b));
    }
  }
});

test("the cache keeps within its bound, reads again what it let go, and each item once when asked twice", async () => {
  const items = [1, 2, 3, 4].map(item);
  const source = itemsInMemory(items);
  const reads: string[] = [];
  const counted = {
    facts: source.facts,
    load: (id: string) => {
      reads.push(id);
      return source.load(id);
    },
  };
  const bytes = 2 * 4 * 40 * 40;
  const cache = createItemCache(counted, nuclearContract, 2 * bytes);
  const ids = items.map(({ id }) => id) as [string, string, string, string];
  cache.prefetch([ids[0], ids[0]]);
  expect((await cache.get(ids[0])).planes).toEqual(
    prepareItem(items[0] as TrainingItem, nuclearContract).planes,
  );
  expect(reads).toEqual([ids[0]]);
  for (const id of ids) await cache.get(id);
  expect(cache.bytes).toBe(2 * bytes);
  await cache.get(ids[3]);
  expect(reads.length).toBe(4);
  await cache.get(ids[0]);
  expect(reads.length).toBe(5);
});

const twoInputs = {
  ...nuclearContract,
  channels: [
    { role: "nuclear", required: true },
    { role: "membrane", required: false },
  ],
} as const;
const twoConfig: SegmentationConfig = defaultSegmentationConfig({
  widths: [4, 8],
  cropSize: 16,
  batchSize: 1,
  channels: twoInputs.channels,
  compartments: ["nuclear", "wholeCell"],
});

function twoBatch(one: TrainingItem, step: number): { image: Float32Array[]; weights: Float32Array[] } {
  const plans = planCrops(createSampler(factsOf([one]), 1), twoConfig, nuclearContract, step);
  const prepared = prepareItem(one, twoInputs);
  const { image, targets, weights } = makeBatch(plans, () => prepared, twoConfig);
  expect([image.shape, targets.shape, weights.shape]).toEqual([
    [1, 2, 16, 16],
    [1, 4, 16, 16],
    [1, 2, 16, 16],
  ]);
  const planesOf = (data: unknown): Float32Array[] =>
    [0, 1].map((c) => (data as Float32Array).slice(c * 256, (c + 1) * 256));
  return { image: planesOf(image.data), weights: planesOf(weights.data) };
}

test("multi-channel: a channel the image lacks stays zero, a compartment without labels has no weight", () => {
  const one = { ...item(1), channels: [0, null] };
  for (let step = 0; step < 5; step++) {
    const { image, weights } = twoBatch(one, step);
    expect(image[0]?.some((value) => value !== 0)).toBe(true);
    expect(image[1]?.every((value) => value === 0)).toBe(true);
    expect(weights[0]?.some((value) => value > 0)).toBe(true);
    expect(weights[1]?.every((value) => value === 0)).toBe(true);
  }
});

test("multi-channel: channels are found where the item says, and labels follow their compartment", () => {
  const { labels, image } = item(2);
  const data = new Float32Array(2 * 1600);
  data.set(image.data, 1600);
  // The nuclear channel is the second of the image, the first is constant; only whole cells are labelled.
  const swapped: TrainingItem = {
    ...item(2),
    image: imageArray("float32", "cyx", [2, 40, 40], data),
    channels: [1, 0],
    labels: { wholeCell: labels.nuclear as LabelImage },
  };
  const prepared = prepareItem(swapped, twoInputs);
  expect(prepared.planes[0]).toEqual(prepareItem(item(2), nuclearContract).planes[0]);
  expect(prepared.planes[1]?.data.every((value) => value === 0)).toBe(true);
  expect(prepared.present).toEqual([true, true]);
  const { weights } = twoBatch(swapped, 0);
  expect(weights[0]?.every((value) => value === 0)).toBe(true);
  expect(weights[1]?.some((value) => value > 0)).toBe(true);
});

test("an item without a required channel is refused by name", () => {
  expect(() => prepareItem({ ...item(1), channels: [null, 0] }, twoInputs)).toThrowError(
    expect.objectContaining({
      code: "array.shapeMismatch",
      message: expect.stringContaining("no nuclear channel"),
    }),
  );
});

test("targets are made after the geometric change: every piece of a crop has one exact top", () => {
  const zoomed = defaultSegmentationConfig({ widths: [4, 8], cropSize: 32, batchSize: 1 });
  const one = discScene(8, { side: 64, cells: 30, radius: 6 });
  let pieces = 0;
  for (let step = 0; step < 10; step++) {
    const data = batch([one], 1, zoomed, step).targets.data as Float32Array;
    const foreground = labelImage(32, 32, Int32Array.from(data.subarray(1024, 2048)));
    const found = connectedComponents(foreground);
    const tops = new Map<number, number>();
    found.data.forEach((piece, p) => {
      if (piece > 0) tops.set(piece, Math.max(tops.get(piece) ?? 0, data[p] as number));
    });
    pieces += tops.size;
    // Resampled targets would be cut below 1 by interpolation; a cut disc has its top where its visible part is deepest.
    for (const top of tops.values()) expect(top).toBe(1);
  }
  expect(pieces).toBeGreaterThan(20);
});
