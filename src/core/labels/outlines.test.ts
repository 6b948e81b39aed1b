import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf, randomLabels } from "#testing/index.ts";
import {
  labelsFromRuns,
  labelsToOutlines,
  labelsToRuns,
  type OutlineRing,
  regionProperties,
} from "./index.ts";

/** Whether a pixel centre lies inside the rings, by counting crossings of a ray to the left. */
function isInside(rings: readonly OutlineRing[], y: number, x: number): boolean {
  let crossings = 0;
  for (const { points } of rings) {
    for (let k = 0; k < points.length; k += 2) {
      const [y0, x0] = [points[k] as number, points[k + 1] as number];
      const next = (k + 2) % points.length;
      const y1 = points[next] as number;
      if (Math.min(y0, y1) < y && y < Math.max(y0, y1) && x0 < x) crossings++;
    }
  }
  return crossings % 2 === 1;
}

/** Signed area: positive clockwise as seen with y downwards. */
function ringArea({ points }: OutlineRing): number {
  let sum = 0;
  for (let k = 0; k < points.length; k += 2) {
    const next = (k + 2) % points.length;
    sum +=
      (points[k + 1] as number) * (points[next] as number) -
      (points[next + 1] as number) * (points[k] as number);
  }
  return sum / 2;
}

describe("labelsToOutlines", () => {
  test("one pixel is a square around its centre", () => {
    expect(labelsToOutlines(labelsOf("...", ".7.")).get(7)).toEqual([
      { hole: false, points: Float32Array.of(0.5, 0.5, 0.5, 1.5, 1.5, 1.5, 1.5, 0.5) },
    ]);
  });
  test("a ring has an outer and an inner outline; corners only", () => {
    const rings = labelsToOutlines(labelsOf("111", "1.1", "111")).get(1);
    expect(rings?.map(({ hole, points }) => [hole, points.length])).toEqual([
      [false, 8],
      [true, 8],
    ]);
  });
  test("pixels that meet at a corner share one ring", () => {
    expect(labelsToOutlines(labelsOf("1.", ".1")).get(1)?.length).toBe(1);
  });
  test("law: filling the rings gives the object back, and the areas add up", () =>
    forSeeds(200, (random) => {
      const labels = randomLabels(random, 12, 3);
      for (const [label, rings] of labelsToOutlines(labels)) {
        let area = 0;
        labels.data.forEach((value, i) => {
          const [y, x] = [Math.floor(i / labels.width), i % labels.width];
          expect(isInside(rings, y, x)).toBe(value === label);
          if (value === label) area++;
        });
        expect(rings.reduce((sum, ring) => sum + ringArea(ring), 0)).toBe(area);
        for (const ring of rings) expect(ring.hole).toBe(ringArea(ring) < 0);
      }
    }));
});

describe("label runs", () => {
  test("are pairs of value and length across rows", () => {
    expect(labelsToRuns(labelsOf("..1", "122"))).toEqual([0, 2, 1, 2, 2, 2]);
  });
  test("law: back and forth is the identity", () =>
    forSeeds(100, (random) => {
      const labels = randomLabels(random);
      expect(labelsFromRuns(labels.height, labels.width, labelsToRuns(labels))).toEqual(labels);
    }));
  test.each([[[0, 3]], [[0, 5]], [[0, 4, 1]], [[-1, 4]], [[1.5, 4]], [[1, 0, 1, 4]]])(
    "refuses %j for four pixels",
    (runs) => {
      expect(() => labelsFromRuns(2, 2, runs)).toThrow(expect.objectContaining({ code: "label.invalid" }));
    },
  );
});

describe("regionProperties", () => {
  test("of a square and a neighbour", () => {
    const labels = labelsOf(".....", ".11.2", ".11.2", ".....");
    const light = {
      dtype: "uint8",
      height: 4,
      width: 5,
      data: Uint8Array.from({ length: 20 }, (_, i) => i),
    } as const;
    const [square, bar] = regionProperties(labels, light);
    // Contour of a 2 x 2 square at one half: four sides of 1 and four cut corners of sqrt(1/2).
    expect(square).toMatchObject({
      label: 1,
      areaPx: 4,
      centroid: { y: 1.5, x: 1.5 },
      bbox: [1, 1, 3, 3],
      meanIntensity: 9,
    });
    expect(square?.perimeterPx).toBeCloseTo(4 + 4 * Math.SQRT1_2, 12);
    expect(bar).toMatchObject({
      label: 2,
      areaPx: 2,
      centroid: { y: 1.5, x: 4 },
      bbox: [1, 4, 3, 5],
      meanIntensity: 11.5,
    });
  });
  test("perimeter of a disk of radius 20 is near its circumference", () => {
    const rows = Array.from({ length: 45 }, (_, y) =>
      Array.from({ length: 45 }, (_, x) => ((y - 22) ** 2 + (x - 22) ** 2 <= 400 ? "1" : ".")).join(""),
    );
    const perimeter = regionProperties(labelsOf(...rows))[0]?.perimeterPx ?? 0;
    expect(perimeter / (2 * Math.PI * 20)).toBeGreaterThan(0.99);
    expect(perimeter / (2 * Math.PI * 20)).toBeLessThan(1.08);
  });
  test("law: areas, centroids and boxes are those of the pixels", () =>
    forSeeds(100, (random) => {
      const labels = randomLabels(random);
      for (const { label, areaPx, centroid, bbox } of regionProperties(labels)) {
        const ys: number[] = [];
        const xs: number[] = [];
        labels.data.forEach((value, i) => {
          if (value !== label) return;
          ys.push(Math.floor(i / labels.width));
          xs.push(i % labels.width);
        });
        expect(areaPx).toBe(ys.length);
        expect(centroid.y).toBeCloseTo(ys.reduce((a, b) => a + b) / ys.length, 9);
        expect(centroid.x).toBeCloseTo(xs.reduce((a, b) => a + b) / xs.length, 9);
        expect(bbox).toEqual([Math.min(...ys), Math.min(...xs), Math.max(...ys) + 1, Math.max(...xs) + 1]);
      }
    }));
  test("an empty image has none", () => {
    expect(regionProperties(labelsOf("..", ".."))).toEqual([]);
    expect(pictureOf(labelsOf(".."))).toEqual([".."]);
  });
});
