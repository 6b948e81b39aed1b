import { expect, test } from "vitest";
import { labelImage } from "../array/index.ts";
import { areaInBox, isMostlyIn } from "./area-in-box.ts";
import { objectShapesFromLabels } from "./shapes-from-labels.ts";

/** A disc of radius 4 about (8, 8), as pixels. */
const disc = labelImage(17, 17);
for (let y = 0; y < 17; y++)
  for (let x = 0; x < 17; x++) if ((y - 8) ** 2 + (x - 8) ** 2 <= 16) disc.data[y * 17 + x] = 1;
const shape = objectShapesFromLabels(disc).get(1)!;

test.each([
  [[0, 0, 17, 17]],
  [[0, 0, 8, 17]],
  [[0, 0, 9, 17]],
  [[6, 3, 9, 8]],
  [[12, 8, 13, 9]],
  [[13, 0, 17, 17]],
  [[0, 0, 4, 4]],
] as const)("pixels in %j are those counted one by one", (box) => {
  const [[y0, x0, y1, x1]] = [box];
  let counted = 0;
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) counted += disc.data[y * 17 + x] as number;
  expect(areaInBox(shape, [y0, x0, y1, x1])).toBe(counted);
});

test("a cell belongs to one of two boxes side by side, and to neither when it is cut in halves", () => {
  expect([isMostlyIn(shape, [0, 0, 17, 9]), isMostlyIn(shape, [0, 9, 17, 17])]).toEqual([true, false]);
  const even = labelImage(2, 4, Int32Array.of(0, 1, 1, 0, 0, 1, 1, 0));
  const square = objectShapesFromLabels(even).get(1)!;
  expect([isMostlyIn(square, [0, 0, 2, 2]), isMostlyIn(square, [0, 2, 2, 4])]).toEqual([false, false]);
});
