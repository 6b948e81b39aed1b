import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, maskOf, randomLabels } from "#testing/index.ts";
import type { LabelImage, Mask } from "../array/index.ts";
import { distanceTransform } from "./index.ts";

/** Straight from the definition, every pixel against every other. */
function slowDistance(labels: LabelImage, closed: boolean): number[] {
  const { height, width, data } = labels;
  const at = (y: number, x: number): number | undefined =>
    y < 0 || x < 0 || y >= height || x >= width ? undefined : data[y * width + x];
  return Array.from(data, (label, i) => {
    if (label === 0) return 0;
    const [py, px] = [Math.floor(i / width), i % width];
    let best = Infinity;
    for (let y = -1; y <= height; y++) {
      for (let x = -1; x <= width; x++) {
        const other = at(y, x);
        if (other === undefined ? !closed : other === label) continue;
        best = Math.min(best, (y - py) ** 2 + (x - px) ** 2);
      }
    }
    return Math.fround(Math.sqrt(best));
  });
}

describe("distanceTransform", () => {
  test("a square of five: rings of distance", () => {
    const square = maskOf(".......", ".11111.", ".11111.", ".11111.", ".11111.", ".11111.", ".......");
    const rows = [...distanceTransform(square).data].slice(21, 28);
    expect(rows).toEqual([0, 1, 2, 3, 2, 1, 0]);
  });

  test("touching objects are each other's border", () => {
    expect([...distanceTransform(labelsOf(".112233.")).data]).toEqual([0, 1, 1, 1, 1, 1, 1, 0]);
  });

  test("a corner gives the diagonal", () => {
    const data = [...distanceTransform(maskOf(".11", "111", "111")).data];
    expect(data[4]).toBeCloseTo(Math.SQRT2, 6);
    expect(data[8]).toBeCloseTo(Math.sqrt(8), 6);
  });

  test("the image's edge is border only when closed", () => {
    expect([...distanceTransform(maskOf("111")).data]).toEqual([Infinity, Infinity, Infinity]);
    expect([...distanceTransform(maskOf("111", "111", "111"), { edge: "closed" }).data]).toEqual([
      1, 1, 1, 1, 2, 1, 1, 1, 1,
    ]);
  });

  test("law: equals the definition on label images, open and closed", () =>
    forSeeds(400, (random) => {
      const labels = randomLabels(random, 16, 3);
      expect([...distanceTransform(labels).data]).toEqual(slowDistance(labels, false));
      expect([...distanceTransform(labels, { edge: "closed" }).data]).toEqual(slowDistance(labels, true));
    }));

  test("law: far borders: nearest of a few holes in a wide plane, looked for one by one", () =>
    forSeeds(10, (random) => {
      const [height, width] = random.chance(0.5) ? [30, 1500] : [700, 40];
      const mask: Mask = { dtype: "uint8", height, width, data: new Uint8Array(height * width).fill(1) };
      const holes = Array.from(
        { length: 1 + random.int(5) },
        () => [random.int(height), random.int(width)] as const,
      );
      for (const [y, x] of holes) mask.data[y * width + x] = 0;
      const nearest = Float32Array.from(mask.data, (_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return Math.sqrt(Math.min(...holes.map(([hy, hx]) => (hy - y) ** 2 + (hx - x) ** 2)));
      });
      expect(distanceTransform(mask).data).toEqual(nearest);
    }));

  test("the longest row there may be: distances of millions of pixels stay exact", () => {
    const width = 2 ** 22;
    const mask: Mask = { dtype: "uint8", height: 1, width, data: new Uint8Array(width).fill(1) };
    mask.data[width - 1] = 0;
    const { data } = distanceTransform(mask);
    expect([data[0], data[1], data[width - 2]]).toEqual([width - 1, width - 2, 1]);
  });
});
