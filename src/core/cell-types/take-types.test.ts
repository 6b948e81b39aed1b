import { expect, test } from "vitest";
import type { CellTypes, TypeOrigin } from "./cell-types.ts";
import { takeTypes } from "./take-types.ts";

const is = (by: TypeOrigin, ...terms: string[]): CellTypes => terms.map((term) => ({ term, by }));

test("a person's word stays, a rule's gives way, the same terms are no change", () => {
  const present = new Map([
    ["person", is("person", "CL:1")],
    ["rule", is("rule", "CL:1")],
    ["same", is("person", "CL:1", "CL:2")],
  ]);
  const given = new Map(["person", "rule", "bare"].map((uid) => [uid, is("import", "CL:3")]));
  given.set("same", is("import", "CL:1", "CL:2"));
  const ofRule = { uid: "rule", before: is("rule", "CL:1"), after: is("import", "CL:3") };
  const ofBare = { uid: "bare", before: null, after: is("import", "CL:3") };
  expect(takeTypes(present, given)).toEqual({ changes: [ofRule, ofBare], kept: ["person"], same: 1 });
  expect(takeTypes(present, given, { overPeople: true })).toEqual({
    changes: [{ uid: "person", before: is("person", "CL:1"), after: is("import", "CL:3") }, ofRule, ofBare],
    kept: [],
    same: 1,
  });
});
