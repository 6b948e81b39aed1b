/** Validation where labels do not speak for all of an image: what is not asked about, from a review to scores. */

import { describe, expect, test } from "vitest";
import { imageArray, type LabelImage, type Plane } from "#core/array/index.ts";
import { labelsOf, maskOf } from "#testing/index.ts";
import type { HeadDesign } from "../heads/index.ts";
import { headDesign } from "../heads/index.ts";
import { confidenceSamples } from "../inference/index.ts";
import { prepareItem } from "./items.ts";
import { calibrate, scoreCase, type ValidationCase } from "./validation.ts";

const labels = labelsOf("11........", "11........");
const region = maskOf("#####.....", "#####.....");
const prepared = prepareItem(
  {
    id: "a",
    group: "g",
    mpp: null,
    image: imageArray(
      "uint8",
      "yx",
      [2, 10],
      Uint8Array.from({ length: 20 }, (_, i) => i),
    ),
    labels: { nuclear: labels },
    review: { nuclear: { coverage: "region", region } },
  },
  {
    channels: [{ role: "nuclear", required: true }],
    normalisation: { kind: "percentile", low: 1, high: 99 },
    mpp: null,
  },
);
const uncounted = prepared.uncounted?.nuclear;

/** A head that draws what lies above a threshold in its map, values being labels: two objects, the second outside. */
const drawing: HeadDesign = {
  ...headDesign("deepWatershed"),
  decode: ([map], { foregroundThreshold }): LabelImage => {
    const { height, width, data } = map as Plane<"float32">;
    const drawn = Int32Array.from(data, (value) => (value > 10 * foregroundThreshold ? value : 0));
    return { dtype: "int32", height, width, data: drawn };
  },
};
const map = (...rows: readonly string[]): Plane<"float32"> => {
  const { height, width, data } = labelsOf(...rows);
  return { dtype: "float32", height, width, data: Float32Array.from(data) };
};
const one: ValidationCase = {
  group: "g",
  compartment: "nuclear",
  // 9 is right, 5 lies where nobody annotated.
  maps: [map("99.....555", "99.....555")],
  labels,
  uncounted,
};

describe("an image of a region", () => {
  test("is prepared with the ground that scores do not ask about", () => {
    expect(uncounted).toEqual(maskOf(".....#####", ".....#####"));
  });
  test("does not count a cell outside as false", () => {
    const params = { ...drawing.start, foregroundThreshold: 0.4 };
    expect(scoreCase(one, drawing, params).byThreshold[0]).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    const everywhere = { ...one, uncounted: undefined };
    expect(scoreCase(everywhere, drawing, params).byThreshold[0]).toMatchObject({ tp: 1, fp: 1, fn: 0 });
  });
  test("does not choose a threshold to be rid of it", () => {
    const start = { ...drawing.start, foregroundThreshold: 0.4 };
    const head = { ...drawing, tuned: ["foregroundThreshold" as const] };
    expect(calibrate([one], head, start).foregroundThreshold).toBe(0.4);
    const chosen = calibrate([{ ...one, uncounted: undefined }], head, start).foregroundThreshold;
    expect(chosen).toBe(0.5);
  });
  test("teaches confidence nothing about it", () => {
    const predicted = labelsOf("99.....555", "99.....555");
    const raw = new Map([
      [9, 0.9],
      [5, 0.6],
    ]);
    expect(confidenceSamples(labels, predicted, raw, uncounted)).toEqual([{ raw: 0.9, right: true }]);
    expect(confidenceSamples(labels, predicted, raw)).toEqual([
      { raw: 0.6, right: false },
      { raw: 0.9, right: true },
    ]);
  });
});

test("few images move a threshold only for a gain beyond chance", () => {
  const start = { ...drawing.start, foregroundThreshold: 0.4 };
  const head = { ...drawing, tuned: ["foregroundThreshold" as const] };
  // Of one cell the gain from 1/2 to 1 may be chance (half of a standard error is 0.5), of four it is not (0.25).
  const whole = { ...one, uncounted: undefined };
  const chosen = (count: number): number =>
    calibrate(Array<ValidationCase>(count).fill(whole), head, start, "few").foregroundThreshold;
  expect([chosen(1), chosen(4)]).toEqual([0.4, 0.5]);
});
