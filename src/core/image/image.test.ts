import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf } from "#testing/index.ts";
import { imageArray, plane } from "../array/index.ts";
import {
  gaussianBlur,
  otsuThreshold,
  percentileNormalise,
  percentiles,
  resampleLabels,
  resamplePlane,
  thumbnail,
} from "./index.ts";

describe("percentiles", () => {
  test("interpolate as NumPy does by default", () => {
    // numpy.percentile([1, 2, 3, 4], [0, 25, 40, 100]) = 1, 1.75, 2.2, 4
    const found = percentiles(plane("uint8", 2, 2, Uint8Array.of(4, 1, 3, 2)), [0, 25, 40, 100]);
    [1, 1.75, 2.2, 4].forEach((value, k) => {
      expect(found[k]).toBeCloseTo(value, 12);
    });
  });
  test("law: counting (8 and 16 bits) and sorting (float) give the same", () =>
    forSeeds(50, (random) => {
      const values = Array.from({ length: 1 + random.int(40) }, () => random.int(256));
      const percents = [0, 1, random.int(101), 99.8, 100];
      const sorted = percentiles(plane("float64", 1, values.length, Float64Array.from(values)), percents);
      expect(percentiles(plane("uint8", 1, values.length, Uint8Array.from(values)), percents)).toEqual(
        sorted,
      );
      expect(percentiles(plane("uint16", 1, values.length, Uint16Array.from(values)), percents)).toEqual(
        sorted,
      );
    }));
  test("leave out what is not finite, and refuse a plane of nothing else", () => {
    expect(percentiles(plane("float32", 1, 4, Float32Array.of(Number.NaN, 1, Infinity, 3)), [50])).toEqual([
      2,
    ]);
    expect(() => percentiles(plane("float32", 1, 1, Float32Array.of(Number.NaN)), [50])).toThrow(
      expect.objectContaining({ code: "array.nan" }),
    );
  });
  test("of a large plane come from a sample that is close", () => {
    const large = plane("float32", 1500, 1500);
    for (let i = 0; i < large.data.length; i++) large.data[i] = i / large.data.length;
    expect(percentiles(large, [10])[0]).toBeCloseTo(0.1, 4);
  });
  test("normalise maps them to 0 and 1; a constant plane gives zeros", () => {
    const image = plane("uint16", 1, 5, Uint16Array.of(10, 20, 30, 40, 50));
    expect([...percentileNormalise(image, 0, 100).data]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([...percentileNormalise(plane("uint8", 1, 3, Uint8Array.of(7, 7, 7))).data]).toEqual([0, 0, 0]);
  });
});

describe("gaussianBlur", () => {
  test("of a point is the sampled Gaussian; sums are kept", () => {
    const point = plane("uint8", 21, 21);
    point.data[10 * 21 + 10] = 100;
    const blurred = gaussianBlur(point, 1.5).data;
    const at = (dy: number, dx: number): number => blurred[(10 + dy) * 21 + 10 + dx] as number;
    const gauss = (d: number): number => Math.exp(-(d * d) / 4.5);
    expect(at(1, 2) / at(0, 0)).toBeCloseTo(gauss(1) * gauss(2), 5);
    expect(blurred.reduce((a, b) => a + b)).toBeCloseTo(100, 3);
  });
  test("leaves a constant plane alone, and copies at 0", () => {
    const flat = plane("float32", 3, 4, new Float32Array(12).fill(5));
    for (const value of gaussianBlur(flat, 3).data) expect(value).toBeCloseTo(5, 5);
    expect(gaussianBlur(flat, 0)).toEqual(flat);
    expect(gaussianBlur(flat, 0).data).not.toBe(flat.data);
  });
});

describe("resample", () => {
  test("doubling a ramp is bilinear, the ends repeated", () => {
    expect([...resamplePlane(plane("uint8", 1, 3, Uint8Array.of(0, 8, 16)), 1, 6).data]).toEqual([
      0, 2, 6, 10, 14, 16,
    ]);
  });
  // A triangle at a ratio that is not whole wobbles by less than a tenth of a pixel.
  test("law: a ramp stays a ramp away from the edge, a constant a constant, at any size", () =>
    forSeeds(60, (random) => {
      const [h, w] = [1 + random.int(40), 8 + random.int(40)];
      const ramp = plane("float32", h, w);
      for (let i = 0; i < ramp.data.length; i++) ramp.data[i] = (i % w) + 0.5;
      const [height, width] = [1 + random.int(60), 8 + random.int(60)];
      const out = resamplePlane(ramp, height, width);
      for (let x = Math.ceil(width / 3); x < (2 * width) / 3; x++) {
        const off = Math.abs((out.data[x] as number) - ((x + 0.5) * w) / width);
        expect(off).toBeLessThan(0.1 * Math.max(1, w / width));
      }
      const flat = resamplePlane(plane("float32", h, w, new Float32Array(h * w).fill(3)), height, width);
      for (const value of flat.data) expect(value).toBeCloseTo(3, 4);
    }));
  test("same size is the same values", () => {
    const image = plane("uint8", 2, 2, Uint8Array.of(1, 2, 3, 4));
    expect([...resamplePlane(image, 2, 2).data]).toEqual([1, 2, 3, 4]);
  });
  test("labels take the one under the centre, and never a new one", () => {
    expect(pictureOf(resampleLabels(labelsOf("12", "3."), 4, 4))).toEqual(["1122", "1122", "33..", "33.."]);
    expect(pictureOf(resampleLabels(labelsOf("1122", "1122", "33..", "33.."), 2, 2))).toEqual(["12", "3."]);
  });
});

describe("otsuThreshold", () => {
  test("parts two clouds between them", () => {
    const image = plane("uint8", 1, 8, Uint8Array.of(10, 12, 11, 13, 200, 210, 205, 202));
    const threshold = otsuThreshold(image);
    expect(threshold).toBeGreaterThan(13);
    expect(threshold).toBeLessThan(200);
  });
  test("of a constant plane is its value", () => {
    expect(otsuThreshold(plane("uint8", 1, 3, Uint8Array.of(7, 7, 7)))).toBe(7);
  });
});

describe("thumbnail", () => {
  test("keeps the shape of the image and stretches its contrast", () => {
    const image = imageArray("uint16", "yx", [100, 200]);
    for (let i = 0; i < image.data.length; i++) image.data[i] = 500 + (i % 200);
    const small = thumbnail(image, 50);
    expect([small.height, small.width, small.channels, small.data.length]).toEqual([25, 50, 1, 1250]);
    expect(Math.max(...small.data)).toBeGreaterThan(245);
    expect(Math.min(...small.data)).toBe(0);
  });
  test("several channels are mixed to colours; a small image keeps its size", () => {
    const image = imageArray("uint8", "cyx", [2, 1, 2], Uint8Array.of(0, 9, 9, 0));
    const small = thumbnail(image, 50);
    expect([small.height, small.width, small.channels]).toEqual([1, 2, 3]);
    // Left pixel: second channel only, green; right pixel: first channel only, blue.
    expect([...small.data]).toEqual([26, 255, 51, 64, 89, 255]);
  });
  test("a photograph keeps its colours", () => {
    const image = imageArray("uint8", "cyx", [3, 1, 1], Uint8Array.of(200, 100, 50));
    expect([...thumbnail(image, 10, { colour: true }).data]).toEqual([200, 100, 50]);
  });
  test("a plane of nothing finite is black", () => {
    expect([
      ...thumbnail(imageArray("float32", "yx", [1, 2], Float32Array.of(Number.NaN, Number.NaN)), 5).data,
    ]).toEqual([0, 0]);
  });
});
