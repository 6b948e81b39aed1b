/** Mending a value leaves every other character of a sheet where it was. */

import { expect, test } from "vitest";
import { parseSheet } from "./parse-sheet.ts";
import { replaceInSheet } from "./replace-value.ts";

const fix = (text: string, name: string, column: string, from: string, to: string) =>
  replaceInSheet(text, name, { column, from, to });

test("a table: every row of the column, and no other column", () => {
  const text = '\ufeffname;Tissue;notes\r\na; splen ;splen\r\n"b;1";"splen";x\r\nc;liver;\r\n';
  expect(fix(text, "s.csv", "Tissue", "splen", "spleen")).toEqual({
    text: '\ufeffname;Tissue;notes\r\na;spleen;splen\r\n"b;1";spleen;x\r\nc;liver;\r\n',
    count: 2,
  });
  // Problems may name the column by its canonical name.
  expect(fix(text, "s.csv", "organ", "liver", "liver; left lobe").text).toContain(
    'c;"liver; left lobe";\r\n',
  );
});

test("a channel's column by its position, in a table and in YAML", () => {
  const table = "name,channel 1 target,Channel_2 Target\na,CD45,cd 45\n";
  expect(fix(table, "s.csv", "channel 2 target", "cd 45", "CD45").text).toBe(
    "name,channel 1 target,Channel_2 Target\na,CD45,CD45\n",
  );
  const yaml =
    "channels:\n  - { name: Cy3, target: cd 45 }\n  - { name: Cy5, target: cd 45 } # far red\nimages:\n  - name: a\n";
  expect(fix(yaml, "s.yaml", "channel 2 target", "cd 45", "CD45").text).toBe(
    yaml.replace("{ name: Cy5, target: cd 45 }", "{ name: Cy5, target: CD45 }"),
  );
});

test("YAML keeps comments, order and quotes of the rest", () => {
  const text =
    "# spleens\ndefaults:\n  tissue: 'splen' # to be checked\n  notes: splen\nimages:\n  - { name: a, tissue: splen }\n  - { name: b, tissue: liver }\n";
  const mended = fix(text, "s.yml", "tissue", "splen", "no");
  expect(mended.count).toBe(2);
  expect(mended.text).toBe(text.replace("'splen'", '"no"').replace("tissue: splen }", 'tissue: "no" }'));
  expect(
    parseSheet(mended.text, { name: "s.yml" }).rows.map(({ values }) => values["organ"] ?? values["tissue"]),
  ).toEqual(["no", "liver"]);
});

test("a value that is not there changes nothing", () => {
  const text = "name,organ\na,liver\n";
  expect(fix(text, "s.csv", "organ", "splen", "spleen")).toEqual({ text, count: 0 });
  expect(fix(text, "s.csv", "platform", "liver", "spleen")).toEqual({ text, count: 0 });
});
