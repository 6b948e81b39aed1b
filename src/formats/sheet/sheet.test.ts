import { describe, expect, test } from "vitest";
import { refusal } from "../fixtures/fixtures.ts";
import { parseCsv } from "./csv.ts";
import { joinSheet } from "./join-sheet.ts";
import { parseSheet } from "./parse-sheet.ts";

const fields = (text: string) => parseCsv(text, "s.csv").map((row) => row.fields);

test("RFC 4180: quotes, doubled quotes, breaks inside, a byte order mark, CRLF, no last line end", () => {
  const text = '\ufeffname,note\r\na,"b,c"\r\n"d ""e""","f\ng"\n\nh,';
  expect(fields(text)).toEqual([
    ["name", "note"],
    ["a", "b,c"],
    ['d "e"', "f\ng"],
    ["h", ""],
  ]);
  expect(parseCsv(text, "s.csv").map((row) => row.line)).toEqual([1, 2, 3, 6]);
});

test("semicolons and tabs are found by the first line", () => {
  expect(fields("name;mpp\na;0,65\n")).toEqual([
    ["name", "mpp"],
    ["a", "0,65"],
  ]);
  expect(fields("name\tgroup\na b\tc,d\n")).toEqual([
    ["name", "group"],
    ["a b", "c,d"],
  ]);
});

test("a sheet: canonical columns, numbers checked, other columns kept", () => {
  const sheet = parseSheet("Image;Appearance cluster;Pixel size;my column\na.png;f1;0,65;x\nb;f2;;\n", {
    name: "s.csv",
  });
  expect(sheet.columns).toEqual(["group", "mpp", "my_column"]);
  expect(sheet.rows).toMatchObject([
    { name: "a.png", row: 2, line: 2, values: { group: "f1", mpp: "0.65", my_column: "x" } },
    { name: "b", row: 3, line: 3, values: { group: "f2" } },
  ]);
});

test("a misspelt column is kept and asked about", () => {
  const sheet = parseSheet("name,modalty,organs,height\na,x,y,3\n", { name: "s.csv" });
  expect(sheet.notes).toEqual([
    'Column "modalty" is kept as free text; did you mean "modality"?',
    'Column "organs" is kept as free text; did you mean "organ"?',
  ]);
});

describe("errors name line and column", () => {
  test.each([
    ["nmae,group\na,b\n", 's.csv, header: no column names the image; "nmae" looks like "name".'],
    ["name,mpp\na,0.5\nb,fine\n", 's.csv, line 3, column mpp: "fine" is not a pixel size.'],
    ["name,mpp\na,-1\n", 's.csv, line 2, column mpp: "-1" is not a pixel size.'],
    ["name,split\na,holdout\n", 's.csv, line 2, column split: "holdout" is not a split.'],
    ["name,group\na,b\na,c\n", 's.csv, line 3, column name: "a" is already on line 2.'],
    ["name,group\n,c\n", "s.csv, line 2: the name of the image is missing."],
    ["name,group\na,b,c\n", "s.csv, line 2: it has 3 cells, the header has 2."],
    [
      "name,group,leakage_group,group\na,b,c,d\n",
      's.csv, header, column "group": it means the same as column "group".',
    ],
    ["name\n", "s.csv: it has no rows below a header."],
    ['name\n"a\n', "s.csv, line 2: a quote is opened and never closed."],
    ['name,b\n"a"x,c\n', "s.csv, line 2, column 1: there is text after a closing quote."],
  ])("%j", async (text, message) => {
    const error = await refusal(() => parseSheet(text, { name: "s.csv" }));
    expect([error.code, error.message]).toEqual(["format.sheet", message]);
  });
});

test("rows join by path, file name or stem; doubtful rows join nothing", () => {
  const images = [
    { name: "a", path: "x/a.tif" },
    { name: "b", path: "x/b.ome.tif" },
    { name: "y/c", path: "y/c.png" },
    { name: "z/c", path: "z/c.png" },
    { name: "d", path: "d.png" },
  ];
  const sheet = parseSheet("name,group\na.png,1\nb,2\nc,3\nz\\c.png,4\nnone.png,5\nx/a.tif,6\n", {
    name: "s",
  });
  const { matches, unmatchedRows, unmatchedImages } = joinSheet(sheet, images);
  expect([...matches].map(([image, row]) => [image.path, row.values["group"]])).toEqual([
    ["x/a.tif", "1"],
    ["x/b.ome.tif", "2"],
    ["z/c.png", "4"],
  ]);
  expect(unmatchedRows.map(({ row, reason }) => [row.line, reason])).toEqual([
    [4, "2 images have this name; write their paths"],
    [6, "no image has this name"],
    [7, "line 2 already describes this image"],
  ]);
  expect(unmatchedImages.map((image) => image.path)).toEqual(["y/c.png", "d.png"]);
});
