/** Paths of outlines by hand. */

import { expect, test } from "vitest";
import { shapeToWire } from "#api/shapes.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOf } from "#testing/index.ts";
import { boxOf, outlinePath, roomAround } from "./outline-path.ts";

const objects = [...objectShapesFromLabels(labelsOf(".11.", ".11.", "...2")).values()].map((shape) => ({
  shape: shapeToWire(shape),
}));

test("a square's path runs along its pixels' edges", () => {
  expect(outlinePath(objects.slice(0, 1))).toBe("M1 0L3 0L3 2L1 2Z");
  expect(outlinePath([])).toBe("");
});

test("boxes and room around them", () => {
  expect(boxOf(objects)).toEqual([0, 1, 3, 4]);
  expect(boxOf([])).toBeNull();
  expect(roomAround([0, 1, 2, 3], 20)).toEqual([-9, -8, 11, 12]);
  expect(roomAround([0, 0, 100, 50], 20)).toEqual([-30, -55, 130, 105]);
});
