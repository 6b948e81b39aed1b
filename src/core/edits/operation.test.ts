import { describe, expect, test } from "vitest";
import { labelsOf } from "#testing/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "../labels/index.ts";
import {
  applyOperation,
  applyOperationInPlace,
  type EditOperation,
  emptyLayerState,
  invertOperation,
  type ObjectChange,
  validateOperation,
} from "./index.ts";

const image = { height: 3, width: 6 };
const shapes = objectShapesFromLabels(labelsOf("11..22", "11..22", "..3..."));
const shape = (label: number): ObjectShape => shapes.get(label) as ObjectShape;

function operation(changes: readonly ObjectChange[], more: Partial<EditOperation> = {}): EditOperation {
  return { operationId: "01HXOP", kind: "draw", tool: "brush", changes, msSpent: 1200, ...more };
}

const birth = (uid: string, after: ObjectShape): ObjectChange => ({ uid, before: null, after });

describe("validateOperation", () => {
  test("accepts a birth", () => {
    expect(() => validateOperation(operation([birth("cell-1", shape(1))]), image)).not.toThrow();
  });

  const bad: readonly [string, EditOperation, RegExp][] = [
    ["nothing to do", operation([]), /changes nothing/],
    ["no id", operation([birth("a", shape(1))], { operationId: "" }), /operation id/],
    ["an id with a path", operation([birth("../a", shape(1))]), /object's id/],
    [
      "a kind that is unknown",
      operation([birth("a", shape(1))], { kind: "paint" as "draw" }),
      /kind "paint" is unknown/,
    ],
    ["one object twice", operation([birth("a", shape(1)), birth("a", shape(2))]), /one object twice/],
    [
      "no difference",
      operation([{ uid: "a", before: shape(1), after: { ...shape(1) } }]),
      /same before and after/,
    ],
    ["null to null", operation([{ uid: "a", before: null, after: null }]), /same before and after/],
    [
      "a shape outside",
      operation([birth("a", { ...shape(3), bbox: [2, 5, 3, 7], bits: Uint8Array.of(0xc0) })]),
      /outside the image/,
    ],
    ["time from a broken clock", operation([birth("a", shape(1))], { msSpent: -5 }), /time spent/],
    ["time that is no number", operation([birth("a", shape(1))], { msSpent: Number.NaN }), /time spent/],
    ["undo of nothing", operation([birth("a", shape(1))], { kind: "undo" }), /needs the field "undoes"/],
    [
      "draw that undoes",
      operation([birth("a", shape(1))], { undoes: "x" }),
      /cannot have the field "undoes"/,
    ],
    [
      "a tool with a novel for a name",
      operation([birth("a", shape(1))], { tool: "x".repeat(201) }),
      /name of its tool/,
    ],
  ];
  test.each(bad)("refuses %s", (_, op, message) => {
    expect(() => validateOperation(op, image)).toThrow(message);
    expect(() => validateOperation(op, image)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
  });

  test("refuses more than 100,000 changes before looking at them", () => {
    const many = new Array<ObjectChange>(100_001).fill(birth("a", shape(1)));
    expect(() => validateOperation(operation(many), image)).toThrow(/100001 objects, more than 100000/);
  });
});

describe("applyOperation", () => {
  const start = applyOperation(
    emptyLayerState(3, 6),
    operation([birth("a", shape(1)), birth("b", shape(2))]),
  );

  test("adds, changes and removes, and leaves the old state alone", () => {
    const next = applyOperation(
      start,
      operation([
        { uid: "a", before: shape(1), after: shape(3) },
        { uid: "b", before: shape(2), after: null },
      ]),
    );
    expect([...next.objects]).toEqual([["a", shape(3)]]);
    expect([...start.objects.keys()]).toEqual(["a", "b"]);
  });

  test("swapping two objects' places is no overlap", () => {
    const swap = operation([
      { uid: "a", before: shape(1), after: shape(2) },
      { uid: "b", before: shape(2), after: shape(1) },
    ]);
    expect(applyOperation(start, swap).objects.get("a")).toEqual(shape(2));
  });

  const conflicts: readonly [string, ObjectChange[]][] = [
    ["a birth of one that lives", [birth("a", shape(3))]],
    ["a change of one that was never there", [{ uid: "z", before: shape(3), after: null }]],
    ["a change from a shape that is no longer", [{ uid: "a", before: shape(3), after: null }]],
    ["an object on top of another", [birth("c", shape(2))]],
    ["two new objects on top of each other", [birth("c", shape(3)), birth("d", shape(3))]],
  ];
  test.each(conflicts)("refuses %s and changes nothing", (_, changes) => {
    const state = { ...start, objects: new Map(start.objects) };
    expect(() => applyOperationInPlace(state, operation(changes))).toThrow(
      expect.objectContaining({ code: "revision.conflict" }),
    );
    expect([...state.objects]).toEqual([...start.objects]);
  });

  test("objects of other frames and planes are not in the way", () => {
    const later = operation([birth("c", { ...shape(1), t: 1 }), birth("d", { ...shape(1), z: 2 })]);
    expect(applyOperation(start, later).objects.size).toBe(4);
  });

  test("undo and redo: the inverse gives the state back, its inverse the change", () => {
    const op = operation([{ uid: "a", before: shape(1), after: null }, birth("c", shape(3))]);
    const after = applyOperation(start, op);
    const undo = invertOperation(op, "01HXUNDO", "undo");
    validateOperation(undo, image);
    const back = applyOperation(after, undo);
    expect(new Map(back.objects)).toEqual(new Map(start.objects));
    const redo = invertOperation(undo, "01HXREDO", "redo");
    expect(redo).toMatchObject({ kind: "redo", undoes: "01HXUNDO", changes: op.changes });
    expect(applyOperation(back, redo).objects).toEqual(after.objects);
  });
});
