import { expect, test } from "vitest";
import { bestValidation, curveColumns, curveRows } from "./curve-data.ts";

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
