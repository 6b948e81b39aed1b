/** Outline pixels against a picture drawn by hand. */

import { expect, test } from "vitest";
import { labelImage } from "../array/index.ts";
import { forEachOutlinePixel } from "./outline-pixels.ts";

test("the rim of each object, open where the image ends", () => {
  const rows = [
    [1, 1, 1, 1, 0],
    [1, 1, 1, 1, 2],
    [1, 1, 1, 1, 2],
    [0, 0, 0, 0, 2],
  ];
  const image = labelImage(4, 5, Int32Array.from(rows.flat()));
  const seen: number[] = [];
  forEachOutlinePixel(image, (index) => seen.push(index));
  const drawn = rows.map((row, y) => row.map((_, x) => (seen.includes(y * 5 + x) ? 1 : 0)));
  expect(drawn).toEqual([
    [0, 0, 0, 1, 0],
    [0, 0, 0, 1, 1],
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 1],
  ]);
});
