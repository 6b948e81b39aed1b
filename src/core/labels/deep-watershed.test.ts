import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, makeSyntheticCells, pictureOf, randomLabels } from "#testing/index.ts";
import { labelImage, type Plane, plane } from "../array/index.ts";
import { scoreSegmentation } from "../metrics/index.ts";
import { geodesicCost } from "./geodesic.ts";
import {
  connectedComponents,
  type DeepWatershedPlanes,
  deepWatershedTargets,
  defaultDeepWatershedParams,
  labelsFromDeepWatershed,
} from "./index.ts";

const exact = {
  ...defaultDeepWatershedParams,
  smoothingPx: 0,
  seedProminence: 0,
  seedThreshold: 0,
  areaPxMin: 1,
};

describe("geodesicCost", () => {
  test("law: equals relaxing every pair until nothing changes", () =>
    forSeeds(150, (random) => {
      const labels = randomLabels(random, 10, 3);
      const { width, data } = labels;
      const price = Float32Array.from(data, () => 0.25 + random.int(8) / 8);
      const sources = Int32Array.from([random.int(data.length)]);
      const cost = new Float32Array(data.length).fill(Infinity);
      cost[sources[0] as number] = 0;
      for (let round = 0; round < data.length; round++) {
        for (let i = 0; i < data.length; i++) {
          for (let j = 0; j < data.length; j++) {
            const dy = Math.abs(Math.floor(i / width) - Math.floor(j / width));
            const dx = Math.abs((i % width) - (j % width));
            if (Math.max(dy, dx) !== 1 || data[i] !== data[j] || data[i] === 0) continue;
            const step = (dy + dx === 2 ? Math.SQRT1_2 : 0.5) * ((price[i] as number) + (price[j] as number));
            cost[j] = Math.min(cost[j] as number, (cost[i] as number) + step);
          }
        }
        if (round > 2 * width + 20) break;
      }
      const found = geodesicCost(labels, price, sources);
      cost.forEach((value, i) => {
        if (value === Infinity) expect(found[i]).toBe(Infinity);
        else expect(found[i]).toBeCloseTo(value, 4);
      });
    }));
});

describe("deepWatershedTargets", () => {
  // Tolerances: the way is a sum over whole pixels of a disk whose rim is a staircase.
  test("a round cell is a cone: depth over radius", () => {
    const radius = 20;
    const labels = labelImage(51, 51);
    for (let i = 0; i < labels.data.length; i++) {
      if ((Math.floor(i / 51) - 25) ** 2 + ((i % 51) - 25) ** 2 <= radius ** 2) labels.data[i] = 1;
    }
    const { innerDistance } = deepWatershedTargets(labels);
    expect(innerDistance.data[25 * 51 + 25]).toBe(1);
    for (const r of [4, 8, 12, 16]) {
      expect(Math.abs((innerDistance.data[25 * 51 + 25 + r] as number) - (1 - r / 21))).toBeLessThan(0.04);

      const d = Math.round(r * Math.SQRT1_2);
      expect(
        Math.abs((innerDistance.data[(25 + d) * 51 + 25 + d] as number) - (1 - (d * Math.SQRT2) / 21)),
      ).toBeLessThan(0.05);
    }
    expect(innerDistance.data[0]).toBe(0);
  });

  test("law: every piece has exactly one top, of height 1, and every pixel has a higher neighbour in its piece", () =>
    forSeeds(200, (random) => {
      const labels = randomLabels(random, 16, 4);
      const { innerDistance, foreground, weight } = deepWatershedTargets(labels);
      const pieces = connectedComponents(labels);
      const { width, height } = labels;
      const tops = new Map<number, number>();
      pieces.data.forEach((piece, i) => {
        expect(foreground.data[i]).toBe(piece > 0 ? 1 : 0);
        const value = innerDistance.data[i] as number;
        const w = weight.data[i] as number;
        expect(w).toBeGreaterThanOrEqual(1);
        expect(w).toBeLessThanOrEqual(2);
        if (piece === 0) {
          expect(value).toBe(0);
          return;
        }
        expect(value).toBeGreaterThan(0);
        if (value === 1) tops.set(piece, (tops.get(piece) ?? 0) + 1);
        let higher = value === 1;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            const [y, x] = [Math.floor(i / width) + dy, (i % width) + dx];
            if (y < 0 || x < 0 || y >= height || x >= width || pieces.data[y * width + x] !== piece) continue;
            higher ||= (innerDistance.data[y * width + x] as number) > value;
          }
        }
        expect(higher).toBe(true);
      });
      expect([...tops.values()].every((count) => count === 1)).toBe(true);
      expect(tops.size).toBe(Math.max(0, ...pieces.data));
    }));

  test("weight is 2 where cells touch and 1 far away", () => {
    const { weight } = deepWatershedTargets(labelsOf(".111222.............."));
    expect([...weight.data.subarray(2, 6)]).toEqual([2, 2, 2, 2]);
    expect(weight.data[20]).toBe(1);
    expect([...deepWatershedTargets(labelsOf(".111.....")).weight.data]).toEqual(new Array(9).fill(1));
  });

  test("a plane that is one cell, and a plane without any", () => {
    expect(Math.max(...deepWatershedTargets(labelsOf("11", "11")).innerDistance.data)).toBe(1);
    expect([...deepWatershedTargets(labelsOf("..")).innerDistance.data]).toEqual([0, 0]);
  });
});

describe("labelsFromDeepWatershed", () => {
  test("a bent cell and its neighbour come back as two, but for a pixel along their border", () => {
    const bent = labelsOf(
      "111111111",
      "111111111",
      "111111111",
      "111..2222",
      "111..2222",
      "111..2222",
      "1111.2222",
      "1111.2222",
    );
    const found = labelsFromDeepWatershed(deepWatershedTargets(bent), exact);
    expect(Math.max(...found.data)).toBe(2);
    expect(found.data.filter((label, i) => label !== bent.data[i]).length).toBeLessThanOrEqual(5);
  });

  test("round trip on generated cells: F1 at least 0.98, packed and of all sizes", () => {
    for (const seed of [1, 2, 3]) {
      const { labels } = makeSyntheticCells({
        height: 256,
        width: 256,
        seed,
        touching: 0.9,
        elongation: [1, 3],
        radiusPx: [4, 14],
        cellCount: 120,
      });
      const found = labelsFromDeepWatershed(deepWatershedTargets(labels));
      const [half] = scoreSegmentation(labels, found).byThreshold;
      expect(half?.referenceCount).toBeGreaterThan(60);
      expect(half?.f1).toBeGreaterThanOrEqual(0.98);
      expect(half?.meanMatchedScore).toBeGreaterThanOrEqual(0.93);
    }
  });

  test("foreground without a centre: kept or dropped, as asked; small things always dropped", () => {
    const foreground = labelsOf("1111.1", "1111..", "1111..");
    const innerDistance = { dtype: "float32", height: 3, width: 6, data: new Float32Array(18) } as const;
    const planes = { innerDistance, foreground };
    const params = { ...defaultDeepWatershedParams, seedThreshold: 0.1 };
    expect(pictureOf(labelsFromDeepWatershed(planes, { ...params, seedless: "keep" }))).toEqual([
      "1111..",
      "1111..",
      "1111..",
    ]);
    expect(pictureOf(labelsFromDeepWatershed(planes, { ...params, seedless: "drop" }))).toEqual([
      "......",
      "......",
      "......",
    ]);
  });

  test("what is foreground on average too little is dropped, holes filled into it included", () => {
    // Two pieces of three pixels: 0.9, 0.8, 0.7 and 0.9, 0.6, 0.6.
    const foreground: Plane<"float32"> = {
      dtype: "float32",
      height: 1,
      width: 7,
      data: Float32Array.of(0.9, 0.8, 0.7, 0, 0.9, 0.6, 0.6),
    };
    const planes = { innerDistance: foreground, foreground };
    const found = (foregroundMeanMin?: number) =>
      pictureOf(labelsFromDeepWatershed(planes, { ...exact, foregroundMeanMin }));
    expect(found()).toEqual(["111.222"]);
    expect(found(0.65)).toEqual(["111.222"]);
    expect(found(0.75)).toEqual(["111...."]);
    expect(found(0.85)).toEqual(["......."]);

    const ring: Plane<"float32"> = {
      dtype: "float32",
      height: 3,
      width: 3,
      data: Float32Array.of(0.9, 0.9, 0.9, 0.9, 0, 0.9, 0.9, 0.9, 0.9),
    };
    const holed = { innerDistance: ring, foreground: ring };
    const filled = (foregroundMeanMin: number) =>
      pictureOf(labelsFromDeepWatershed(holed, { ...exact, holePxMax: 1, foregroundMeanMin }));
    expect(filled(0.79)).toEqual(["111", "111", "111"]);
    expect(filled(0.81)).toEqual(["...", "...", "..."]);
  });

  test("objects are numbered by their first pixel", () => {
    const labels = labelsOf("..7777", "..7777", "3.7777", "3.....", "3.....");
    expect(pictureOf(labelsFromDeepWatershed(deepWatershedTargets(labels), exact))).toEqual([
      "..1111",
      "..1111",
      "2.1111",
      "2.....",
      "2.....",
    ]);
  });
});

describe("unusual maps", () => {
  const planes = (height: number, width: number, inner: number, inside: number): DeepWatershedPlanes => ({
    innerDistance: plane("float32", height, width, new Float32Array(height * width).fill(inner)),
    foreground: plane("float32", height, width, new Float32Array(height * width).fill(inside)),
  });
  const params = { ...defaultDeepWatershedParams, areaPxMin: 1 };

  test("65,535 cells in one image: squares of 4 x 4 with a gap of one, all found and numbered in scan order", () => {
    const [rows, side] = [257, 5 * 257];
    const many = planes(side, side, 0, 0);
    let cells = 0;
    for (let k = 0; k < rows * rows && cells < 65_535; k++, cells++) {
      const [y0, x0] = [5 * Math.floor(k / rows), 5 * (k % rows)];
      for (let y = y0; y < y0 + 4; y++) {
        for (let x = x0; x < x0 + 4; x++) {
          many.foreground.data[y * side + x] = 1;
          many.innerDistance.data[y * side + x] = 1 - 0.1 * Math.hypot(y - y0 - 1, x - x0 - 1);
        }
      }
    }
    const labels = labelsFromDeepWatershed(many, params);
    const areas = new Int32Array(65_537);
    for (const label of labels.data) areas[label]! += 1;
    expect(areas[65_536]).toBe(0);
    expect(areas.subarray(1, 65_536).every((area) => area === 16)).toBe(true);
    expect([labels.data[0], labels.data[5], labels.data[5 * side]]).toEqual([1, 2, 258]);
  });

  test("one pixel, and constant maps: one object or none", () => {
    expect([...labelsFromDeepWatershed(planes(1, 1, 0.9, 0.9), params).data]).toEqual([1]);
    expect([...labelsFromDeepWatershed(planes(1, 1, 0.9, 0.1), params).data]).toEqual([0]);
    expect(new Set(labelsFromDeepWatershed(planes(40, 30, 0.7, 0.9), params).data)).toEqual(new Set([1]));
    expect(new Set(labelsFromDeepWatershed(planes(40, 30, 0, 0), params).data)).toEqual(new Set([0]));
    // No centre anywhere: the piece is kept as one object, or dropped.
    expect(new Set(labelsFromDeepWatershed(planes(9, 9, 0.1, 0.9), params).data)).toEqual(new Set([1]));
    const drop = { ...params, seedless: "drop" } as const;
    expect(new Set(labelsFromDeepWatershed(planes(9, 9, 0.1, 0.9), drop).data)).toEqual(new Set([0]));
  });

  test("a value that is not a number is refused in either map", () => {
    const code = expect.objectContaining({ code: "array.nan" });
    for (const name of ["innerDistance", "foreground"] as const) {
      const broken = planes(8, 8, 0.8, 0.9);
      broken[name].data[27] = Number.NaN;
      expect(() => labelsFromDeepWatershed(broken, params)).toThrow(code);
    }
  });
});
