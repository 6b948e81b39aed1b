/** Batches are a function of seed and step, groups get their share, validity reaches the weights. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { discScene } from "../fixtures/cell-scenes.ts";
import type { PreparedItem } from "./index.ts";
import { createSampler, defaultSegmentationConfig, makeBatch, prepareItem, sampleItem } from "./index.ts";

const contract = {
  channels: [{ role: "nuclear" }],
  normalisation: { kind: "percentile", low: 1, high: 99.8 },
  mpp: null,
} as const;
const item = (seed: number): PreparedItem =>
  prepareItem(discScene(seed, { side: 40, cells: 8, radius: 4 }), contract);
const config = defaultSegmentationConfig({ widths: [4, 8], cropSize: 16, batchSize: 3 });

test("the same seed and step give the same batch whatever the order of items; other steps give others", () => {
  const items = [1, 2, 3, 4].map(item);
  const first = makeBatch(createSampler(items, 0.5), config, 7);
  expect(makeBatch(createSampler([...items].reverse(), 0.5), config, 7)).toEqual(first);
  expect(makeBatch(createSampler(items, 0.5), config, 8).image).not.toEqual(first.image);
  expect(first.image.shape).toEqual([3, 1, 16, 16]);
  expect(first.targets.shape).toEqual([3, 2, 16, 16]);
});

test("targets lie in 0..1, and inner distance is positive only on foreground", () => {
  const { targets } = makeBatch(createSampler([item(1)], 1), config, 0);
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
  const small = prepareItem(discScene(3, { side: 8, cells: 1, radius: 2 }), contract);
  const still = { ...config, augment: { ...config.augment, zoomMin: 1, zoomMax: 1, freeRotation: false } };
  const { weights } = makeBatch(createSampler([small], 1), { ...still, batchSize: 1 }, 0);
  const inside = [...(weights.data as Float32Array)].filter((weight) => weight > 0).length;
  expect(inside).toBeGreaterThan(36);
  expect(inside).toBeLessThanOrEqual(81);
});

test("groups share crops by the power of their size", () => {
  const items = [1, 2, 3, 4, 5].map((seed) => ({ ...item(seed), group: seed === 1 ? "rare" : "frequent" }));
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
