import { expect, test } from "vitest";
import { nextInDoubt, orderByDoubt } from "./doubt.ts";

const cell = (uid: string, area: number, confidence: number | null = null) => ({ uid, area, confidence });

// Median area of the person's cells and proposals together is 100; 800 is a factor 8 off, 25 a factor 4.
const cells = [
  cell("plain", 100),
  cell("small", 25),
  cell("large", 800),
  cell("sure", 100, 0.99),
  cell("unsure", 100, 0.3),
];

test("least confident first, then the most unusual sizes", () => {
  expect(orderByDoubt(cells).map((one) => one.uid)).toEqual(["unsure", "sure", "large", "small", "plain"]);
});

test("the order does not depend on how cells arrive", () => {
  expect(orderByDoubt([...cells].reverse())).toEqual(orderByDoubt(cells));
});

test("the next one in doubt skips what was reviewed and starts over at the end", () => {
  const reviewed = new Set(["unsure"]);
  expect(nextInDoubt(cells, new Set(), null)).toBe("unsure");
  expect(nextInDoubt(cells, reviewed, "unsure")).toBe("sure");
  expect(nextInDoubt(cells, reviewed, "plain")).toBe("sure");
  expect(nextInDoubt(cells, new Set(cells.map((one) => one.uid)), null)).toBeNull();
  expect(nextInDoubt([], new Set(), null)).toBeNull();
});
