/** What people decided, read from the log: the last word counts, taken back is not said, programs decide nothing. */
import { expect, test } from "vitest";
import type { ObjectOrigin } from "#core/edits/index.ts";
import { type DecidingEdit, trackDecisions } from "./track-decisions.ts";
import { operationsOf } from "./track-operations.ts";

const at = (t: number, label: number) => ({ t, label });
const places = new Map([
  ["a0", at(0, 1)],
  ["b0", at(0, 2)],
  ["a1", at(1, 3)],
  ["b1", at(1, 4)],
  ["c1", at(1, 5)],
]);
const link = (uid: string): ObjectOrigin => ({ uid, kind: "link" });
const division = (uid: string): ObjectOrigin => ({ uid, kind: "division" });

let count = 0;
const edit = (
  origins: readonly (readonly [string, ObjectOrigin | null, ObjectOrigin | null])[],
  more: Partial<DecidingEdit> = {},
): DecidingEdit => ({
  ...{ operationId: `edit${count++}`, kind: "draw", agent: { kind: "person" } },
  origins: origins.map(([uid, before, after]) => ({ uid, before, after })),
  ...more,
});
const none = { acceptedLinks: [], acceptedDivisions: [], forbiddenLinks: [] };

test("links made and taken away; the last word about an object counts", () => {
  const made = edit([["a1", null, link("b0")]]);
  expect(trackDecisions([made], places)).toEqual({
    ...none,
    acceptedLinks: [{ from: at(0, 2), to: at(1, 3) }],
  });
  const moved = edit([["a1", link("b0"), link("a0")]]);
  expect(trackDecisions([made, moved], places)).toEqual({
    ...none,
    acceptedLinks: [{ from: at(0, 1), to: at(1, 3) }],
    forbiddenLinks: [{ from: at(0, 2), to: at(1, 3) }],
  });
  const cut = edit([["a1", link("a0"), null]]);
  expect(trackDecisions([made, moved, cut], places)).toEqual({
    ...none,
    forbiddenLinks: [{ from: at(0, 1), to: at(1, 3) }],
  });
});

test("daughters of one parent are one division", () => {
  const made = edit([
    ["a1", link("a0"), division("a0")],
    ["b1", null, division("a0")],
  ]);
  expect(trackDecisions([made], places)).toEqual({
    ...none,
    acceptedDivisions: [{ parent: at(0, 1), daughters: [at(1, 3), at(1, 4)] }],
  });
});

test("programs, undone edits and objects that are gone decide nothing; brought back decides again", () => {
  const machine = edit([["a1", null, link("a0")]], { agent: { kind: "model" } });
  // Taking back the work of a program forbids nothing.
  const undoMachine = edit([["a1", link("a0"), null]], { kind: "undo", undoes: machine.operationId });
  expect(trackDecisions([machine, undoMachine], places)).toEqual(none);
  const made = edit([["a1", null, link("b0")]]);
  const undo = edit([["a1", link("b0"), null]], { kind: "undo", undoes: made.operationId });
  const redo = edit([["a1", null, link("b0")]], { kind: "redo", undoes: undo.operationId });
  expect(trackDecisions([made, undo], places)).toEqual(none);
  expect(trackDecisions([made, undo, redo], places).acceptedLinks).toHaveLength(1);
  expect(trackDecisions([made], new Map([["a1", at(1, 3)]]))).toEqual(none);
});

test("where two decisions contradict each other the division stands", () => {
  const both = [
    edit([
      ["a1", null, division("a0")],
      ["b1", null, division("a0")],
    ]),
    edit([["c1", null, link("a0")]]),
    edit([["c1", link("b0"), null]]),
  ];
  const found = trackDecisions([both[0]!, both[1]!], places);
  expect(found.acceptedDivisions).toHaveLength(1);
  expect(found.acceptedLinks).toEqual([]);
});

test("of many changes several edits, freed before linked, none above the limit", () => {
  const change = (uid: string, before: string | null, after: string | null) => ({
    uid,
    before: before === null ? null : link(before),
    after: after === null ? null : link(after),
  });
  const changes = [change("x", "p", "q"), change("y", null, "p"), change("z", "q", null)];
  let id = 0;
  const nextId = (): string => `id${id++}`;
  expect(operationsOf(changes, "track", nextId).map(({ origins }) => origins)).toEqual([changes]);
  expect(operationsOf(changes, "track", nextId, 1).map(({ origins }) => origins)).toEqual([
    [change("x", "p", null)],
    [change("z", "q", null)],
    [change("x", null, "q")],
    [change("y", null, "p")],
  ]);
  expect(operationsOf([], "track", nextId)).toEqual([]);
});
