import { expect, test } from "vitest";
import { forecastScale, lowestTenth } from "./forecast-scale.ts";

const frame = { width: 120, height: 60, left: 10, right: 10, top: 5, bottom: 5 };

test("cells double from step to step, none lies at the left end", () => {
  const { x } = forecastScale([0, 100, 200, 400, 800], [0.5, 1], frame);
  expect([0, 100, 200, 400, 800].map(x)).toEqual([10, 35, 60, 85, 110]);
});

test("scores run from a round tenth to 1", () => {
  expect(lowestTenth([0.62, 0.9])).toBe(0.5);
  expect(lowestTenth([0.02])).toBe(0);
  const { y } = forecastScale([10], [0.62], frame);
  expect([y(1), y(0.5)]).toEqual([5, 55]);
});
