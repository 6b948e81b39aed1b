import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import type { LabelImage } from "../array/index.ts";
import { connectedComponents, indexLabels } from "../labels/index.ts";
import { rng } from "../rng.ts";
import { expose } from "./expose.ts";
import { simulateTissue } from "./index.ts";
import { smoothNoise } from "./smooth-noise.ts";
import { drawTissueParams } from "./tissue-params.ts";

const size = { height: 128, width: 120 };

const count = (labels: LabelImage): number => indexLabels(labels).labels.length;

const share = (labels: LabelImage): number =>
  labels.data.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0) / labels.data.length;

function mean(values: ArrayLike<number>, chosen: (i: number) => boolean): number {
  let [sum, n] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!chosen(i)) continue;
    sum += values[i] as number;
    n++;
  }
  return sum / n;
}

describe("simulateTissue", () => {
  test("law: labels are 1 to n, each in one piece; every nucleus lies in the cell of its pair", () =>
    forSeeds(12, (_, seed) => {
      const { nuclei, cells, pairs } = simulateTissue(size, seed);
      for (const labels of [nuclei, cells]) {
        const index = indexLabels(labels);
        expect([...index.labels]).toEqual(Array.from(index.labels, (_label, k) => k + 1));
        // A piece of one label is a piece of equal value, so there are as many pieces as labels.
        expect(count(connectedComponents(labels, 8))).toBe(index.labels.length);
      }
      const home = new Map(pairs);
      expect(home.size).toBe(count(nuclei));
      nuclei.data.forEach((nucleus, i) => {
        if (nucleus > 0) expect(cells.data[i]).toBe(home.get(nucleus));
      });
    }));

  test("the same seed gives the same pixels, another seed others; noise does not move a cell", () => {
    const first = simulateTissue(size, "a");
    expect(simulateTissue(size, "a")).toEqual(first);
    expect(simulateTissue(size, "b").cells.data).not.toEqual(first.cells.data);
    const noisy = simulateTissue({ ...size, photons: 9 }, "a");
    expect(noisy.cells).toEqual(first.cells);
    expect(noisy.planes[0]?.data.data).not.toEqual(first.planes[0]?.data.data);
  });

  test("density, missing nuclei and binucleate cells do what they say", () => {
    const packed = { ...size, epithelium: 1, immune: 0, stroma: 0, infiltration: 0, mppUm: 0.5 };
    expect(share(simulateTissue({ ...packed, density: 1 }, 1).cells)).toBeGreaterThan(0.9);
    expect(share(simulateTissue({ ...packed, density: 0.15 }, 1).cells)).toBeLessThan(0.4);
    const none = simulateTissue({ ...packed, missingNuclei: 1 }, 2);
    expect([count(none.nuclei), none.pairs.length]).toEqual([0, 0]);
    expect(count(none.cells)).toBeGreaterThan(10);
    const twice = simulateTissue({ ...packed, missingNuclei: 0, binucleate: 1, density: 0.8 }, 3);
    expect(count(twice.nuclei)).toBeGreaterThan(1.5 * count(twice.cells));
  });

  test("sizes follow the pixel size: the same tissue at half the pixel size has four times the area in pixels", () => {
    const tissue = { density: 0.3, cellDiameterUm: 12, epithelium: 1, immune: 0, stroma: 0, infiltration: 0 };
    const area = (mppUm: number, side: number): number => {
      const { cells } = simulateTissue({ ...tissue, mppUm, height: side, width: side }, 5);
      return (share(cells) * side * side * mppUm ** 2) / count(cells);
    };
    const [coarse, fine] = [area(1, 200), area(0.5, 400)];
    expect(fine / coarse).toBeGreaterThan(0.8);
    expect(fine / coarse).toBeLessThan(1.25);
    // Free cells spread to 1.05 of an ellipse of 0.92 radii: between 0.7 and 1.3 of a disc of the diameter asked for.
    expect(fine / (Math.PI * 36)).toBeGreaterThan(0.7);
    expect(fine / (Math.PI * 36)).toBeLessThan(1.3);
  });

  test("light is where its compartment is; without the marker there is none", () => {
    const clean = {
      ...size,
      platform: "CODEX",
      mppUm: 0.5,
      spillNuclear: 0,
      spillSecond: 0,
      negativeCells: 0,
      secondRole: "membrane",
      membraneShare: 0.9,
      ghostNuclei: 0,
      haze: 0,
      photons: 500,
      background: 0.02,
      saturated: 0,
    } as const;
    const { planes, nuclei, cells } = simulateTissue(clean, 6);
    const [nuclear, second] = planes.map(({ data }) => data.data);
    const inNucleus = (i: number): boolean => (nuclei.data[i] as number) > 0;
    const outside = (i: number): boolean => cells.data[i] === 0;
    expect(mean(nuclear!, inNucleus)).toBeGreaterThan(3 * mean(nuclear!, outside));
    const plasma = (i: number): boolean => (cells.data[i] as number) > 0 && !inNucleus(i);
    expect(mean(second!, plasma)).toBeGreaterThan(1.5 * mean(second!, inNucleus));
    const negative = simulateTissue({ ...clean, negativeCells: 1, autofluorescence: 0 }, 6);
    expect(mean(negative.planes[1]!.data.data, plasma)).toBeLessThan(
      2 * mean(negative.planes[1]!.data.data, outside) + 1,
    );
  });

  test("8 bits, one pixel too few, and values out of range", () => {
    expect(simulateTissue({ ...size, bits: 8 }, 1).planes[0]?.data.dtype).toBe("uint8");
    const code = expect.objectContaining({ code: "request.invalid" });
    for (const wrong of [
      { height: 8 },
      { width: 1e6, height: 1e6 },
      { density: 1.5 },
      { mppUm: Number.NaN },
    ]) {
      expect(() => simulateTissue(wrong, 1)).toThrow(code);
    }
  });
});

describe("expose", () => {
  const flat = {
    ...drawTissueParams({ platform: "IMC", height: 64, width: 64 }, 1),
    blurUm: 0,
    shading: 0,
    background: 0,
    readNoise: 0,
    haze: 0,
    saturated: 0,
  };
  test.each([4, 200])("counts of mean %d have the variance of a Poisson number", (photons) => {
    const data = expose({ ...flat, photons }, new Float32Array(4096).fill(1), rng(1));
    const values = Float64Array.from(data.data);
    const average = mean(values, () => true);
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / 4096;
    // Five standard errors of a mean and a variance of 4,096 numbers.
    expect(Math.abs(average - photons)).toBeLessThan(5 * Math.sqrt(photons / 4096));
    expect(Math.abs(variance / photons - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / photons) / 4096));
  });
});

test("smooth noise: within -1..1, mean near 0, neighbours alike", () => {
  const noise = smoothNoise(100, 100, 10, rng(3));
  expect(Math.max(...noise.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(Math.abs(mean(noise, () => true))).toBeLessThan(0.2);
  // The steepest slope of the ease curve is 1.5 per knot distance, between knots at most 2 apart.
  for (let i = 1; i < 100; i++) expect(Math.abs(noise[i]! - noise[i - 1]!)).toBeLessThanOrEqual(0.3 + 1e-6);
});
