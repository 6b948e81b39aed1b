import { expect, test } from "vitest";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOf } from "#testing/index.ts";
import { measureCsv } from "../measure/index.ts";
import { cellTypeTable } from "./cell-type-table.ts";
import { readCellTypesCsv } from "./read-cell-types.ts";

test("a row per cell and type, at a pixel of the cell", () => {
  // The longest run of cell 1 is the lower row; of cell 2 the first of two.
  const shapes = objectShapesFromLabels(labelsOf("11...", "1..22", "1111.", "...22"));
  const cells = [...shapes].map(([label, shape]) => ({
    ...{ uid: `u${label}`, label, shape },
    types:
      label === 1
        ? ([
            { term: "CL:1", by: "person" },
            { term: "CL:2", by: "rule" },
          ] as const)
        : null,
  }));
  const { table, texts } = cellTypeTable(cells, (term) => `name of ${term}`);
  expect([...measureCsv(table, "uid", texts)].join("")).toBe(
    [
      "term,name,by,uid,label,t,z,y_px,x_px",
      "CL:1,name of CL:1,person,u1,1,0,0,2,1",
      "CL:2,name of CL:2,rule,u1,1,0,0,2,1",
      "",
    ].join("\n"),
  );
});

test("cells by uid or label, terms before names, several in one field, lines of other images passed over", () => {
  const text = [
    "image;Cell_ID;cell_type;term",
    "a;1;T cell;",
    'a;2;"B cell; mitotic cell";',
    "a;3;ignored;CL:0000084",
    "b;4;T cell;",
    "a;x;T cell;",
    "a;5;;",
    "a;6.5;T cell;",
  ].join("\n");
  expect(readCellTypesCsv(text, "t.csv", "a")).toEqual({
    rows: [
      { line: 2, uid: null, label: 1, words: ["T cell"] },
      { line: 3, uid: null, label: 2, words: ["B cell", "mitotic cell"] },
      { line: 4, uid: null, label: 3, words: ["CL:0000084"] },
    ],
    notes: ["Line 6: it names no cell.", "Line 7: it names no type.", "Line 8: it names no cell."],
    leftOut: 3,
    ofOthers: 1,
  });
  expect(readCellTypesCsv("uid,type\nabc,T cell", "t.csv", "a").rows[0]).toMatchObject({
    uid: "abc",
    label: null,
  });
});

test("a table that names no cells, or no types, says which column is missing", () => {
  expect(() => readCellTypesCsv("name\nT cell", "t.csv", "a")).toThrow(/no column says which cell/);
  expect(() => readCellTypesCsv("label,area\n1,2", "t.csv", "a")).toThrow(
    /no column says what the cells are/,
  );
});
