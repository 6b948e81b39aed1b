import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { onlySaid, widthLike } from "./image-fit.ts";

test("what is as the model does is not said", () => {
  expect(onlySaid({ touching: 0, faint: -1, diameterPx: undefined })).toEqual({ faint: -1 });
  expect(onlySaid({ touching: 0 })).toBe(onlySaid({}));
});

test("the width of cells is that of circles with their areas", () => {
  const labels = labelImage(40, 40);
  // 10 x 10 pixels: a circle 11.3 across; 20 x 20: 22.6.
  for (let y = 0; y < 10; y++) labels.data.fill(1, y * 40, y * 40 + 10);
  for (let y = 15; y < 35; y++) labels.data.fill(2, y * 40 + 15, y * 40 + 35);
  const shapes = [...objectShapesFromLabels(labels).values()];
  expect(widthLike(shapes.slice(0, 1))).toBe(11);
  expect(widthLike(shapes)).toBe(17);
  expect(widthLike([])).toBeNull();
});
