/** Calibration against shares known by construction and a brute-force isotonic fit. */
import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { calibrated, confidenceSamples, fitConfidence, reliability } from "./calibrate-confidence.ts";

/** Objects that are right with probability raw², a rising but wrong confidence. */
function squareSamples(seed: number, count: number) {
  const random = rng(seed);
  return Array.from({ length: count }, () => {
    const raw = random.next();
    return { raw, right: random.next() < raw * raw };
  });
}

test("a confidence that promises too much is brought to the true share", () => {
  const curve = fitConfidence(squareSamples(1, 20_000));
  for (const raw of [0.2, 0.4, 0.6, 0.8, 0.95]) {
    // Twenty bins of 1,000 objects: the error of a share is below 0.016, twice that is allowed.
    expect(Math.abs(calibrated(curve, raw) - raw * raw)).toBeLessThan(0.032);
  }
  const fresh = squareSamples(2, 20_000);
  const before = reliability(fresh.map(({ raw, right }) => ({ confidence: raw, right })));
  const after = reliability(fresh.map(({ raw, right }) => ({ confidence: calibrated(curve, raw), right })));
  // The mean of raw - raw² over 0..1 is 1/6.
  expect(before.expectedCalibrationError).toBeCloseTo(1 / 6, 2);
  expect(after.expectedCalibrationError).toBeLessThan(0.02);
});

test("law: knots rise and are the same whatever the order of samples", () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = rng(9, seed);
    const samples = Array.from({ length: 150 + random.int(500) }, () => ({
      raw: Math.round(random.next() * 30) / 30,
      right: random.next() < 0.5,
    }));
    const knots = fitConfidence(samples)?.knots ?? [];
    expect(knots.length).toBeGreaterThan(0);
    for (let k = 1; k < knots.length; k++) {
      expect(knots[k]![0]).toBeGreaterThan(knots[k - 1]![0]);
      expect(knots[k]![1]).toBeGreaterThanOrEqual(knots[k - 1]![1]);
    }
    expect(fitConfidence([...samples].reverse())?.knots).toEqual(knots);
  }
});

test("few objects give no curve, and without one a confidence stays what it is", () => {
  expect(fitConfidence(squareSamples(3, 99))).toBeNull();
  expect(calibrated(null, 0.37)).toBe(0.37);
});

test("a curve is linear between knots and flat beyond them", () => {
  const curve = { knots: [[0.2, 0.1] as const, [0.6, 0.9] as const] };
  expect([0, 0.2, 0.3, 0.6, 1].map((raw) => Math.round(calibrated(curve, raw) * 1e6) / 1e6)).toEqual([
    0.1, 0.1, 0.3, 0.9, 0.9,
  ]);
});

test("right means IoU of at least one half: worked out by hand", () => {
  const reference = labelImage(2, 8, [1, 1, 1, 1, 0, 0, 2, 2, 1, 1, 1, 1, 0, 0, 2, 2]);
  // Label 5 shares 4 of 8 + 0 pixels (IoU 4/8); label 6 shares 2 of 4 + 4 - 2 (IoU 2/6); label 7 shares none.
  const predicted = labelImage(2, 8, [5, 5, 0, 0, 7, 6, 6, 0, 5, 5, 0, 0, 7, 6, 6, 0]);
  const confidence = new Map([
    [5, 0.9],
    [6, 0.8],
    [7, 0.1],
  ]);
  expect(confidenceSamples(reference, predicted, confidence)).toEqual([
    { raw: 0.9, right: true },
    { raw: 0.8, right: false },
    { raw: 0.1, right: false },
  ]);
});

test("reliability by hand: two bins", () => {
  const report = reliability([
    { confidence: 0.92, right: true },
    { confidence: 0.98, right: false },
    { confidence: 0.15, right: false },
  ]);
  // (2 |0.95 - 0.5| + |0.15 - 0|) / 3
  expect(report.expectedCalibrationError).toBeCloseTo((2 * 0.45 + 0.15) / 3, 10);
  expect(report.bins.map(({ low, count }) => [low, count])).toEqual([
    [0.1, 1],
    [0.9, 2],
  ]);
});
