import { describe, expect, test } from "vitest";
import { labelsOf, makeSyntheticCells, pictureOf } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import { scoreSegmentation } from "../metrics/index.ts";
import { labelsFromStarPolygons, type StarTargets, starTargets } from "./index.ts";

const disk = (side: number, radius: number): ReturnType<typeof labelImage> => {
  const labels = labelImage(side, side);
  const c = (side - 1) / 2;
  for (let i = 0; i < labels.data.length; i++) {
    if ((Math.floor(i / side) - c) ** 2 + ((i % side) - c) ** 2 <= radius ** 2) labels.data[i] = 1;
  }
  return labels;
};

describe("starTargets", () => {
  test("from the middle of a disk every ray is the radius", () => {
    const { distances, probability } = starTargets(disk(41, 15), { rays: 16 });
    const centre = 20 * 41 + 20;
    // Pixels are the limit: a rim of staircase lies within one pixel of the circle through the last centres.
    for (let k = 0; k < 16; k++) expect(Math.abs(distances[k * 41 * 41 + centre]! - 15.5)).toBeLessThan(1);
    expect(probability.data[centre]).toBe(1);
    expect(probability.data[0]).toBe(0);
  });

  test("the four rays of a rectangle: half a pixel beyond the last centre, by hand", () => {
    const { distances } = starTargets(labelsOf("......", ".1111.", ".1111."), { rays: 4 });
    const at = 1 * 6 + 2;
    // +x: columns 3, 4; +y: row 2 and the edge of the image; -x: column 1; -y: nothing.
    expect([0, 1, 2, 3].map((k) => distances[k * 18 + at])).toEqual([2.5, 1.5, 1.5, 0.5]);
  });
});

const oneSquare = (...probabilities: readonly [at: number, value: number][]): StarTargets => {
  const probability = new Float32Array(49);
  for (const [at, value] of probabilities) probability[at] = value;
  return {
    probability: { dtype: "float32", height: 7, width: 7, data: probability },
    distances: new Float32Array(4 * 49).fill(2.5),
    rays: 4,
    grid: 1,
  };
};

describe("labelsFromStarPolygons", () => {
  test("a diamond by hand", () => {
    const { labels, probabilities } = labelsFromStarPolygons(oneSquare([24, 0.9]), { height: 7, width: 7 });
    expect(pictureOf(labels)).toEqual([
      ".......",
      "...1...",
      "..111..",
      ".11111.",
      "..111..",
      "...1...",
      ".......",
    ]);
    expect(probabilities[0]).toBeCloseTo(0.9, 6);
  });

  test("of two polygons one pixel apart the more probable stays; far apart both stay, clipped by the image", () => {
    const size = { height: 7, width: 7 };
    expect(labelsFromStarPolygons(oneSquare([24, 0.8], [25, 0.9]), size).probabilities).toHaveLength(1);
    const apart = labelsFromStarPolygons(oneSquare([0, 0.8], [48, 0.9]), size);
    expect(apart.labels.data[48]).toBe(1);
    expect(apart.labels.data[0]).toBe(2);
    const all = { probabilityThreshold: 0.5, overlapMax: 1, edgePoints: 0 };
    expect(labelsFromStarPolygons(oneSquare([24, 0.8], [25, 0.9]), size, all).probabilities).toHaveLength(2);
    expect(
      labelsFromStarPolygons(oneSquare([0, 0.8]), size, { ...all, edgePoints: 1 }).probabilities,
    ).toHaveLength(0);
  });

  test.each([1, 2])(
    "labels -> rays -> labels at grid %i: every cell again at IoU 0.8, F1@0.9 at least 0.95",
    (grid) => {
      // Grid 2 halves the places an object can be described from; ellipses are star-convex, so little is lost.
      const { labels } = makeSyntheticCells({ height: 300, width: 300, seed: 5 });
      const found = labelsFromStarPolygons(starTargets(labels, { rays: 32, grid }), labels).labels;
      const scores = scoreSegmentation(labels, found);
      expect(scores.byThreshold.find((one) => one.threshold === 0.8)?.f1).toBe(1);
      expect(scores.byThreshold.find((one) => one.threshold === 0.9)?.f1).toBeGreaterThanOrEqual(0.95);
    },
  );

  test("NaN, wrong number of rays, and rays without end are coded errors or bounded", () => {
    const size = { height: 7, width: 7 };
    const bad = oneSquare([24, Number.NaN]);
    expect(() => labelsFromStarPolygons(bad, size)).toThrowError(
      expect.objectContaining({ code: "array.nan" }),
    );
    expect(() => labelsFromStarPolygons({ ...oneSquare(), rays: 5 }, size)).toThrowError(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
    const endless = oneSquare([24, 0.9]);
    endless.distances.fill(1e30);
    expect(new Set(labelsFromStarPolygons(endless, size).labels.data)).toEqual(new Set([1]));
  });
});
