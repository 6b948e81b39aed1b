/** Planes in bands of rows give what the whole plane gives, to the bit. */
import { expect, test } from "vitest";
import type { Dtype, Plane } from "../array/index.ts";
import { plane, typedArray } from "../array/index.ts";
import { rng } from "../rng.ts";
import {
  createPercentileCounter,
  createResampler,
  percentiles,
  resampleLabelRows,
  resampleLabels,
  resamplePlane,
} from "./index.ts";

function made(dtype: Dtype, height: number, width: number, seed: number): Plane {
  const random = rng(seed, height, width);
  const data = typedArray(dtype, height * width);
  for (let i = 0; i < data.length; i++) data[i] = random.next() * 250;
  return plane(dtype, height, width, data as never);
}

const band = ({ dtype, width, data }: Plane, y0: number, y1: number): Plane => ({
  dtype,
  height: y1 - y0,
  width,
  data: data.subarray(y0 * width, y1 * width) as never,
});

test("law: percentiles of bands are those of the plane", () => {
  for (const dtype of ["uint8", "uint16", "float32", "int32"] as const) {
    // The last size is above the sample of a million pixels.
    for (const [height, width] of [
      [1, 1],
      [37, 53],
      [1300, 1024],
    ] as const) {
      const whole = made(dtype, height, width, 3);
      const counter = createPercentileCounter(dtype, height * width);
      const random = rng(4, height);
      for (let y = 0; y < height; ) {
        const end = Math.min(height, y + 1 + random.int(90));
        counter.add(band(whole, y, end));
        y = end;
      }
      const percents = [0, 1, 50, 99.8, 100];
      expect(counter.finish(percents)).toEqual(percentiles(whole, percents));
    }
  }
});

test("law: rows of another size are those of the resampled plane", () => {
  const random = rng(8);
  for (let round = 0; round < 30; round++) {
    const from = made("uint16", 1 + random.int(50), 1 + random.int(40), round);
    const to = { height: 1 + random.int(90), width: 1 + random.int(60) };
    const whole = resamplePlane(from, to.height, to.width);
    const resampler = createResampler(from, to);
    for (let y = 0; y < to.height; ) {
      const end = Math.min(to.height, y + 1 + random.int(20));
      const [top, bottom] = resampler.sourceRows(y, end);
      const rows = resampler.rows(band(from, top, bottom), top, y, end);
      expect(rows.data).toEqual(whole.data.subarray(y * to.width, end * to.width));
      y = end;
    }
  }
});

test("labels in bands: the row under each new row's centre", () => {
  const labels = plane("int32", 4, 2, Int32Array.of(1, 1, 2, 2, 3, 3, 4, 4));
  // From 4 to 6 rows: centres fall into source rows 0, 1, 1, 2, 3, 3.
  expect([...resampleLabels(labels, 6, 1).data]).toEqual([1, 2, 2, 3, 4, 4]);
  const lower = plane("int32", 2, 2, Int32Array.of(3, 3, 4, 4));
  const rows = resampleLabelRows(lower, labels, { height: 6, width: 1 }, { bandY0: 2, y0: 3, y1: 6 });
  expect([...rows.data]).toEqual([3, 4, 4]);
});
