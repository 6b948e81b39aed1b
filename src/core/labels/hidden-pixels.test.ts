import { expect, test } from "vitest";
import { maskOf } from "#testing/index.ts";
import { hiddenNotes, hiddenPixels } from "./hidden-pixels.ts";
import type { ObjectShape } from "./object-shape.ts";
import { objectShapesFromLabels } from "./shapes-from-labels.ts";

/** The marked pixels as one cell. */
function cell(label: number, ...rows: readonly string[]) {
  const { height, width, data } = maskOf(...rows);
  const shapes = objectShapesFromLabels({ dtype: "int32", height, width, data: Int32Array.from(data) });
  const shape = shapes.get(1) as ObjectShape;
  return { label, shape };
}

const low = cell(1, "###.", "###.");
const high = cell(2, "..##", "..##");
const speck = cell(3, "....", "#...");

test("the larger label is seen: what lies below is counted once per cell", () => {
  // Two pixels of cell 1 under cell 2, one of it under cell 3; given in any order.
  const expected = { pixels: 3, cells: 1, covered: [] };
  expect(hiddenPixels({ overlapAllowed: true, objects: [low, high, speck] })).toEqual(expected);
  expect(hiddenPixels({ overlapAllowed: true, objects: [speck, high, low] })).toEqual(expected);
});

test("a cell without a pixel to be seen is named; one frame hides nothing of another", () => {
  const below = cell(1, "....", "#...");
  const above = cell(4, "##..", "##..");
  expect(hiddenPixels({ overlapAllowed: true, objects: [below, above] })).toEqual({
    pixels: 1,
    cells: 1,
    covered: [1],
  });
  const later = { ...above, shape: { ...above.shape, t: 1 } };
  expect(hiddenPixels({ overlapAllowed: true, objects: [below, later] })).toBeNull();
});

test("layers whose cells lie apart are not looked through", () => {
  expect(hiddenPixels({ objects: [low, high] })).toBeNull();
  expect(hiddenPixels({ overlapAllowed: true, objects: [low] })).toBeNull();
});

test("the notes say how much is hidden, and name cells that are not to be seen at all", () => {
  expect(hiddenNotes([], "Mind it.")).toEqual([]);
  const hidden = { pixels: 3, cells: 2, covered: [7] };
  const notes = hiddenNotes(
    [
      { image: "a", compartment: "wholeCell", name: "", hidden },
      { image: "b", compartment: "nuclear", name: "spread", hidden: { ...hidden, covered: [1, 2] } },
    ],
    "Mind it.",
  );
  expect(notes[0]).toMatch(/^Cells overlap in 2 layers: .* so 6 pixels of 4 cells are hidden\. Mind it\.$/);
  expect(notes[1]).toBe(
    'Not to be seen at all: cell 7 of "a" (wholeCell); cell 1 of "b" (nuclear, spread); cell 2 of "b" (nuclear, spread).',
  );
  const many = { pixels: 60, cells: 60, covered: Array.from({ length: 60 }, (_, i) => i + 1) };
  const [, named] = hiddenNotes(
    [{ image: "a", compartment: "nuclear", hidden: many }],
    "Mind it.",
    ", in a list",
  );
  expect(named).toMatch(/cell 50 of .*; and 10 more, in a list\.$/);
});
