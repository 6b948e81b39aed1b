import { expect, test } from "vitest";
import { visibleRows } from "./grid-layout.ts";

// 1000 px wide: 952 inside, 5 columns of 172 and 4 gaps of 16 need 924, a sixth does not fit.
// Card (952 - 64) / 5 = 177.6, thumbnail 133.2, row 133 + 56 = 189, pitch 205.
const view = { width: 1000, height: 600, top: 0, itemCount: 1000 };

test("columns and rows from the width", () => {
  expect(visibleRows(view)).toMatchObject({ columns: 5, rowHeight: 189, from: 0, spaceBefore: 20 });
});

test("drawn rows and empty space always add up to the whole height", () => {
  for (const top of [0, 333, 5000, 20_000, 40_999]) {
    const rows = visibleRows({ ...view, top });
    const drawn = Math.ceil((rows.to - rows.from) / rows.columns);
    expect(rows.spaceBefore + rows.spaceAfter + drawn * 205).toBe(40 + 200 * 205);
    expect(rows.from).toBeLessThanOrEqual(Math.floor(top / 205) * 5);
    expect(rows.to).toBeGreaterThanOrEqual(Math.min(1000, Math.ceil((top + 580) / 205) * 5));
  }
});

test("asks for more two screens before the end", () => {
  expect(visibleRows({ ...view, top: 38_000 }).nearEnd).toBe(false);
  expect(visibleRows({ ...view, top: 39_300 }).nearEnd).toBe(true);
  expect(visibleRows({ ...view, itemCount: 0 }).nearEnd).toBe(false);
});

test("a frame that is not measured yet draws something sane", () => {
  expect(visibleRows({ width: 0, height: 0, top: 0, itemCount: 3 })).toMatchObject({ columns: 1, from: 0 });
});
