import { expect, test } from "vitest";
import { applyChangesInPlace, createCanvas } from "#core/edits/index.ts";
import { type ObjectShape, objectShapeFromMask, shapeArea } from "#core/labels/index.ts";
import { rebaseChanges } from "./rebase.ts";

/** A full rectangle. */
const box = (y0: number, x0: number, y1: number, x1: number): ObjectShape => {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = new Uint8Array(height * width).fill(1);
  return objectShapeFromMask({ dtype: "uint8", height, width, data }, { y: y0, x: x0 }) as ObjectShape;
};

const canvasOf = (objects: Record<string, ObjectShape>) =>
  createCanvas({ height: 40, width: 40, objects: new Map(Object.entries(objects)) });

test("the wanted shape, less what belongs to another cell by now", () => {
  // The edit grew A from 10 x 10 to 10 x 20; meanwhile B took columns 15 to 19.
  const canvas = canvasOf({ A: box(0, 0, 10, 12), B: box(0, 15, 10, 20) });
  const edit = { changes: [{ uid: "A", before: box(0, 0, 10, 10), after: box(0, 0, 10, 20) }] };
  const [change] = rebaseChanges(canvas, edit);
  expect(change?.before).toEqual(box(0, 0, 10, 12));
  expect(shapeArea(change?.after as ObjectShape)).toBe(150);
  expect(() => applyChangesInPlace(canvas, rebaseChanges(canvas, edit))).not.toThrow();
});

test("a cell deleted meanwhile is born again; a deletion of what is gone is nothing", () => {
  const canvas = canvasOf({});
  const grow = { changes: [{ uid: "A", before: box(0, 0, 5, 5), after: box(0, 0, 5, 9) }] };
  expect(rebaseChanges(canvas, grow)).toEqual([{ uid: "A", before: null, after: box(0, 0, 5, 9) }]);
  expect(rebaseChanges(canvas, { changes: [{ uid: "A", before: box(0, 0, 5, 5), after: null }] })).toEqual(
    [],
  );
});

test("what is as wanted already needs no edit; what is wholly covered becomes nothing", () => {
  const canvas = canvasOf({ A: box(0, 0, 5, 9), B: box(20, 20, 30, 30) });
  expect(rebaseChanges(canvas, { changes: [{ uid: "A", before: null, after: box(0, 0, 5, 9) }] })).toEqual(
    [],
  );
  expect(
    rebaseChanges(canvas, { changes: [{ uid: "C", before: null, after: box(22, 22, 25, 25) }] }),
  ).toEqual([]);
});

test("a split moves pixels between its own cells", () => {
  const canvas = canvasOf({ A: box(0, 0, 10, 20) });
  const split = {
    changes: [
      { uid: "A", before: box(0, 0, 10, 20), after: box(0, 0, 10, 10) },
      { uid: "N", before: null, after: box(0, 10, 10, 20) },
    ],
  };
  expect(rebaseChanges(canvas, split)).toEqual(split.changes);
});
