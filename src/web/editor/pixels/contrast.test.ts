import { expect, test } from "vitest";
import { contrastLimits, intensityRange } from "./contrast.ts";

test("percentiles of 0..1000 by hand: the 1st is 10, the 99.8th is 998", () => {
  const values = Uint16Array.from({ length: 1001 }, (_, i) => 1000 - i);
  const [low, high] = contrastLimits(values);
  expect(low).toBeCloseTo(10, 9);
  expect(high).toBeCloseTo(998, 9);
  expect(values[0]).toBe(1000);
});

test("few bright pixels on a flat ground still get a range", () => {
  const values = new Uint8Array(10_000).fill(7);
  values[5] = 200;
  expect(contrastLimits(values)).toEqual([7, 200]);
});

test("a constant or empty plane never gives an empty range", () => {
  expect(contrastLimits(new Uint8Array(100).fill(3))).toEqual([3, 4]);
  expect(contrastLimits(new Float32Array([Number.NaN]))).toEqual([0, 1]);
});

test("sliders end where the data can", () => {
  expect(intensityRange("uint8", [3, 90])).toEqual([0, 255]);
  expect(intensityRange("uint16", [3, 800])).toEqual([0, 1023]);
  expect(intensityRange("uint16", [3, 4000])).toEqual([0, 16_383]);
  expect(intensityRange("uint16", [3, 60_000])).toEqual([0, 65_535]);
  expect(intensityRange("float32", [0, 1])).toEqual([-0.5, 1.5]);
});
