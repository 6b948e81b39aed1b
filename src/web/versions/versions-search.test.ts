/** The address of the versions page: what is understood, what is left out. */

import { expect, test } from "vitest";
import { compareQuery, readVersionsSearch } from "./versions-search.ts";

test("what is understood is kept, the rest is left out", () => {
  const search = {
    tab: "merge",
    layer: "01ABC",
    before: "r01X",
    after: "l01Y",
    view: "beside",
    cell: "01C",
    branch: 7,
  };
  expect(readVersionsSearch(search)).toEqual({
    tab: "merge",
    layer: "01ABC",
    before: "r01X",
    after: "l01Y",
    view: "beside",
    cell: "01C",
  });
  expect(readVersionsSearch({ tab: "x", before: "01X", after: "<r", layer: "", view: 1 })).toEqual({});
});

test("a revision and a layer as it is now are asked for by their own names", () => {
  expect(compareQuery("rA", "lB")).toEqual({ from: "A" });
  expect(compareQuery("lA", "rB")).toEqual({ fromLayer: "A", to: "B" });
});
