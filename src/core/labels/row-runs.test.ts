import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { gapRuns, objectRuns, type RowRuns } from "./row-runs.ts";

type Run = readonly [y: number, x0: number, x1: number, value: number];

/** Cut at every change of value, pixel by pixel. */
function slowRuns(data: ArrayLike<number>, height: number, width: number): Run[] {
  const runs: Run[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x] as number;
      const last = runs.at(-1);
      if (last !== undefined && last[0] === y && last[3] === value)
        runs[runs.length - 1] = [y, last[1], x + 1, value];
      else runs.push([y, x, x + 1, value]);
    }
  }
  return runs;
}

const listOf = ({ runs, values }: RowRuns): Run[] =>
  Array.from(values, (value, r) => [
    runs[3 * r] as number,
    runs[3 * r + 1] as number,
    runs[3 * r + 2] as number,
    value,
  ]);

const rowsOf = ({ values, runs, rowStarts }: RowRuns): boolean =>
  rowStarts.at(-1) === values.length &&
  rowStarts.every(
    (start, y) =>
      start === values.findIndex((_, r) => (runs[3 * r] as number) >= y) || start === values.length,
  );

describe("objectRuns", () => {
  test("law: bytes at any offset in memory, of any width and value, are cut where the value changes", () =>
    forSeeds(400, (random) => {
      const [height, width, offset] = [1 + random.int(5), 1 + random.int(40), random.int(8)];
      const data = new Uint8Array(offset + height * width + random.int(4)).subarray(
        offset,
        offset + height * width,
      );
      for (let i = 0; i < data.length; i++) {
        data[i] =
          i > 0 && random.chance(0.85)
            ? (data[i - 1] as number)
            : ([0, 1, 128, 255][random.int(4)] as number);
      }
      const found = objectRuns({ dtype: "uint8", height, width, data });
      expect(listOf(found)).toEqual(slowRuns(data, height, width).filter((run) => run[3] !== 0));
      expect(rowsOf(found)).toBe(true);
    }));

  test("law: labels, negative ones and the largest too", () =>
    forSeeds(200, (random) => {
      const [height, width] = [1 + random.int(5), 1 + random.int(20)];
      const data = Int32Array.from(
        { length: height * width },
        () => [0, 0, 7, -1, 2 ** 31 - 1][random.int(5)] as number,
      );
      const found = objectRuns({ dtype: "int32", height, width, data });
      expect(listOf(found)).toEqual(slowRuns(data, height, width).filter((run) => run[3] !== 0));
    }));

  test("more runs than the list holds at first", () => {
    const [height, width] = [100, 201];
    const data = Uint8Array.from({ length: height * width }, (_, i) => (i % width) % 2);
    const { values, runs } = objectRuns({ dtype: "uint8", height, width, data });
    expect(values.length).toBe(100 * 100);
    expect([...runs.slice(-3)]).toEqual([99, 199, 200]);
  });
});

describe("gapRuns", () => {
  test("law: background is what is 0 or below, whatever values it has", () =>
    forSeeds(200, (random) => {
      const [height, width] = [1 + random.int(5), 1 + random.int(20)];
      const data = Int32Array.from(
        { length: height * width },
        () => [0, 0, 7, 3, -1, -2][random.int(6)] as number,
      );
      const found = gapRuns(objectRuns({ dtype: "int32", height, width, data }), width);
      const isBackground = data.map((value) => (value <= 0 ? 1 : 0));
      const expected = slowRuns(isBackground, height, width).filter((run) => run[3] === 1);
      expect(listOf(found)).toEqual(expected.map(([y, x0, x1]) => [y, x0, x1, 0]));
      expect(rowsOf(found)).toBe(true);
    }));
});
