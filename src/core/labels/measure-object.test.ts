import { expect, test } from "vitest";
import { maskOf } from "#testing/index.ts";
import { measureIntensity, measureObject, type ObjectShape, objectShapeFromMask } from "./index.ts";

// Expected values: scikit-image 0.19 `regionprops`, intensity image (7 * index) mod 13.
const cases = [
  ["bar", ["1111111", "1111111"], [14, 0.5, 3, 8, 2, 0.9682458365518543], [5.571428571428571, 0, 12]],
  [
    "L",
    ["1...", "1...", "1...", "1111"],
    [7, 2.142857142857143, 0.8571428571428571, 5.656854249492381, 2.9137254363387335, 0.8571428571428572],
    [2.857142857142857, 0, 7],
  ],
  [
    "disk",
    ["..111..", ".11111.", "1111111", "1111111", "1111111", ".11111.", "..111.."],
    [37, 3, 3, 6.8339375694179925, 6.8339375694179925, 0],
    [6.027027027027027, 0, 12],
  ],
  ["one pixel", ["1"], [1, 0, 0, 0, 0, 0], [0, 0, 0]],
  [
    "slope",
    ["11....", ".11...", "..11..", "...11."],
    [8, 1.5, 2, 6.488432109704299, 1.378495106178553, 0.9771710102295192],
    [5.5, 0, 11],
  ],
] as const;

test.each(cases)("%s as scikit-image measures it", (_, rows, shape, light) => {
  const mask = maskOf(...rows);
  const [dy, dx] = [3, 5];
  const moved = objectShapeFromMask(mask, { y: dy, x: dx }) as ObjectShape;
  const { areaPx, centroid, majorAxisPx, minorAxisPx, eccentricity } = measureObject(moved);
  const measured = [areaPx, centroid.y - dy, centroid.x - dx, majorAxisPx, minorAxisPx, eccentricity];
  measured.forEach((value, i) => {
    // Square roots of differences near 0 lose half the digits.
    expect(value).toBeCloseTo(shape[i] as number, 7);
  });
  const plane = {
    ...mask,
    data: Uint8Array.from({ length: mask.data.length }, (_, i) => (7 * i) % 13),
  };
  const { mean, min, max } = measureIntensity(objectShapeFromMask(mask) as ObjectShape, plane);
  expect([mean, min, max]).toEqual([expect.closeTo(light[0], 10), light[1], light[2]]);
});
