import { describe, expect, test } from "vitest";
import { rng as startRng } from "../rng.ts";
import fixture from "./fixtures/log-response.json" with { type: "json" };
import { countAbove, detectSpots, logResponse } from "./index.ts";

/** Gaussian spots on a flat ground, sampled at pixel centres. */
function scene(
  height: number,
  width: number,
  spots: readonly (readonly [y: number, x: number, h: number])[],
  sigma: number,
) {
  return Float64Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return spots.reduce(
      (sum, [sy, sx, h]) => sum + h * Math.exp(-((y - sy) ** 2 + (x - sx) ** 2) / (2 * sigma ** 2)),
      100,
    );
  });
}

describe("Laplacian of Gaussian", () => {
  test.each(fixture.responses)("agrees with SciPy at sigma $sigma, borders included", ({ sigma, values }) => {
    const response = logResponse(fixture.picture, fixture.height, fixture.width, sigma);
    // Single precision of values up to a few thousand.
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (response[i] as number))));
    expect(worst).toBeLessThan(2e-3);
  });

  test("a spot of the same size answers half its height; places come to a tenth of a pixel", () => {
    const sigma = 2;
    const truth = [
      [20.3, 15.6, 1000],
      [40, 44.75, 500],
    ] as const;
    const found = detectSpots(scene(64, 64, truth, sigma), 64, 64, sigma);
    expect(countAbove(found, 50)).toBe(2);
    for (const [i, [y, x, h]] of truth.entries()) {
      expect(Math.hypot((found.y[i] as number) - y, (found.x[i] as number) - x)).toBeLessThan(0.1);
      // Sampled at pixel centres the top is a little lower than h / 2.
      expect((found.response[i] as number) / (h / 2)).toBeGreaterThan(0.93);
      expect((found.response[i] as number) / (h / 2)).toBeLessThan(1.01);
    }
  });

  test("spots in noise: all found above six times the spread, next to nothing else", () => {
    const rng = startRng(11);
    const truth = Array.from({ length: 60 }, (_, i): [number, number, number] => [
      12 + 24 * Math.floor(i / 8) + rng.uniform(-4, 4),
      12 + 24 * (i % 8) + rng.uniform(-4, 4),
      rng.uniform(150, 400),
    ]);
    const size = 210;
    const picture = scene(size, size, truth, 1.5).map((value) => value + 10 * rng.normal());
    const found = detectSpots(picture, size, size, 1.5);
    const kept = countAbove(found, 6 * found.noise);
    const near = (y: number, x: number): boolean => truth.some(([ty, tx]) => Math.hypot(ty - y, tx - x) < 1);
    const right = Array.from({ length: kept }, (_, i) =>
      near(found.y[i] as number, found.x[i] as number),
    ).filter(Boolean);
    expect(right.length).toBe(60);
    expect(kept - right.length).toBeLessThanOrEqual(2);
  });

  test("flat, empty and broken pictures give nothing; a plateau gives one", () => {
    expect(detectSpots(new Float32Array(100).fill(7), 10, 10, 1).y.length).toBe(0);
    expect(detectSpots(new Float32Array(0), 0, 0, 1).y.length).toBe(0);
    const holes = scene(30, 30, [[15, 15, 100]], 2);
    holes[3] = Number.NaN;
    holes[77] = Infinity;
    expect(countAbove(detectSpots(holes, 30, 30, 2), 20)).toBe(1);
    expect(countAbove(detectSpots(scene(31, 30, [[15, 14.5, 100]], 2), 31, 30, 2), 20)).toBe(1);
    expect(() => detectSpots([], 0, 0, 0.2)).toThrow(expect.objectContaining({ code: "request.invalid" }));
  });

  test("counts above a threshold include the threshold", () => {
    const response = Float64Array.of(9, 5, 5, 1);
    expect([10, 9, 5, 4, 0].map((threshold) => countAbove({ response }, threshold))).toEqual([0, 1, 3, 3, 4]);
  });
});
