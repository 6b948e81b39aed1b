/** The picture of a difference: colours where they must be, a legend with counts. */

import { expect, test } from "vitest";
import { labelsOf } from "#testing/index.ts";
import { plane } from "../array/index.ts";
import { objectShapesFromLabels } from "../labels/index.ts";
import { diffObjects } from "./diff-objects.ts";
import { diffPicture } from "./diff-picture.ts";
import { changeVerbs } from "./object-change.ts";
import { drawText, textWidthPx } from "./pixel-letters.ts";
import { verbColours } from "./verb-colours.ts";

const before = labelsOf("111..22.", "111..22.", "111..22.", "........");
const after = labelsOf("111.....", "111.....", "111.....", "...333..");
const objects = (labels: typeof before) =>
  [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ id: `${label}`, shape }));

test("what came, what went and what stayed have their colours, and the legend lies underneath", () => {
  const { changes } = diffObjects(objects(before), objects(after));
  const unchanged = [objects(before)[0]?.shape].flatMap((shape) => (shape === undefined ? [] : [shape]));
  const grey = plane("uint8", 4, 8, new Uint8Array(32));
  const picture = diffPicture(grey, { height: 4, width: 8 }, changes, unchanged);
  const at = (y: number, x: number): number[] => [
    ...picture.data.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3),
  ];
  expect(at(0, 5)).toEqual([...verbColours.removed]);
  expect(at(3, 4)).toEqual([...verbColours.added]);
  // A faint outline of what stayed, and nothing inside it.
  expect(at(0, 0)[0]).toBeGreaterThan(30);
  expect(at(0, 0)[0]).toBeLessThan(90);
  expect(at(1, 1)).toEqual([0, 0, 0]);
  expect(picture.height).toBeGreaterThan(10);
  const legendRow = [...picture.data.subarray(9 * picture.width * 3, 10 * picture.width * 3)];
  const inRow = (colour: readonly number[]): boolean =>
    legendRow.some((_, i) => i % 3 === 0 && colour.every((value, c) => legendRow[i + c] === value));
  expect(inRow(verbColours.added)).toBe(true);
  expect(inRow(verbColours.removed)).toBe(true);
  expect(inRow(verbColours.split)).toBe(false);
});

test("every verb and every figure can be written", () => {
  for (const text of [...changeVerbs, "0123456789", "nochange"]) {
    const columns = new Set<number>();
    drawText(text, (_y, x) => columns.add(Math.floor(x / 5)));
    expect(columns.size).toBe(text.length);
    expect(textWidthPx(text)).toBe(5 * text.length);
  }
});
