/** A wrong setting is refused by name before anything is computed. */
import { expect, test } from "vitest";
import type { SegmentationConfig } from "./index.ts";
import { assertConfig, defaultSegmentationConfig } from "./index.ts";

const good = defaultSegmentationConfig();
const nuclear = { role: "nuclear", required: true };

test.each<[string, Record<string, unknown>]>([
  ["No channel is required", { channels: [] }],
  ["channels", { channels: 1 }],
  ["roles", { channels: [{ role: "magic", required: true }] }],
  ["roles", { channels: [{ role: "nuclear" }] }],
  ["No channel is required", { channels: [{ role: "nuclear", required: false }] }],
  ["at most 64", { channels: Array.from({ length: 65 }, () => nuclear) }],
  ["compartments", { compartments: [] }],
  ["compartments", { compartments: ["wholeCell", "nuclear"] }],
  ["compartments", { compartments: ["nuclear", "wholeCell", "cytoplasm"] }],
  ["compartments", { compartments: ["membrane"] }],
  ["head", { head: "oracle" }],
  ["widths", { widths: [] }],
  ["widths", { widths: [16, 0] }],
  ["widths", { widths: [1, 2, 3, 4, 5, 6, 7, 8] }],
  ["pool", { pool: "median" }],
  ["skip", { skip: "maybe" }],
  ["decoderConvolutions", { decoderConvolutions: 3 }],
  ["stride", { cropSize: 100 }],
  ["steps", { steps: 0 }],
  ["learningRate", { learningRate: Number.NaN }],
  ["percentileLow", { percentileLow: 50, percentileHigh: 50 }],
  ["balance.cap", { balance: { fields: [], cap: 0 } }],
  ["unknownPixelSize", { unknownPixelSize: "guess" }],
  ["thresholds", { thresholds: null }],
  ["thresholds", { thresholds: [] }],
  ["thresholds", { thresholds: { nuclear: null } }],
  ["thresholds", { thresholds: { membrane: { seedThreshold: 0.3 } } }],
  ["thresholds", { thresholds: { nuclear: { areaPxMin: 3 } } }],
  ["thresholds", { thresholds: { nuclear: { seedThreshold: "0.3" } } }],
  ["seedThreshold", { thresholds: { nuclear: { seedThreshold: 1.5 } } }],
  ["smoothingPx", { thresholds: { nuclear: { smoothingPx: 1e9 } } }],
])("%s", (words, change) => {
  const wrong = { ...good, ...change } as unknown as SegmentationConfig;
  expect(() => assertConfig(wrong)).toThrowError(
    expect.objectContaining({ code: "training.config", message: expect.stringContaining(words) }),
  );
});

test("two compartments, optional channels and every head are fine; an architecture brings its trunk", () => {
  const both = defaultSegmentationConfig({
    channels: [
      { role: "nuclear", required: true },
      { role: "membrane", required: false },
    ],
    compartments: ["nuclear", "wholeCell"],
    architecture: "unet-16-deep",
  });
  expect(both.widths).toEqual([16, 32, 64, 128, 192]);
  for (const head of ["deepWatershed", "boundary", "combined", "flow", "star"] as const)
    expect(defaultSegmentationConfig({ head }).head).toBe(head);
  expect(defaultSegmentationConfig({ widths: [4, 8] }).architecture).toBe("custom");
  expect(defaultSegmentationConfig({ ...defaultSegmentationConfig({ widths: [4, 8] }) }).widths).toEqual([
    4, 8,
  ]);
});

test("thresholds of a compartment may be given in part", () => {
  assertConfig({ ...good, thresholds: { nuclear: { seedThreshold: 0.3, smoothingPx: 1.5 } } });
});
