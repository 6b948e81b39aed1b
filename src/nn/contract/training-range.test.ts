/** Ranges of made planes whose statistics are known, and images beside them. */
import { expect, test } from "vitest";
import type { Plane } from "#core/array/index.ts";
import { labelImage, plane } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { compareWithRange } from "./compare-range.ts";
import { planeStatistics } from "./image-statistics.ts";
import { createRangeCollector, joinRanges } from "./training-range.ts";

/** Ground plus Gaussian noise (sum of twelve uniforms), with the lower rows bright. */
function field(seed: number, ground: number, noise: number, brightRows = 0): Plane<"float32"> {
  const random = rng(seed);
  const normal = (): number => Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6);
  const data = Float32Array.from(
    { length: 128 * 128 },
    (_, i) => (i >= (128 - brightRows) * 128 ? 0.9 : ground) + noise * normal(),
  );
  return plane("float32", 128, 128, data);
}

const square = (side: number) => {
  const labels = labelImage(128, 128);
  for (let y = 0; y < side; y++) labels.data.fill(1, y * 128, y * 128 + side);
  return labels;
};

function range() {
  const collector = createRangeCollector(["nuclear"]);
  for (let i = 0; i < 10; i++) {
    collector.add({
      planes: [field(i, 0.1 + 0.01 * i, 0.03, 20 + i)],
      labels: square(18 + i),
      mpp: { y: 0.3 + 0.02 * i, x: 0.3 + 0.02 * i },
      modality: "fluorescence",
    });
  }
  return collector.finish();
}

test("statistics of a made plane are those it was made with", () => {
  const found = planeStatistics(field(1, 0.2, 0.05, 32));
  // A quarter bright: the median lies at the 2/3 quantile of the ground's noise, 0.2 + 0.43 * 0.05.
  expect(found.background).toBeCloseTo(0.2215, 2);
  expect(found.noise).toBeCloseTo(0.05, 2);
  expect(found.brightShare).toBeCloseTo(0.25, 3);
});

test("noise is measured beside structure: a smooth gradient counts for nothing", () => {
  const ramp = plane(
    "float32",
    100,
    100,
    Float32Array.from({ length: 10_000 }, (_, i) => (i % 100) / 100),
  );
  expect(planeStatistics(ramp).noise).toBeLessThan(1e-6);
});

test("a range holds what was added", () => {
  const made = range();
  expect(made?.mpp).toEqual({ low: 0.3, high: 0.48 });
  expect(made?.modalities).toEqual(["fluorescence"]);
  expect(made?.imageCount).toBe(10);
  // Squares of 18 to 27 pixels: the median of the equivalent diameters, 2 side / sqrt(pi), between sides 22 and 23.
  expect(made?.cellDiameterPx?.median).toBeCloseTo((2 * 22.5) / Math.sqrt(Math.PI), 1);
  expect(createRangeCollector(["nuclear"]).finish()).toBeNull();
});

test("an image like the training images has no warning; each difference has its own", () => {
  const trained = range();
  const like = {
    mpp: { y: 0.4, x: 0.4 },
    modality: "Fluorescence",
    statistics: [planeStatistics(field(50, 0.15, 0.03, 25))],
    cellDiameterPx: 25,
  };
  const kinds = (change: object): string[] =>
    compareWithRange({ ...like, ...change }, trained).map(({ kind }) => kind);
  expect(kinds({})).toEqual([]);
  expect(kinds({ mpp: { y: 0.7, x: 0.7 } })).toEqual(["pixelSize"]);
  expect(kinds({ mpp: { y: 0.1, x: 0.1 } })).toEqual(["pixelSize"]);
  expect(kinds({ mpp: null, modality: undefined })).toEqual([]);
  expect(kinds({ modality: "brightfield" })).toEqual(["modality"]);
  expect(kinds({ statistics: [planeStatistics(field(51, 0.15, 0.15, 25))] })).toEqual(["noise"]);
  expect(kinds({ statistics: [planeStatistics(field(52, 0.8, 0.03, 25))] })).toEqual([
    "background",
    "brightShare",
  ]);
  expect(kinds({ statistics: [planeStatistics(plane("float32", 64, 64))] })).toEqual(["constant"]);
  expect(kinds({ statistics: [null] })).toEqual(["channel"]);
  expect(kinds({ cellDiameterPx: 60 })).toEqual(["cellSize"]);
  expect(kinds({ cellDiameterPx: null })).toEqual([]);
  expect(compareWithRange({ ...like, modality: "phase" }, null)).toEqual([]);
});

test("a model trained on from a base has seen both, and keeps the size it was taught", () => {
  const base = range();
  const collector = createRangeCollector(["nuclear"]);
  collector.add({
    planes: [field(99, 0.4, 0.001)],
    labels: square(60),
    mpp: { y: 1, x: 1 },
    modality: "phase contrast",
  });
  const own = collector.finish();
  const joined = joinRanges(base, own);
  expect(joined).toMatchObject({
    imageCount: 11,
    modalities: ["fluorescence", "phase contrast"],
    mpp: { low: base?.mpp?.low, high: 1 },
    // The diameter of a disc of 60 x 60 pixels.
    cellDiameterPx: { ...base?.cellDiameterPx, high: expect.closeTo(67.7, 1) },
  });
  expect(joined?.intensity[0]?.background.low).toBe(base?.intensity[0]?.background.low);
  expect(joined?.intensity[0]?.background.high).toBe(own?.intensity[0]?.background.high);
  expect(joinRanges(base, null)).toBe(base);
  expect(joinRanges(null, own)).toBeNull();
});
