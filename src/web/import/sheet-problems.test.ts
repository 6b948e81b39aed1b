/** Problems of a sheet, gathered by value, with offers that end the problem. */

import { expect, test } from "vitest";
import type { SheetProblem } from "#api/index.ts";
import { rowsText, valueProblems } from "./sheet-problems.ts";

const problem = (row: number, more: Partial<SheetProblem> = {}): SheetProblem => ({
  severity: "error",
  text: "",
  row,
  column: "organ",
  field: "organ",
  value: "splen",
  rule: "unknownTerm",
  message: '"splen" is not known; did you mean spleen (UBERON:0002106)?',
  nearest: "spleen",
  candidates: [{ curie: "UBERON:0002106", label: "spleen" }],
  more: 0,
  ...more,
});

test("one line per wrong value, errors before warnings, rows ascending", () => {
  const list = valueProblems([
    problem(2, { severity: "warning", column: "platform", value: "x" }),
    problem(9),
    problem(4),
    problem(5, { column: "species" }),
  ]);
  expect(list.map(({ column, rows, count }) => [column, rows, count])).toEqual([
    ["organ", [4, 9], 2],
    ["species", [5], 1],
    ["platform", [2], 1],
  ]);
  expect(list[0]?.offers).toEqual([{ value: "spleen", curie: "UBERON:0002106" }]);
});

test("of two lines called H9, the one of that very name is offered by its CURIE", () => {
  const [h9] = valueProblems([
    problem(3, {
      column: "cellLine",
      value: "H9",
      rule: "ambiguousTerm",
      nearest: undefined,
      candidates: [
        { curie: "CVCL_9773", label: "WA09" },
        { curie: "CVCL_1240", label: "H9" },
      ],
    }),
  ]);
  expect(h9?.offers.map(({ value }) => value)).toEqual(["WA09", "CVCL_1240"]);
});

test("what is missing has nothing to exchange; long lists of rows are cut", () => {
  expect(valueProblems([problem(1, { value: "" })])[0]?.offers).toEqual([]);
  expect(rowsText({ rows: [1, 2, 3], count: 3 })).toBe("1, 2, 3");
  expect(rowsText({ rows: [1, 2, 3], count: 40 })).toBe("1, 2, 3 and 37 more");
});
