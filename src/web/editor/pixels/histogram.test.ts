/** Counts of brightness against a plain loop and by hand; the law of brightness at its ends. */

import { describe, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { brightnessOf } from "./channel-brightness.ts";
import { channelHistogram, logHeights } from "./histogram.ts";

describe("histogram of a channel", () => {
  test("every value is counted once: in a bar, outside, or not at all", () => {
    const values = Float32Array.of(0, 1, 1.5, 4, 5, -1, Number.NaN, Infinity);
    const { counts, seen, mean, outside } = channelHistogram(values, [0, 4], 4);
    expect([...counts]).toEqual([1, 2, 0, 1]);
    expect(seen).toEqual([-1, 5]);
    expect(mean).toBeCloseTo((0 + 1 + 1.5 + 4 + 5 - 1) / 6, 6);
    expect(outside).toBeCloseTo(2 / 6, 12);
  });

  test("as a plain loop counts", () => {
    const random = rng(5, "histogram");
    const values = Uint16Array.from({ length: 5_000 }, () => random.int(4096));
    const { counts } = channelHistogram(values, [0, 4095], 32);
    const width = 4095 / 32;
    for (let bar = 0; bar < 32; bar++) {
      const own = values.filter((v) => v >= bar * width && (bar === 31 ? v <= 4095 : v < (bar + 1) * width));
      expect(counts[bar]).toBe(own.length);
    }
  });

  test("nothing finite is an empty histogram", () => {
    const empty = channelHistogram(Float64Array.of(Number.NaN), [0, 1], 4);
    expect([empty.seen, empty.outside, [...empty.counts]]).toEqual([null, 0, [0, 0, 0, 0]]);
  });

  test("heights go by the logarithm: a hundredth as many is still seen", () => {
    const [full, few, none] = logHeights(Uint32Array.of(100_000, 1_000, 0));
    expect([full, none]).toEqual([1, 0]);
    expect(few).toBeCloseTo(Math.log(1_001) / Math.log(100_001), 12);
  });
});

describe("brightness of an intensity", () => {
  const plain = { gamma: 1, inverted: false };
  test("goes from black to full between the limits, bent by gamma, turned over by inversion", () => {
    expect([50, 100, 150, 200, 250].map((v) => brightnessOf(v, [100, 200], plain))).toEqual([
      0, 0, 0.5, 1, 1,
    ]);
    expect(brightnessOf(125, [100, 200], { gamma: 0.5, inverted: false })).toBe(0.5);
    expect(brightnessOf(125, [100, 200], { gamma: 0.5, inverted: true })).toBe(0.5);
    expect(brightnessOf(100, [100, 200], { gamma: 2, inverted: true })).toBe(1);
    // Limits far closer than Viv's own ramp can tell apart.
    expect(brightnessOf(5e-5, [0, 1e-4], plain)).toBeCloseTo(0.5, 12);
    expect([brightnessOf(3, [3, 3], plain), brightnessOf(2, [3, 3], plain)]).toEqual([1, 0]);
  });
});
