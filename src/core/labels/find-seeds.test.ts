import { describe, expect, test } from "vitest";
import { forSeeds, maskOf, pictureOf } from "#testing/index.ts";
import { labelImage, type Plane, plane } from "../array/index.ts";
import { findSeeds } from "./index.ts";

const row = (...values: number[]): Plane<"float32"> =>
  plane("float32", 1, values.length, Float32Array.from(values));

/**
 * Peaks by the definition: a maximum (highest, then first in scan order of its plateau) counts when every way from it to
 * anything higher dips below it by more than the prominence; at equal height the earlier one is the higher.
 */
function slowPeaks(image: Plane<"float32">, threshold: number, prominence: number): number[] {
  const { height, width, data } = image;
  const isHigher = (a: number, b: number): boolean =>
    (data[a] as number) > (data[b] as number) || (data[a] === data[b] && a < b);
  const peaks: number[] = [];
  for (let start = 0; start < data.length; start++) {
    if ((data[start] as number) < threshold) continue;
    // Everything that can be reached without going more than the prominence below the start.
    const floor = Math.max(threshold, (data[start] as number) - prominence);
    const seen = new Set([start]);
    const stack = [start];
    let standsOut = true;
    while (stack.length > 0) {
      const at = stack.pop() as number;
      if (isHigher(at, start)) standsOut = false;
      const [y, x] = [Math.floor(at / width), at % width];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (seen.has(next) || (data[next] as number) < floor) continue;
          seen.add(next);
          stack.push(next);
        }
      }
    }
    if (standsOut) peaks.push(start);
  }
  return peaks.sort((a, b) => (data[b] as number) - (data[a] as number) || a - b);
}

describe("findSeeds", () => {
  test("each hill has one seed, by height", () => {
    expect(pictureOf(findSeeds(row(0, 5, 1, 9, 2, 7, 0)))).toEqual([".3.1.2."]);
  });
  test("a ripple on a slope is none when prominence asks for more", () => {
    const slope = row(0, 3, 2.5, 6, 9, 0);
    expect(pictureOf(findSeeds(slope))).toEqual([".2..1."]);
    expect(pictureOf(findSeeds(slope, { prominence: 0.5 }))).toEqual(["....1."]);
  });
  test("a plateau is one seed, all of it", () => {
    expect(pictureOf(findSeeds(row(1, 4, 4, 4, 1)))).toEqual([".111."]);
  });
  test("low hills and hills off the mask are none", () => {
    expect(pictureOf(findSeeds(row(0, 5, 1, 9, 2, 7, 0), { threshold: 6 }))).toEqual(["...1.2."]);
    expect(pictureOf(findSeeds(row(0, 5, 1, 9, 2, 7, 0), { mask: maskOf("11100.1") }))).toEqual([".1....2"]);
  });
  test("of near peaks the highest stays", () => {
    const peaks = row(0, 5, 0, 9, 0, 7, 0);
    expect(pictureOf(findSeeds(peaks, { distancePx: 3 }))).toEqual(["...1..."]);
    expect(pictureOf(findSeeds(peaks, { distancePx: 2 }))).toEqual([".3.1.2."]);
    expect(pictureOf(findSeeds(row(0, 5, 0, 6, 0, 7, 0), { distancePx: 3 }))).toEqual([".2...1."]);
  });
  test("law: peaks are those of the definition", () =>
    forSeeds(300, (random) => {
      const image = plane("float32", 1 + random.int(8), 1 + random.int(8));
      for (let i = 0; i < image.data.length; i++) image.data[i] = random.int(7);
      const [threshold, prominence] = [random.int(3), random.int(4)];
      const seeds = findSeeds(image, { threshold, prominence });
      const expected = slowPeaks(image, threshold, prominence);
      const count = Math.max(0, ...seeds.data);
      expect(count).toBe(expected.length);
      expected.forEach((peak, k) => {
        expect(seeds.data[peak]).toBe(k + 1);
      });
      seeds.data.forEach((label, i) => {
        if (label > 0) expect(image.data[i]).toBe(image.data[expected[label - 1] as number]);
      });
    }));
  test("an empty mask gives no seeds", () => {
    expect(findSeeds(row(1, 2), { mask: maskOf("..") }).data).toEqual(labelImage(1, 2).data);
  });
});
