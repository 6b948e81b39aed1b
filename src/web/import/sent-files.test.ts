/** Which files of a drop are sent. */

import { expect, test } from "vitest";
import { isSheetName, isWorthSending, loneSheet } from "./sent-files.ts";

test.each([
  ["plate/a.tif", true],
  ["image.zarr/.zattrs", true],
  ["image.zarr/0/.zarray", true],
  ["image.zarr/c/0/0/0", true],
  ["annotations.json", true],
  [".DS_Store", false],
  ["plate/.DS_Store", false],
  ["plate/Thumbs.db", false],
  ["__MACOSX/plate/._a.tif", false],
  ["plate/._a.tif", false],
  ["repository/.git/config", false],
  ["plate/", false],
])("%s: %s", (path, sent) => expect(isWorthSending(path)).toBe(sent));

test("a sheet alone describes what waits; beside images it is one of the files", () => {
  const named = (path: string) => ({ path, file: new File(["x"], path) });
  expect(isSheetName("a/Sheet.YML")).toBe(true);
  expect(loneSheet([named("sheet.csv")])?.path).toBe("sheet.csv");
  expect(loneSheet([named("sheet.csv"), named("a.tif")])).toBeUndefined();
  expect(loneSheet([named("a.tif")])).toBeUndefined();
});
