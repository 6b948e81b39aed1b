/** Steps against values worked out by hand and with NumPy 1.24 (stated beside each). */
import { expect, test } from "vitest";
import { applySteps, type ProcessingStep } from "./processing-steps.ts";

const tensor = {
  axes: ["channel", "y", "x"],
  shape: [2, 1, 4],
  data: Float32Array.of(0, 1, 2, 5, 10, 10, 20, 40),
};
const applied = (...steps: ProcessingStep[]): number[] =>
  [...applySteps(tensor, steps).data].map((value) => Math.round(value * 1e4) / 1e4);

test("each step", () => {
  // np.percentile([0,1,2,5],[25,75]) = 0.75, 2.75; of [10,10,20,40] = 10, 25.
  expect(
    applied({ id: "scale_range", axes: ["y", "x"], minPercentile: 25, maxPercentile: 75, eps: 1e-9 }),
  ).toEqual([-0.375, 0.125, 0.625, 2.125, 0, 0, 0.6667, 2]);
  // Mean 2, deviation sqrt(3.5) = 1.8708; mean 20, deviation sqrt(150) = 12.2474.
  expect(applied({ id: "zero_mean_unit_variance", axes: ["y", "x"], eps: 1e-9 })).toEqual([
    -1.069, -0.5345, 0, 1.6036, -0.8165, -0.8165, 0, 1.633,
  ]);
  expect(applied({ id: "scale_linear", axis: "channel", gain: [2, 1], offset: [0, -10] })).toEqual([
    0, 2, 4, 10, 0, 0, 10, 30,
  ]);
  expect(applied({ id: "fixed_zero_mean_unit_variance", mean: 10, std: 5 })).toEqual([
    -2, -1.8, -1.6, -1, 0, 0, 2, 6,
  ]);
  expect(applied({ id: "clip", min: 1, max: 10 })).toEqual([1, 1, 2, 5, 10, 10, 10, 10]);
  expect(applied({ id: "binarize", axis: "channel", threshold: [1, 15] })).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  expect(
    applied({ id: "scale_linear", gain: 0.3, offset: 0 }, { id: "ensure_dtype", dtype: "uint8" }),
  ).toEqual([0, 0, 0, 1, 3, 3, 6, 12]);
  // 1 / (1 + e^-x) of -1, 0, 1 … and softmax over the two channels: differences 10, 9, 18, 35.
  expect(
    applied({ id: "fixed_zero_mean_unit_variance", mean: 1, std: 1 }, { id: "sigmoid" }).slice(0, 3),
  ).toEqual([0.2689, 0.5, 0.7311]);
  expect(
    applied({ id: "scale_linear", gain: 0.1, offset: 0 }, { id: "softmax", axis: "channel" }).slice(0, 2),
  ).toEqual([0.2689, 0.2891]);
});

test("joint statistics when no axes are named; the argument stays as it is; odd lists are refused", () => {
  const before = tensor.data.slice();
  // np: (0 - mean) / std of all eight = -11 / 12.5599.
  expect(applied({ id: "zero_mean_unit_variance", eps: 1e-9 })[0]).toBe(-0.8758);
  expect(tensor.data).toEqual(before);
  expect(() => applied({ id: "scale_linear", axis: "channel", gain: [1, 2, 3], offset: 0 })).toThrowError(
    expect.objectContaining({ code: "model.invalid" }),
  );
});
