/** Gates, bars, marks, orders and packing, against brute force and by hand. */

import { describe, expect, test } from "vitest";
import { type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { maskOf } from "#testing/index.ts";
import { rampColour, unknownColour } from "./colour-ramp.ts";
import { insideRing, rowsInRanges, rowsInRing } from "./gate.ts";
import { packShapes, unpackShapes } from "./pack-shapes.ts";
import { binRows, extentOf, rankValue, roundMarks, shortNumber, sortRows } from "./plot-scale.ts";

const all = (values: Float64Array): number[] => [...values.keys()];

describe("gates", () => {
  test("a ring around points: a concave line, and unknown values outside", () => {
    // A "U": the notch between its arms is outside.
    const ring = [
      { x: 0, y: 0 },
      { x: 6, y: 0 },
      { x: 6, y: 6 },
      { x: 4, y: 6 },
      { x: 4, y: 2 },
      { x: 2, y: 2 },
      { x: 2, y: 6 },
      { x: 0, y: 6 },
    ];
    const xs = Float64Array.of(1, 3, 5, 3, 7, Number.NaN);
    const ys = Float64Array.of(5, 5, 5, 1, 1, 1);
    expect(rowsInRing(ring, xs, ys, all(xs))).toEqual([0, 2, 3]);
    expect(rowsInRing(ring.slice(0, 2), xs, ys, all(xs))).toEqual([]);
  });

  test("inside a triangle is what three half planes say", () => {
    const random = rng(3, "ring");
    for (let k = 0; k < 300; k++) {
      const ring = Array.from({ length: 3 }, () => ({ x: random.uniform(0, 9), y: random.uniform(0, 9) }));
      const at = { x: random.uniform(0, 9), y: random.uniform(0, 9) };
      const sides = ring.map((a, i) => {
        const b = ring[(i + 1) % 3] as typeof a;
        return Math.sign((b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x));
      });
      expect(insideRing(ring, at)).toBe(Math.abs(sides.reduce((x, y) => x + y, 0)) === 3);
    }
  });

  test("ranges hold their ends and no unknown value", () => {
    const values = Float64Array.of(1, 2, 3, Number.NaN, 4);
    const range = { from: 2, to: 3 };
    expect(rowsInRanges([{ values, range }], all(values))).toEqual([1, 2]);
    const other = { values: Float64Array.of(0, 0, 9, 0, 0), range: { from: 5, to: Infinity } };
    expect(rowsInRanges([{ values, range }, other], all(values))).toEqual([2]);
  });
});

describe("plots", () => {
  test("bars count every known value once, the largest too", () => {
    const values = Float64Array.of(0, 1, 2, 3, 4, Number.NaN);
    const range = extentOf(values, all(values));
    expect(range).toEqual({ from: 0, to: 4 });
    const bins = binRows(values, all(values), range as { from: number; to: number }, 4);
    expect([...bins.counts]).toEqual([1, 1, 1, 2]);
    expect(bins.unknown).toBe(1);
  });

  test("a constant has room around it, nothing has no extent", () => {
    expect(extentOf(Float64Array.of(4, 4), [0, 1])).toEqual({ from: 2, to: 6 });
    expect(extentOf(Float64Array.of(0), [0])).toEqual({ from: -0.5, to: 0.5 });
    expect(extentOf(Float64Array.of(Number.NaN), [0])).toBeNull();
  });

  test("marks are round and inside", () => {
    expect(roundMarks({ from: 0, to: 10 })).toEqual([0, 2, 4, 6, 8, 10]);
    expect(roundMarks({ from: 0.03, to: 0.41 })).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect(roundMarks({ from: -1.2, to: 1.3 })).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(roundMarks({ from: 5, to: 5 })).toEqual([]);
  });

  test("numbers are short", () => {
    expect([0.0123456, 12_345.6, Number.NaN, 3, 1e12].map(shortNumber)).toEqual([
      "0.01235",
      "12,346",
      "–",
      "3",
      "1.00e+12",
    ]);
  });

  test("rows in order; unknown ones last both ways", () => {
    const values = Float64Array.of(2, Number.NaN, 1, 2, 3);
    expect(sortRows([0, 1, 2, 3, 4], values, false)).toEqual([2, 0, 3, 4, 1]);
    expect(sortRows([0, 1, 2, 3, 4], values, true)).toEqual([4, 0, 3, 2, 1]);
    expect(rankValue(values, [0, 1, 2, 3, 4], 1)).toBe(3);
    expect(rankValue(values, [1], 0.5)).toBeNaN();
  });
});

test("the ramp grows lighter all the way", () => {
  const light = (share: number): number => {
    const [r, g, b] = rampColour(share);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let i = 0; i < 100; i++) expect(light((i + 1) / 100)).toBeGreaterThan(light(i / 100));
  expect(rampColour(7)).toEqual(rampColour(1));
  expect(rampColour(Number.NaN)).toEqual(unknownColour);
});

test("shapes packed and unpacked are the same", () => {
  const shapes = [
    objectShapeFromMask(maskOf("1.1", "111", ".1."), { t: 3, z: 1, y: 5, x: 7 }),
    objectShapeFromMask(maskOf("1"), { y: 900, x: 2 }),
    objectShapeFromMask(maskOf("11111111", "10000001")),
  ] as ObjectShape[];
  expect(unpackShapes(packShapes(shapes))).toEqual(shapes);
  expect(unpackShapes(packShapes([]))).toEqual([]);
});
