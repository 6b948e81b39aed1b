/** Views and prompt maps against closed forms. */
import { describe, expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { boxMap, clickMap, clickReachPx } from "./prompt-maps.ts";
import {
  boxOfView,
  cellPx,
  cutView,
  inView,
  normaliseView,
  ofView,
  viewAround,
  viewOfBox,
  viewSide,
} from "./prompt-view.ts";

const middle = (viewSide - 1) / 2;

/** Value of each pixel: row + 1000 * column, so that any linear filter that is centred gives it again. */
function ramp(height: number, width: number) {
  const picture = plane("float32", height, width);
  for (let i = 0; i < picture.data.length; i++) picture.data[i] = Math.floor(i / width) + 1000 * (i % width);
  return picture;
}

describe("views", () => {
  test("places go there and back, and the centre is the middle", () => {
    const view = { centre: { y: 30.25, x: 71 }, scale: 0.4 };
    expect(inView(view, view.centre)).toEqual({ y: middle, x: middle });
    const back = ofView(view, inView(view, { y: 3, x: 99 }));
    expect(back.y).toBeCloseTo(3, 9);
    expect(back.x).toBeCloseTo(99, 9);
  });

  test("a cell of the stated diameter has the usual one in the view; a long box fits in", () => {
    expect(viewAround({ y: 0, x: 0 }, 56).scale).toBe(cellPx / 56);
    expect(viewOfBox([10, 20, 38, 48])).toEqual({ centre: { y: 23.5, x: 33.5 }, scale: 1 });
    // 200 x 10: at 64 pixels of the view for the longer side, not at 28 / sqrt(2000).
    expect(viewOfBox([0, 0, 200, 10]).scale).toBeCloseTo(64 / 200, 9);
  });

  test("at scale 1 on whole pixels the view is the picture", () => {
    const picture = ramp(200, 220);
    const view = { centre: { y: 100.5, x: 90.5 }, scale: 1 };
    const cut = cutView({ y0: 0, x0: 0, plane: picture }, view);
    for (const [y, x] of [
      [0, 0],
      [95, 95],
      [10, 60],
    ] as const)
      expect(cut[y * viewSide + x]).toBe(100.5 - middle + y + 1000 * (90.5 - middle + x));
  });

  test.each([0.37, 0.5, 1.7, 3])("at scale %s a ramp stays the ramp, and a window is enough", (scale) => {
    const picture = ramp(400, 400);
    const view = { centre: { y: 200.3, x: 190.8 }, scale };
    const box = boxOfView(view, picture);
    if (box === null) throw new Error("nothing seen");
    const [y0, x0, y1, x1] = box;
    const window = plane("float32", y1 - y0, x1 - x0);
    for (let y = y0; y < y1; y++)
      window.data.set(picture.data.subarray(y * 400 + x0, y * 400 + x1), (y - y0) * window.width);
    const cut = cutView({ y0, x0, plane: window }, view);
    const whole = cutView({ y0: 0, x0: 0, plane: picture }, view);
    for (const [y, x] of [
      [0, 0],
      [40, 7],
      [95, 95],
    ] as const) {
      const at = ofView(view, { y, x });
      // Within a tenth of a pixel: weights of a triangle whose width is no whole number are not quite centred.
      expect(Math.abs((cut[y * viewSide + x] as number) - (at.y + 1000 * at.x))).toBeLessThan(100);
    }
    let largest = 0;
    cut.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (whole[i] as number)));
    });
    expect(largest).toBeLessThan(0.05);
  });

  test("behind the image's edge its last pixels are repeated", () => {
    const picture = ramp(20, 20);
    const cut = cutView({ y0: 0, x0: 0, plane: picture }, { centre: { y: 0, x: 0 }, scale: 1 });
    expect(cut[0]).toBe(0);
    expect(cut[95 * viewSide + 95]).toBe(19 + 19_000);
  });

  test("brightness: the 1st and the 99.8th percentile become 0 and 1, what is beyond is cut; no contrast gives zeros", () => {
    const values = Float32Array.from({ length: viewSide ** 2 }, (_, i) => i);
    const last = values.length - 1;
    const normal = normaliseView(values);
    expect(normal[Math.round(0.01 * last)]).toBeCloseTo(0, 3);
    expect(normal[Math.round(0.998 * last)]).toBeCloseTo(1, 3);
    values[0] = -1e9;
    values[1] = 1e9;
    const cut = normaliseView(values);
    expect([cut[0], cut[1]]).toEqual([-1, 4]);
    expect(normaliseView(new Float32Array(viewSide ** 2).fill(7)).some((value) => value !== 0)).toBe(false);
  });
});

describe("prompt maps", () => {
  const view = { centre: { y: middle, x: middle }, scale: 1 };
  test("a click falls off as exp(-distance / reach); the nearest of several counts", () => {
    const map = clickMap(
      [
        { y: 40, x: 30 },
        { y: 40, x: 70 },
      ],
      view,
    );
    expect(map[40 * viewSide + 30]).toBe(1);
    expect(map[40 * viewSide + 30 + clickReachPx]).toBeCloseTo(1 / Math.E, 6);
    expect(map[43 * viewSide + 34]).toBeCloseTo(Math.exp(-5 / clickReachPx), 6);
    expect(map[40 * viewSide + 69]).toBeCloseTo(Math.exp(-1 / clickReachPx), 6);
    expect(clickMap([], view).some((value) => value !== 0)).toBe(false);
  });

  test("a box is its pixels, whatever the scale", () => {
    const sum = (map: Float32Array): number => map.reduce((total, value) => total + value, 0);
    const map = boxMap([10, 20, 15, 40], view);
    expect(sum(map)).toBe(5 * 20);
    expect([map[10 * viewSide + 20], map[14 * viewSide + 39], map[15 * viewSide + 39]]).toEqual([1, 1, 0]);
    expect(sum(boxMap([10, 20, 15, 40], { ...view, scale: 2 }))).toBe(0);
    expect(sum(boxMap([45, 40, 50, 50], { ...view, scale: 2 }))).toBe(10 * 20);
    expect(sum(boxMap(null, view))).toBe(0);
  });
});
