/** Lengths and angles of known triangles. */

import { expect, test } from "vitest";
import { endAt, rulerLength, rulerText } from "./ruler.ts";

const line = { from: { y: 10, x: 10 }, to: { y: 14, x: 13 } };

test("length in pixels and in µm, also where pixels are not square", () => {
  expect(rulerLength(line, null)).toMatchObject({ px: 5, um: null });
  expect(rulerLength(line, { y: 0.5, x: 0.5 }).um).toBe(2.5);
  expect(rulerLength(line, { y: 3, x: 4 }).um).toBeCloseTo(Math.sqrt(12 * 12 + 12 * 12), 12);
});

test("angles turn counter-clockwise as seen on the screen", () => {
  const angle = (dy: number, dx: number): number =>
    rulerLength({ from: { y: 0, x: 0 }, to: { y: dy, x: dx } }, null).angleDeg;
  expect([angle(0, 1), angle(-1, 0), angle(0, -1), angle(1, 0)]).toEqual([0, 90, 180, -90]);
  expect(angle(-1, 1)).toBeCloseTo(45, 12);
  expect(
    rulerLength({ from: { y: 0, x: 0 }, to: { y: -1, x: 1 } }, { y: 1, x: Math.sqrt(3) }).angleDeg,
  ).toBeCloseTo(30, 12);
});

test("in words", () => {
  expect(rulerText({ px: 48.123, um: 12.3456, angleDeg: 0 })).toBe("12.3 µm, 48.1 px");
  expect(rulerText({ px: 4812.3, um: 1234.5, angleDeg: 0 })).toBe("1.23 mm, 4812 px");
  expect(rulerText({ px: 0, um: null, angleDeg: 0 })).toBe("0 px");
});

test("the nearer end is taken, none out of reach", () => {
  const ends = [
    { x: 0, y: 0 },
    { x: 30, y: 0 },
  ] as const;
  expect([
    endAt(ends, { x: 4, y: 3 }, 6),
    endAt(ends, { x: 27, y: 0 }, 6),
    endAt(ends, { x: 15, y: 0 }, 6),
  ]).toEqual([0, 1, null]);
});
