/** Crops under transforms whose result is known. */
import { expect, test } from "vitest";
import type { LabelImage, Plane } from "#core/array/index.ts";
import { labelImage, plane } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { type CropTransform, cutPlanes, randomBend, randomTransform } from "./index.ts";

function cutCrop(
  source: { plane: Plane<"float32">; labels: LabelImage },
  transform: CropTransform,
  side: number,
) {
  const cut = cutPlanes({ planes: [source.plane], labels: [source.labels] }, transform, side);
  return { plane: cut.planes[0] as Plane<"float32">, labels: cut.labels[0] as LabelImage, valid: cut.valid };
}

const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const source = { plane: plane("float32", 3, 3, Float32Array.from(values)), labels: labelImage(3, 3, values) };
const centred = { centreY: 1, centreX: 1 };

test("identity keeps every pixel", () => {
  const crop = cutCrop(source, { ...centred, matrix: [1, 0, 0, 1] }, 3);
  expect([...crop.plane.data]).toEqual(values);
  expect([...crop.labels.data]).toEqual(values);
  expect([...crop.valid]).toEqual(new Array(9).fill(1));
});

test("a quarter turn and a flip move pixels without mixing them", () => {
  const turned = cutCrop(source, { ...centred, matrix: [0, -1, 1, 0] }, 3);
  expect([...turned.labels.data]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  expect([...turned.plane.data]).toEqual([...turned.labels.data]);
  const flipped = cutCrop(source, { ...centred, matrix: [1, 0, 0, -1] }, 3);
  expect([...flipped.labels.data]).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
});

test("outside the image the edge is repeated; label and validity are zero", () => {
  expect([...cutCrop(source, { centreY: -1, centreX: 1, matrix: [1, 0, 0, 1] }, 3).plane.data]).toEqual([
    1, 2, 3, 1, 2, 3, 1, 2, 3,
  ]);
  expect([...cutCrop(source, { centreY: 4, centreX: 3, matrix: [1, 0, 0, 1] }, 3).plane.data]).toEqual([
    9, 9, 9, 9, 9, 9, 9, 9, 9,
  ]);
  const crop = cutCrop(source, { centreY: -1, centreX: 1, matrix: [1, 0, 0, 1] }, 3);
  expect([...crop.labels.data]).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3]);
  expect([...crop.valid]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
});

test("half a pixel of shift is the mean of two neighbours", () => {
  const crop = cutCrop(source, { centreY: 1, centreX: 0.5, matrix: [1, 0, 0, 1] }, 1);
  expect([...crop.plane.data]).toEqual([4.5]);
});

test("law: a window that fits lies inside the image, for quarter turns", () => {
  const settings = { zoomMin: 0.8, zoomMax: 2, freeRotation: false };
  const size = { height: 40, width: 60 };
  const labels = labelImage(40, 60);
  const data = plane("float32", 40, 60);
  for (let i = 0; i < 50; i++) {
    const transform = randomTransform(rng(5, i), size, 32, settings);
    expect(cutCrop({ plane: data, labels }, transform, 32).valid.every((v) => v === 1)).toBe(true);
  }
});

test("planes, labels and weights are cut alike; weights take the nearest pixel, so 0 stays 0", () => {
  const weights = Float32Array.from(values, (value) => (value === 5 ? 0 : 1));
  const cut = cutPlanes(
    { planes: [source.plane, source.plane], labels: [source.labels], weights: [weights] },
    { centreY: 1, centreX: 1.3, matrix: [1, 0, 0, 1] },
    3,
  );
  expect(cut.planes[1]).toEqual(cut.planes[0]);
  expect([...cut.labels[0]!.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(cut.planes[0]?.data[4]).toBeCloseTo(5.3, 5);
  expect([...(cut.weights[0] as Float32Array)]).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1]);
});

test("a bend moves pixels by its shifts, linearly between nodes, and never folds the plane", () => {
  const wide = {
    plane: plane("float32", 1, 5, Float32Array.of(0, 10, 20, 30, 40)),
    labels: labelImage(1, 5),
  };
  const nodes = {
    spacing: 4,
    columns: 3,
    dy: new Float32Array(9),
    dx: Float32Array.of(0, 2, 0, 0, 2, 0, 0, 0, 0),
  };
  // Crop of 5: middle 2, so column x reads x + shift; at x = 2 the shift is half of 2.
  const bent = cutPlanes(
    { planes: [wide.plane], labels: [] },
    { centreY: 0, centreX: 2, matrix: [1, 0, 0, 1], bend: { ...nodes, dy: new Float32Array(9) } },
    5,
  );
  expect([...(bent.planes[0] as { data: Float32Array }).data.slice(10, 13)]).toEqual([0, 15, 30]);
  for (let seed = 0; seed < 20; seed++) {
    const { dx, columns, spacing } = randomBend(rng(seed), 64, 50, 16);
    for (let i = 1; i < columns; i++)
      expect(Math.abs((dx[i] as number) - (dx[i - 1] as number)) / spacing).toBeLessThan(0.36);
  }
});
