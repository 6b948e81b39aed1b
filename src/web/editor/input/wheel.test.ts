import { expect, test } from "vitest";
import { meaningOfWheel } from "./wheel.ts";

const turn = (deltaX: number, deltaY: number, deltaMode = 0, ctrlKey = false) =>
  meaningOfWheel({ deltaX, deltaY, deltaMode, ctrlKey });

test("a wheel notch zooms, away from the person is closer", () => {
  expect(turn(0, -120)).toEqual({ kind: "zoom", delta: 0.375 });
  expect(turn(0, 100)).toEqual({ kind: "zoom", delta: -0.3125 });
  expect(turn(0, -10, 1)).toEqual({ kind: "zoom", delta: 0.5 });
});

test("two fingers pan, a pinch zooms", () => {
  expect(turn(4, -7)).toEqual({ kind: "pan", dx: -4, dy: 7 });
  expect(turn(0, -8, 0, true)).toEqual({ kind: "zoom", delta: 0.1 });
});

test("no single event zooms wildly", () => {
  expect(turn(0, -5000)).toEqual({ kind: "zoom", delta: 0.75 });
});
