import { describe, expect, test } from "vitest";
import { cellDiameters } from "../contract/index.ts";
import { createSampler, mixSamplers, sampleItem } from "./batch.ts";
import { defaultSegmentationConfig, type SegmentationOverrides } from "./config.ts";
import { simulatedItems } from "./simulated-items.ts";

const small = { cropSize: 48, simulatedShare: 0.3 } as const;
const sourceOf = (overrides: SegmentationOverrides) =>
  simulatedItems(defaultSegmentationConfig({ ...small, ...overrides }), 1);

const phase = {
  channels: [{ role: "phase", required: true }],
  compartments: ["wholeCell"],
} as const;
const tissue = {
  channels: [
    { role: "nuclear", required: true },
    { role: "membrane", required: false },
  ],
  compartments: ["nuclear", "wholeCell"],
} as const;

describe("simulated items", () => {
  test("bring their cells to the size of the configuration", async () => {
    const source = sourceOf({ cellDiameterPx: 25 });
    for (const { id, scale = 1, mpp } of source.facts) {
      const { labels } = await source.load(id);
      const diameters = cellDiameters(labels.nuclear!);
      expect(mpp).toBeNull();
      if (diameters.length > 0) expect(diameters[diameters.length >> 1]! * scale).toBeCloseTo(25, 6);
    }
  });

  test("tell their pixel size where cells decide nothing", () => {
    const { facts } = sourceOf({ cellDiameterPx: null });
    for (const { mpp, scale } of facts) {
      expect(mpp?.x).toBeGreaterThan(0.2);
      expect(scale).toBe(1);
    }
  });

  test("are the same again, pixel by pixel", async () => {
    const [a, b] = [sourceOf({}), sourceOf({})];
    expect(a.facts).toEqual(b.facts);
    const id = a.facts.at(-1)!.id;
    const [first, second] = await Promise.all([a.load(id), b.load(id)]);
    expect(first.image.data).toEqual(second.image.data);
    expect(first.labels.nuclear?.data).toEqual(second.labels.nuclear?.data);
  });

  test("show both compartments, each nucleus inside one cell, and no channel that a scene lacks", async () => {
    const source = sourceOf(tissue);
    for (const { id } of source.facts) {
      const { labels, channels } = await source.load(id);
      expect(channels?.[0]).toBe(0);
      expect([1, null]).toContain(channels?.[1]);
      const cellOf = new Map<number, number>();
      labels.nuclear!.data.forEach((nucleus, i) => {
        if (nucleus === 0) return;
        const cell = labels.wholeCell!.data[i]!;
        expect(cell).toBe(cellOf.get(nucleus) ?? cell);
        cellOf.set(nucleus, cell);
      });
      expect(cellOf.size).toBeGreaterThan(0);
      expect([...cellOf.values()]).not.toContain(0);
    }
  });

  test("are of the model's kind, and none where nothing fits or none are wanted", () => {
    expect(new Set(sourceOf(phase).facts.map(({ group }) => group))).toEqual(
      new Set(["~simulated culture phase"]),
    );
    expect(sourceOf({ simulatedShare: 0 }).facts).toEqual([]);
    expect(() => sourceOf({ channels: [{ role: "brightfield", required: true }] })).toThrow(
      /cannot be simulated/,
    );
  });

  test("take the share of the crops that was asked for", () => {
    const fact = (id: string, group: string) => ({ id, group, height: 64, width: 64, mpp: null });
    const images = createSampler([fact("a", "g"), fact("b", "g"), fact("c", "h")], 0.5);
    const made = createSampler([fact("~s", "~s"), fact("~t", "~t")], 0.5);
    const mixed = mixSamplers(images, made, 0.3);
    const drawn = Array.from({ length: 1000 }, (_, i) => sampleItem(mixed, (i + 0.5) / 1000, 0.5).id);
    expect(drawn.filter((id) => id.startsWith("~"))).toHaveLength(300);
    expect(drawn.filter((id) => id === "~s")).toHaveLength(150);
    // Among images the groups keep their shares: the square roots of 2 and 1 items.
    const ofFirst = drawn.filter((id) => id === "a" || id === "b").length;
    expect(ofFirst / 700).toBeCloseTo(Math.SQRT2 / (1 + Math.SQRT2), 2);
  });
});
