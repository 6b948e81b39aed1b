import { expect, test } from "vitest";
import { doubtItems, orderByDoubt } from "./doubt.ts";

const cell = (uid: string, area: number, confidence: number | null = null, kind = "importer") => ({
  uid,
  area,
  confidence,
  agent: { kind },
});

// The median area is 100; 800 is a factor 8 off, 25 a factor 4.
const cells = [
  cell("plain", 100),
  cell("small", 25),
  cell("large", 800),
  cell("sure", 100, 0.99),
  cell("unsure", 100, 0.3),
  cell("mine", 800, null, "person"),
];

test("least confident first, then what nobody judged by unusual size, last what is surely right", () => {
  expect(orderByDoubt(cells).map((one) => one.uid)).toEqual([
    "unsure",
    "large",
    "small",
    "plain",
    "mine",
    "sure",
  ]);
});

test("the order does not depend on how cells arrive", () => {
  expect(orderByDoubt([...cells].reverse())).toEqual(orderByDoubt(cells));
  expect(doubtItems([])).toEqual([]);
});
