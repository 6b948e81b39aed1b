import { describe, expect, test } from "vitest";
import { pictureAfter, stateOf } from "#testing/edited-layers.ts";
import { createCanvas, cutPolygon, drawPolygon, snapPxMax } from "./index.ts";

const at = (...numbers: number[]) =>
  Array.from({ length: numbers.length / 2 }, (_, k) => ({ y: numbers[2 * k]!, x: numbers[2 * k + 1]! }));

describe("drawPolygon", () => {
  const state = stateOf(".....22", ".....22", "11...22", "11.....");
  const canvas = createCanvas(state);
  const square = at(0.5, 0.5, 0.5, 5.5, 3.5, 5.5, 3.5, 0.5);

  test("draws a new object around the others, or over them when asked", () => {
    const draw = { uid: "3", corners: square };
    expect(pictureAfter(state, drawPolygon(canvas, { ...draw, mode: "exclude" }))).toEqual([
      ".....22",
      ".333322",
      "1133322",
      "113333.",
    ]);
    expect(pictureAfter(state, drawPolygon(canvas, { ...draw, mode: "overwrite" }))).toEqual([
      ".....22",
      ".333332",
      "1333332",
      "133333.",
    ]);
  });

  test("adds to an object", () => {
    const changes = drawPolygon(canvas, { uid: "1", corners: square, mode: "exclude" });
    expect(pictureAfter(state, changes)).toEqual([".....22", ".111122", "1111122", "111111."]);
    expect(changes.map(({ uid }) => uid)).toEqual(["1"]);
  });

  test("a line that holds no pixel centre, or lies outside, changes nothing", () => {
    for (const corners of [at(0.1, 0.1, 0.1, 0.4, 0.4, 0.4), at(-9, -9, -9, -5, -5, -5)]) {
      expect(drawPolygon(canvas, { uid: "3", corners, mode: "exclude" })).toEqual([]);
    }
  });

  test.each([
    ["two points", at(0, 0, 1, 1)],
    ["a point that is no number", at(0, 0, 1, 1, Number.NaN, 0)],
    ["too many points", Array.from({ length: 7_201 }, () => ({ y: 0, x: 0 }))],
  ])("refuses %s", (_, corners) => {
    expect(() => drawPolygon(canvas, { uid: "3", corners, mode: "exclude" })).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
    expect(() => cutPolygon(canvas, corners)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
  });

  test("snapping closes gaps of up to the width asked for, takes background only, and widens nothing else", () => {
    const gap = stateOf("........", "22...2..", "22...2..", "22...2..", "........");
    const corners = at(0.5, 2.5, 0.5, 3.5, 3.5, 3.5, 3.5, 2.5);
    const snapped = (snapPx: number): string[] =>
      pictureAfter(gap, drawPolygon(createCanvas(gap), { uid: "3", corners, mode: "exclude", snapPx }));
    expect(snapped(0)[2]).toBe("22.3.2..");
    expect(snapped(1)[2]).toBe("223332..");
    // Over and under the gap the nearest way to a neighbour is longer than 1.
    expect(snapped(1)[4]).toBe("........");
    expect(() => snapped(snapPxMax + 1)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
    // Overwriting and snapping together still cut no neighbour that the line itself does not cover.
    const over = drawPolygon(createCanvas(gap), { uid: "3", corners, mode: "overwrite", snapPx: 2 });
    expect(over.map(({ uid }) => uid)).toEqual(["3"]);
  });
});

describe("cutPolygon", () => {
  const state = stateOf("1122", "1122", "1122");
  const corners = at(-0.5, 0.5, -0.5, 2.5, 1.5, 2.5, 1.5, 0.5);
  test("cuts from all, or from one", () => {
    expect(pictureAfter(state, cutPolygon(createCanvas(state), corners))).toEqual(["1..2", "1..2", "1122"]);
    expect(pictureAfter(state, cutPolygon(createCanvas(state), corners, "2"))).toEqual([
      "11.2",
      "11.2",
      "1122",
    ]);
  });
  test("removes an object that is cut away", () => {
    const changes = cutPolygon(createCanvas(state), at(-1, -1, -1, 9, 9, 9, 9, -1), "1");
    expect(changes).toEqual([{ uid: "1", before: state.objects.get("1"), after: null }]);
  });
});
