/** The grid shows each crop where it belongs, in one grey scale, with outlines when asked for. */
import { expect, test } from "vitest";
import { labelImage, plane } from "#core/array/index.ts";
import type { AugmentSampleCrop } from "#nn/index.ts";
import { drawSampleGrid } from "./sample-grid.ts";

const tile = (value: number, channels = 1): AugmentSampleCrop => ({
  planes: Array.from({ length: channels }, () => plane("float32", 4, 4, new Float32Array(16).fill(value))),
  labels: [labelImage(4, 4, [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1])],
  made: [],
});
const at = (grid: ReturnType<typeof drawSampleGrid>, y: number, x: number): number[] => [
  ...grid.data.subarray(3 * (y * grid.width + x), 3 * (y * grid.width + x) + 3),
];

test("tiles lie in rows, the first apart; values below 0 and above 1 are cut off", () => {
  const grid = drawSampleGrid(
    [
      [tile(0.5), tile(2), tile(-1)],
      [tile(0), tile(1), tile(0.2)],
    ],
    4,
    { outlines: false },
  );
  expect([grid.height, grid.width]).toEqual([10, 4 + 8 + 4 + 2 + 4]);
  expect(at(grid, 0, 0)).toEqual([128, 128, 128]);
  expect(at(grid, 0, 12)).toEqual([255, 255, 255]);
  expect(at(grid, 3, 18)).toEqual([0, 0, 0]);
  expect(at(grid, 6, 18)).toEqual([51, 51, 51]);
  expect(at(grid, 4, 0)).toEqual(at(grid, 0, 5));
});

test("outlines are drawn inside objects, not on background; two channels are blue and green", () => {
  const grid = drawSampleGrid([[tile(1, 2)]], 4, { outlines: true });
  expect(at(grid, 0, 0)).toEqual([89, 255, 255]);
  expect(at(grid, 1, 1)).toEqual([255, 140, 26]);
  expect(at(grid, 2, 2)).not.toEqual([255, 140, 26]);
});
