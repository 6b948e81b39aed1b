import { describe, expect, test } from "vitest";
import {
  assertCellTypes,
  type CellTypes,
  carriedTypes,
  confirmedTypes,
  countTypes,
  isOfType,
  listTypes,
  mergeTypes,
  needsLook,
  splitTypes,
  termsOf,
  typeConflicts,
  unknownType,
  withoutType,
  withType,
} from "./index.ts";

const T = "CL:0000084";
const B = "CL:0000236";
const lymphocyte = "CL:0000542";
const dividing = "local:dividing";

/** A hierarchy by hand: both are lymphocytes, dividing is no type of cell. */
const above: Record<string, string[]> = {
  [T]: [lymphocyte, "CL:0000000"],
  [B]: [lymphocyte, "CL:0000000"],
  [lymphocyte]: ["CL:0000000"],
};
const ancestors = (term: string): string[] => above[term] ?? [];
const relations = { ancestors, isCellType: (term: string) => term.startsWith("CL:") };

const person = (...terms: string[]): CellTypes => terms.map((term) => ({ term, by: "person" as const }));

describe("lists of types", () => {
  test("unknown is not the same as not looked at, and gives way to a term", () => {
    const unknown = withType(null, unknownType);
    expect(unknown).toEqual([{ term: "unknown", by: "person" }]);
    expect(termsOf(unknown)).toEqual([]);
    expect(withType(unknown, T)).toEqual(person(T));
    expect(withType(person(T), unknownType)).toEqual(unknown);
    expect(withoutType(person(T), T)).toBeNull();
  });

  test("a type and a state stand beside each other, in order of term", () => {
    expect(withType(person(dividing), T)).toEqual(person(T, dividing));
    expect(listTypes([...person(dividing, T), { term: T, by: "rule" }])).toEqual(person(T, dividing));
  });

  test("what a person chooses stands over a proposal of the same term; the rest waits", () => {
    const proposed: CellTypes = [
      { term: T, by: "rule" },
      { term: dividing, by: "rule" },
    ];
    const chosen = withType(proposed, T);
    expect(chosen).toEqual([
      { term: T, by: "person" },
      { term: dividing, by: "rule" },
    ]);
    expect(needsLook(chosen)).toBe(true);
    expect(needsLook(confirmedTypes(chosen))).toBe(false);
  });

  test.each<[string, unknown]>([
    ["an empty list", []],
    ["a text that is no term", [{ term: "T cell", by: "person" }]],
    ["a term twice", [...person(T), ...person(T)]],
    ["no order", person(dividing, T)],
    ["unknown beside a term", person(T, unknownType)],
    ["an unknown way", [{ term: T, by: "guess" }]],
    [
      "too many",
      Array.from({ length: 17 }, (_, i) => ({ term: `CL:${String(i).padStart(7, "0")}`, by: "person" })),
    ],
  ])("refuses %s", (_, types) => {
    expect(() => assertCellTypes(types as CellTypes)).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });
});

describe("cells made of cells", () => {
  test("both parts of a split keep the types, marked", () => {
    expect(splitTypes(person(T))).toEqual([{ term: T, by: "split" }]);
    expect(splitTypes(null)).toBeNull();
  });

  test("a merge of equals keeps them; a merge of others unites them, marked", () => {
    expect(mergeTypes([person(T), person(T)])).toEqual(person(T));
    expect(mergeTypes([person(T), null])).toEqual([{ term: T, by: "merge" }]);
    expect(mergeTypes([null, null])).toBeNull();
    expect(mergeTypes([person(T), person(B)])).toEqual([
      { term: T, by: "merge" },
      { term: B, by: "merge" },
    ]);
    expect(mergeTypes([person(T), person(unknownType)])).toEqual([{ term: T, by: "merge" }]);
  });

  test("two types that exclude each other are a conflict, a type with its group or with a state is none", () => {
    expect(typeConflicts(mergeTypes([person(T), person(B)]), relations)).toEqual([[T, B]]);
    expect(typeConflicts(mergeTypes([person(T), person(lymphocyte)]), relations)).toEqual([]);
    expect(typeConflicts(mergeTypes([person(T), person(dividing)]), relations)).toEqual([]);
    expect(typeConflicts(person(B, T).toReversed(), relations)).toEqual([]);
  });

  const typesOf = (uid: string): CellTypes | null => ({ a: person(T), b: person(B) })[uid] ?? null;

  test("a split hands types to the part that stays and to those that are born", () => {
    const changes = [
      { uid: "a", before: 1, after: 2 },
      { uid: "n", before: null, after: 3 },
    ];
    expect(carriedTypes({ kind: "split", changes }, typesOf)).toEqual([
      { uid: "a", before: person(T), after: [{ term: T, by: "split" }] },
      { uid: "n", before: null, after: [{ term: T, by: "split" }] },
    ]);
  });

  test("a merge changes the cell that stays; the others keep theirs for the undo", () => {
    const changes = [
      { uid: "a", before: 1, after: 2 },
      { uid: "b", before: 3, after: null },
    ];
    expect(carriedTypes({ kind: "merge", changes }, typesOf)).toEqual([
      {
        uid: "a",
        before: person(T),
        after: [
          { term: T, by: "merge" },
          { term: B, by: "merge" },
        ],
      },
    ]);
  });

  test("a copy in another frame is the same cell; reshaping and undo carry nothing", () => {
    const changes = [{ uid: "n", before: null, after: 1 }];
    const origins = [{ uid: "n", after: { uid: "b", kind: "link" } }];
    expect(carriedTypes({ kind: "draw", changes, origins }, typesOf)).toEqual([
      { uid: "n", before: null, after: person(B) },
    ]);
    expect(carriedTypes({ kind: "undo", changes, origins }, typesOf)).toEqual([]);
    expect(carriedTypes({ kind: "reshape", changes: [{ uid: "a", before: 1, after: 2 }] }, typesOf)).toEqual(
      [],
    );
  });
});

test("counts: own terms, groups once per cell, unknown, not looked at, waiting", () => {
  const cells = [person(T), person(B, T), person(unknownType), null, splitTypes(person(T))];
  const counts = countTypes(cells, ancestors);
  expect([...counts.own]).toEqual([
    [T, 3],
    [B, 1],
  ]);
  expect(counts.under.get(lymphocyte)).toBe(3);
  expect(counts).toMatchObject({ unknown: 1, notLooked: 1, waiting: 1 });
  expect(isOfType(person(T), lymphocyte, ancestors)).toBe(true);
  expect(isOfType(person(lymphocyte), T, ancestors)).toBe(false);
});
