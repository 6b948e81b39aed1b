import { expect, test } from "vitest";
import { type Orientation, turned } from "./orientation.ts";

// The letter F's corner: stored 2 rows of 3; shown as EXIF 2.32 table 6 says where row 0 and column 0 lie.
test.each<[Orientation, string]>([
  [1, "abc/def"],
  [2, "cba/fed"],
  [3, "fed/cba"],
  [4, "def/abc"],
  [5, "ad/be/cf"],
  [6, "da/eb/fc"],
  [7, "fc/eb/da"],
  [8, "cf/be/ad"],
])("orientation %i", (orientation, shown) => {
  const stored = new TextEncoder().encode("abcdefABCDEF");
  const { data, height, width } = turned(stored, { planes: 2, height: 2, width: 3 }, orientation);
  const rows = Array.from({ length: 2 * height }, (_, y) =>
    String.fromCharCode(...data.subarray(y * width, (y + 1) * width)),
  );
  expect(rows.slice(0, height).join("/")).toBe(shown);
  expect(rows.slice(height).join("/")).toBe(shown.toUpperCase());
});
