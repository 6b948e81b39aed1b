import { describe, expect, test } from "vitest";
import { mask, plane } from "../array/index.ts";
import { fitContour } from "./index.ts";

/** A bright ellipse in a pattern, from whole numbers, so that every tool can make it. */
function picture(height: number, width: number, k: number) {
  const made = plane("float32", height, width);
  made.data.forEach((_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const pattern = (y * 7 + x * 13 + ((y * x) % 11) * 5 + k * 17) % 23;
    const away = (y - height * 0.45) ** 2 * 1.3 + (x - width * 0.55) ** 2;
    made.data[i] = (away < (0.33 * Math.min(height, width)) ** 2 ? 60 : 20) + pattern;
  });
  return made;
}

function square(height: number, width: number) {
  const made = mask(height, width);
  for (let y = (height >> 1) - 3; y < (height >> 1) + 3; y++) {
    made.data.fill(1, y * width + (width >> 1) - 3, y * width + (width >> 1) + 3);
  }
  return made;
}

/** Lengths of runs of 0, 1, 0 … as scikit-image 0.19.3's `morphological_chan_vese` gives them for picture, rounds, smoothing. */
const reference = [
  [16, 20, 1, 1, 1, "89 3 15 6 14 7 12 8 12 8 13 7 13 6 16 3 88"],
  [16, 20, 1, 4, 1, "69 5 14 7 12 9 10 10 10 10 10 10 11 9 12 7 14 5 86"],
  [24, 18, 2, 10, 1, "116 5 12 7 10 9 8 11 7 11 7 11 7 11 7 11 8 9 10 7 148"],
  [24, 18, 3, 25, 2, "151 4 13 6 11 8 10 8 10 8 11 7 12 5 14 3 151"],
  [20, 20, 4, 7, 0, "88 7 12 9 10 11 8 13 7 13 7 13 7 13 7 13 8 11 10 9 12 7 105"],
  [30, 30, 5, 3, 3, "374 2 27 4 25 6 24 6 25 4 27 2 374"],
] as const;

describe("fitContour", () => {
  test.each(reference)(
    "as the reference: %i x %i, picture %i, %i rounds, smoothing %i",
    (h, w, k, rounds, smoothing, runs) => {
      const { data } = fitContour(picture(h, w, k), square(h, w), { rounds, smoothing });
      const expected = runs.split(" ").flatMap((length, i) => new Array<number>(Number(length)).fill(i % 2));
      expect([...data]).toEqual(expected);
    },
  );

  test("forbidden pixels stay out and count for no mean", () => {
    const bright = plane("uint16", 9, 12);
    bright.data.forEach((_, i) => {
      bright.data[i] = i % 12 < 4 ? 10 : i % 12 < 8 ? 1_000 : 60_000;
    });
    const start = mask(9, 12);
    for (let y = 3; y < 6; y++) start.data.fill(1, y * 12 + 5, y * 12 + 7);
    const forbidden = Uint8Array.from(bright.data, (value) => (value === 60_000 ? 1 : 0));
    const { data } = fitContour(bright, start, { forbidden, smoothing: 0 });
    // Without the far brighter part the 1,000s are the bright region.
    for (let i = 0; i < data.length; i++) expect(data[i]).toBe(bright.data[i] === 1_000 ? 1 : 0);
  });

  test("a size that differs is refused, arguments are not changed", () => {
    const start = square(12, 12);
    const copy = start.data.slice();
    fitContour(picture(12, 12, 1), start);
    expect(start.data).toEqual(copy);
    expect(() => fitContour(picture(12, 13, 1), start)).toThrow(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
  });
});
