import { expect, test } from "vitest";
import { readAddress, writeAddress } from "./address.ts";

const cell = "01JD0000000000000000000000";

test("what is written is read again, to a tenth of a pixel", () => {
  const view = { zoom: 2.255, target: { y: 8.04, x: 12.56 } };
  const search = writeAddress("?tab=cells", { view, cell });
  expect(search).toBe(`?tab=cells&x=12.6&y=8&z=2.25&cell=${cell}`);
  expect(readAddress(search)).toEqual({ view: { zoom: 2.25, target: { y: 8, x: 12.6 } }, cell });
});

test("nonsense in the address is ignored", () => {
  expect(readAddress("?x=1&y=a&z=3&cell=../etc")).toEqual({ view: null, cell: null });
  expect(writeAddress("?x=1", { view: null, cell: null })).toBe("");
});
