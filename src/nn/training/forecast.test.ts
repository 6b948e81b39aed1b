import { describe, expect, test } from "vitest";
import { fitLearningCurve } from "./forecast.ts";

/** The law itself, written out apart from the code under test. */
const law = (cells: number): number => 0.9 - 0.3 * Math.sqrt(64 / (64 + cells));

describe("forecast of a learning curve", () => {
  test("goes on along a curve of the same form", () => {
    const curve = fitLearningCurve(
      0.6,
      [50, 100, 200, 400].map((cells) => ({ cells, score: law(cells) })),
    );
    for (const cells of [0, 100, 800, 1600]) {
      const { expected, low, high } = curve.at(cells);
      expect(Math.abs(expected - law(cells))).toBeLessThan(0.02);
      expect(low).toBeLessThanOrEqual(expected);
      expect(high).toBeGreaterThanOrEqual(expected);
    }
    expect(curve.at(0)).toEqual({ expected: 0.6, low: 0.6, high: 0.6 });
  });

  test("is uncertain far away from a single point, and less so with more points", () => {
    const width = (points: readonly number[]): number => {
      const { low, high } = fitLearningCurve(
        0.6,
        points.map((cells) => ({ cells, score: law(cells) })),
      ).at(2000);
      return high - low;
    };
    expect(width([100])).toBeGreaterThan(0.15);
    expect(width([50, 100, 200, 400, 800])).toBeLessThan(width([100]) / 2);
  });

  test("promises nothing when nothing was gained", () => {
    const { expected, low } = fitLearningCurve(0.8, [
      { cells: 100, score: 0.79 },
      { cells: 400, score: 0.8 },
    ]).at(1000);
    expect(expected).toBeCloseTo(0.8, 2);
    expect(low).toBeCloseTo(0.8, 6);
  });

  test("never leaves 0 to 1 and never falls", () => {
    const curve = fitLearningCurve(0.2, [{ cells: 10, score: 0.95 }]);
    let before = 0;
    for (const cells of [0, 1, 10, 100, 1e4, 1e7]) {
      const { expected, high } = curve.at(cells);
      expect(expected).toBeGreaterThanOrEqual(before);
      expect(high).toBeLessThanOrEqual(1);
      before = expected;
    }
  });
});
