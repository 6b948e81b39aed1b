import { expect, test } from "vitest";
import { outputNames } from "./predict.ts";

test("results are named after the image and never overwrite each other", () => {
  expect(outputNames(["x/a.png", "y/a.tif", "b.ome.tiff", "c.v1.png"])).toEqual([
    "a_labels.tif",
    "a-2_labels.tif",
    "b_labels.tif",
    "c.v1_labels.tif",
  ]);
});
