import { expect, test } from "vitest";
import { reviewText } from "./review-line.tsx";

test("how far, how fast and how long still", () => {
  const progress = { done: 12, left: 47, skipped: 1, msPerCell: 1_400, leftMs: 65_800 };
  expect(reviewText(progress as Parameters<typeof reviewText>[0])).toMatch(
    /^12 of 60 looked at, 1 skipped, 1\.4 s each, 43 a minute, /,
  );
});

test("before the first cell is decided there is no time to tell", () => {
  const progress = { done: 0, left: 60, skipped: 0, msPerCell: null, leftMs: null };
  expect(reviewText(progress as Parameters<typeof reviewText>[0])).toBe("0 of 60 looked at");
});
