import { expect, test } from "vitest";
import { applyChangesInPlace, createCanvas, type LabelCanvas, type ObjectChange } from "#core/edits/index.ts";
import { type ObjectShape, objectShapeFromMask, shapeArea } from "#core/labels/index.ts";
import { type ConflictChoice, conflictsOf, settledChanges } from "./conflict.ts";

/** A full rectangle. */
const box = (y0: number, x0: number, y1: number, x1: number): ObjectShape => {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = new Uint8Array(height * width).fill(1);
  return objectShapeFromMask({ dtype: "uint8", height, width, data }, { y: y0, x: x0 }) as ObjectShape;
};

const canvasOf = (objects: Record<string, ObjectShape>) =>
  createCanvas({ height: 40, width: 40, objects: new Map(Object.entries(objects)) });

type Edit = { readonly changes: readonly ObjectChange[] };

/** The changes of an edit when every conflict is decided alike. */
function settle(canvas: LabelCanvas, edit: Edit, choice: ConflictChoice = "mine"): ObjectChange[] {
  const shapeNow = (uid: string) => canvas.shapes.get(uid);
  const choices = new Map(conflictsOf(edit, shapeNow).map(({ id }) => [id, choice]));
  let made = 0;
  return settledChanges(
    edit,
    shapeNow,
    () => canvas,
    choices,
    () => `new${++made}`,
  );
}

test("the wanted shape, less what belongs to another cell by now", () => {
  // The edit grew A from 10 x 10 to 10 x 20; meanwhile B took columns 15 to 19.
  const canvas = canvasOf({ A: box(0, 0, 10, 12), B: box(0, 15, 10, 20) });
  const edit = { changes: [{ uid: "A", before: box(0, 0, 10, 10), after: box(0, 0, 10, 20) }] };
  const [change] = settle(canvas, edit);
  expect(change?.before).toEqual(box(0, 0, 10, 12));
  expect(shapeArea(change?.after as ObjectShape)).toBe(150);
  expect(() => applyChangesInPlace(canvas, settle(canvas, edit))).not.toThrow();
});

test("a cell deleted meanwhile is born again; a deletion of what is gone is nothing", () => {
  const canvas = canvasOf({});
  const grow = { changes: [{ uid: "A", before: box(0, 0, 5, 5), after: box(0, 0, 5, 9) }] };
  expect(settle(canvas, grow)).toEqual([{ uid: "A", before: null, after: box(0, 0, 5, 9) }]);
  expect(settle(canvas, { changes: [{ uid: "A", before: box(0, 0, 5, 5), after: null }] })).toEqual([]);
});

test("what is as wanted already needs no edit; what is wholly covered becomes nothing", () => {
  const canvas = canvasOf({ A: box(0, 0, 5, 9), B: box(20, 20, 30, 30) });
  expect(settle(canvas, { changes: [{ uid: "A", before: null, after: box(0, 0, 5, 9) }] })).toEqual([]);
  expect(settle(canvas, { changes: [{ uid: "C", before: null, after: box(22, 22, 25, 25) }] })).toEqual([]);
});

test("a split moves pixels between its own cells", () => {
  const canvas = canvasOf({ A: box(0, 0, 10, 20) });
  const split = {
    changes: [
      { uid: "A", before: box(0, 0, 10, 20), after: box(0, 0, 10, 10) },
      { uid: "N", before: null, after: box(0, 10, 10, 20) },
    ],
  };
  expect(settle(canvas, split)).toEqual(split.changes);
});

test("two people reshaped one cell: shown with all three sides; each decision keeps what it says", () => {
  const [before, mine, theirs] = [box(0, 0, 10, 10), box(0, 0, 10, 14), box(4, 0, 10, 10)];
  const canvas = canvasOf({ A: theirs, B: box(20, 20, 25, 25) });
  const edit = { changes: [{ uid: "A", before, after: mine }] };
  const conflicts = conflictsOf(edit, (uid) => canvas.shapes.get(uid));
  expect(conflicts).toMatchObject([
    { kind: "changed", plane: { t: 0, z: 0 }, before: [before], mine: [mine], theirs: [theirs] },
  ]);
  expect(settle(canvas, edit, "mine")).toEqual([{ uid: "A", before: theirs, after: mine }]);
  expect(settle(canvas, edit, "theirs")).toEqual([]);
  // Both: theirs stays to the pixel; mine becomes a cell of its own of what is left: rows 0-3 and columns 10-13.
  const both = settle(canvas, edit, "both");
  expect(both).toMatchObject([{ uid: "new1", before: null }]);
  expect(shapeArea(both[0]?.after as ObjectShape)).toBe(10 * 14 - 6 * 10);
  expect(() => applyChangesInPlace(canvas, both)).not.toThrow();
});

test("what only one of them touched is no conflict: the rest of a large edit goes through", () => {
  const cells = [0, 1, 2, 3].map((k) => box(0, 10 * k, 5, 10 * k + 5));
  const [a, b, c, d] = cells as [ObjectShape, ObjectShape, ObjectShape, ObjectShape];
  // The edit deletes all four; meanwhile c was grown by someone else.
  const grown = box(0, 20, 9, 25);
  const canvas = canvasOf({ a, b, c: grown, d });
  const edit = {
    changes: Object.entries({ a, b, c, d }).map(([uid, before]) => ({ uid, before, after: null })),
  };
  expect(conflictsOf(edit, (uid) => canvas.shapes.get(uid))).toMatchObject([
    { kind: "removed", before: [c], mine: [], theirs: [grown] },
  ]);
  expect(settle(canvas, edit, "theirs").map(({ uid }) => uid)).toEqual(["a", "b", "d"]);
  expect(settle(canvas, edit, "mine")).toHaveLength(4);
});

test("a merge of two cells of which one was split meanwhile is decided as a whole", () => {
  const [a, b, joined] = [box(0, 0, 10, 10), box(0, 10, 10, 20), box(0, 0, 10, 20)];
  const half = [box(0, 0, 5, 10), box(5, 0, 10, 10)] as const;
  const canvas = canvasOf({ a: half[0], b, s: half[1] });
  const edit = {
    changes: [
      { uid: "a", before: a, after: joined },
      { uid: "b", before: b, after: null },
    ],
  };
  const conflicts = conflictsOf(edit, (uid) => canvas.shapes.get(uid));
  expect(conflicts.map(({ mine }) => mine)).toEqual([[joined]]);
  // The half that the other person made is none of this edit's cells: it is not cut.
  const mine = settle(canvas, edit, "mine");
  expect(mine.map(({ uid }) => uid).sort()).toEqual(["a", "b"]);
  expect(shapeArea(mine.find(({ uid }) => uid === "a")?.after as ObjectShape)).toBe(150);
  expect(settle(canvas, edit, "theirs")).toEqual([]);
});
