import { expect, test } from "vitest";
import { readAddress, writeAddress } from "./address.ts";

const cell = "01JD0000000000000000000000";

test("what is written is read again, to a tenth of a pixel", () => {
  const view = { zoom: 2.255, target: { y: 8.04, x: 12.56 } };
  const search = writeAddress("?tab=cells", { view, cell, plane: { t: 3, z: null } });
  expect(search).toBe(`?tab=cells&frame=4&x=12.6&y=8&z=2.25&cell=${cell}`);
  expect(readAddress(search)).toEqual({
    view: { zoom: 2.25, target: { y: 8, x: 12.6 } },
    cell,
    plane: { t: 3, z: null },
  });
});

test("nonsense in the address is ignored", () => {
  const nowhere = { t: null, z: null };
  expect(readAddress("?x=1&y=a&z=3&cell=../etc&frame=0&slice=-1")).toEqual({
    view: null,
    cell: null,
    plane: nowhere,
  });
  expect(writeAddress("?x=1&frame=9&slice=2", { view: null, cell: null, plane: nowhere })).toBe("");
});
