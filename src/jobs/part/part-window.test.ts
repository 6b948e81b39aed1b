import { expect, test } from "vitest";
import { partWindow } from "./part-window.ts";

const large = { height: 4000, width: 3000 };

test("the model sees beyond the box on all sides, at least a screenful", () => {
  expect(partWindow([1000, 1000, 1100, 1200], large, 44)).toEqual([538, 588, 1562, 1612]);
  expect(partWindow([1000, 1000, 2500, 1200], large, 44)).toEqual([872, 588, 2628, 1612]);
  expect(partWindow([1000, 1000, 2500, 1200], large, 300)).toEqual([700, 588, 2800, 1612]);
});

test("at the border the window is moved inwards, not made smaller", () => {
  expect(partWindow([0, 2950, 50, 3000], large, 44)).toEqual([0, 1976, 1024, 3000]);
});

test("a small image is seen whole", () => {
  expect(partWindow([10, 10, 20, 20], { height: 512, width: 640 }, 44)).toEqual([0, 0, 512, 640]);
});

test.each([
  [[-1, 0, 10, 10], "request.invalid"],
  [[0, 0, 10, 3001], "request.invalid"],
  [[10, 10, 10, 20], "request.invalid"],
  [[0, 0, 2049, 10], "limit.pixels"],
] as const)("%j is refused with %s", ([y0, x0, y1, x1], code) => {
  expect(() => partWindow([y0, x0, y1, x1], large, 44)).toThrow(expect.objectContaining({ code }));
});
