import { expect, test } from "vitest";
import { exporters } from "./index.ts";

test("formats that hold a mask or an outline per cell keep overlaps, label images do not", () => {
  const keeping = exporters.filter(({ keepsOverlaps }) => keepsOverlaps === true).map(({ format }) => format);
  expect(keeping.sort()).toEqual(["coco", "geojson", "imagej-roi", "parquet"]);
});
