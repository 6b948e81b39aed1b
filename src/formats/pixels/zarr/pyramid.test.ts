import { expect, test } from "vitest";
import { type Dtype, imageArray, typedArray } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { halveByMean } from "./pyramid.ts";

/** Mean of what is there of each square of 2 x 2, rounded half up. */
function slowly(data: ArrayLike<number>, planes: number, height: number, width: number): number[] {
  const out: number[] = [];
  for (let p = 0; p < planes; p++)
    for (let y = 0; y < height; y += 2)
      for (let x = 0; x < width; x += 2) {
        const values: number[] = [];
        for (const [dy, dx] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const)
          if (y + dy < height && x + dx < width)
            values.push(data[(p * height + y + dy) * width + x + dx] as number);
        out.push(Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length + 0.5));
      }
  return out;
}

const ranges: readonly (readonly [Dtype, number, number])[] = [
  ["uint8", 0, 255],
  ["int8", -128, 127],
  ["uint16", 0, 65_535],
  ["int16", -32_768, 32_767],
  ["uint32", 0, 2 ** 32 - 1],
  ["int32", -(2 ** 31), 2 ** 31 - 1],
];

test.each(ranges)("%s: means of squares, rounded half up, at odd edges too", (dtype, low, high) => {
  const random = rng(dtype);
  for (const [planes, height, width] of [
    [1, 1, 1],
    [2, 5, 7],
    [1, 8, 6],
    [3, 1, 9],
    [1, 9, 1],
    [2, 4, 3],
  ] as const) {
    const data = typedArray(dtype, planes * height * width);
    for (let i = 0; i < data.length; i++)
      data[i] = random.chance(0.2) ? high : low + Math.floor(random.next() * (high - low));
    const small = halveByMean(imageArray(dtype, "cyx", [planes, height, width], data as never));
    expect(small.shape).toEqual([planes, Math.ceil(height / 2), Math.ceil(width / 2)]);
    expect([...small.data]).toEqual(slowly(data, planes, height, width));
  }
});
