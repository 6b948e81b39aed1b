import { expect, test } from "vitest";
import { bestValidation, curveColumns, curveRows, fifths, niceCeiling } from "./curve-data.ts";

const point = (step: number, loss: number, ap50: number | null = null) => ({
  step,
  loss,
  learningRate: 1e-3,
  validation: ap50 === null ? null : { ap50, f1: ap50 },
});

test("columns hold gaps where nothing was measured", () => {
  expect(curveColumns([point(1, 0.9), point(2, Number.NaN, 0.4)])).toEqual([
    [1, 2],
    [0.9, null],
    [null, 0.4],
  ]);
});

test("rows are thinned but keep every validation and the newest step", () => {
  const points = Array.from({ length: 1000 }, (_, index) => point(index, 1, index === 7 ? 0.5 : null));
  const rows = curveRows(points);
  expect(rows.length).toBeLessThanOrEqual(101);
  expect(rows[0]?.step).toBe(999);
  expect(rows.some((row) => row.step === 7)).toBe(true);
});

test("best validation is the highest, the earliest of equals", () => {
  expect(bestValidation([point(1, 1)])).toBeNull();
  expect(bestValidation([point(1, 1, 0.2), point(2, 1, 0.6), point(3, 1, 0.6)])).toEqual({
    step: 2,
    ap50: 0.6,
  });
});

test("axes end at round numbers in five divisions", () => {
  expect([0.93, 1, 1.7, 2.4, 0.031, 70, 0].map(niceCeiling)).toEqual([1, 1, 2, 2.5, 0.05, 100, 1]);
  expect(fifths(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(fifths(2.5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
});
