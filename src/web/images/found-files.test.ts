import { expect, test } from "vitest";
import { kindOf, summarise } from "./found-files.ts";

const found = (...paths: string[]) => summarise(paths.map((path) => ({ path, size: 10 })));

test("kinds by name and folder", () => {
  expect(kindOf("plate/a.TIF")).toBe("image");
  expect(kindOf("plate/a_masks.tif")).toBe("labels");
  expect(kindOf("labels/a.png")).toBe("labels");
  expect(kindOf("plate/sheet.csv")).toBe("sheet");
  expect(kindOf("all.zip")).toBe("archive");
  expect(kindOf("plate/.DS_Store")).toBe("ignored");
  expect(kindOf("__MACOSX/a.png")).toBe("ignored");
  expect(kindOf("notes.docx")).toBe("ignored");
  expect(kindOf("README")).toBe("ignored");
});

test("pairs by suffix and by parallel folders", () => {
  const summary = found("p/a.tif", "p/a_masks.tif", "p/b.tif", "images/c.png", "labels/c.png");
  expect(summary).toMatchObject({ images: 3, labels: 2, pairs: 2, folders: 2, bytes: 50 });
  expect(summary.formats).toEqual([
    ["tif", 3],
    ["png", 2],
  ]);
});

test("DSB2018: one image, many one-object masks", () => {
  const summary = found(
    "s1/id1/images/id1.png",
    "s1/id1/masks/m1.png",
    "s1/id1/masks/m2.png",
    "s1/id2/images/id2.png",
  );
  expect(summary).toMatchObject({ images: 2, labels: 2, pairs: 1 });
});

test("sheets and what is left out are named", () => {
  const summary = found("a.png", "meta/sheet.csv", "notes.txt");
  expect(summary.sheets).toEqual(["meta/sheet.csv"]);
  expect(summary.ignored).toEqual(["notes.txt"]);
});

test("nothing dropped", () => {
  expect(summarise([])).toEqual({
    images: 0,
    labels: 0,
    pairs: 0,
    archives: 0,
    sheets: [],
    ignored: [],
    bytes: 0,
    formats: [],
    folders: 0,
  });
});
