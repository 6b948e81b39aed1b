import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CheckRuleName, checkRuleNames } from "../checks/index.ts";
import {
  type DoubtItem,
  doubtKey,
  doubtOf,
  learnChances,
  orderByDoubt,
  refreshOrder,
  ruleChance,
} from "./index.ts";

const cell = (uid: string, confidence: number | null = null, ...findings: CheckRuleName[]): DoubtItem => ({
  subject: { kind: "cell", uid },
  confidence,
  byPerson: false,
  findings,
});

const keys = (entries: readonly { readonly key: string }[]): string[] =>
  entries.map(({ key }) => key.replace("cell ", ""));

describe("doubtOf", () => {
  test("one minus the calibrated confidence", () => {
    expect(doubtOf(cell("a", 0.8)).doubt).toBeCloseTo(0.2, 12);
    expect(doubtOf(cell("a", 1)).doubt).toBe(0);
  });
  test("findings add as independent witnesses", () => {
    // 1 - (1 - 0.2)(1 - 0.97)(1 - 0.05), by hand.
    expect(doubtOf(cell("a", 0.8, "objectHole", "objectTiny")).doubt).toBeCloseTo(0.9772, 10);
    expect(doubtOf(cell("a", 0.8, "objectTiny", "objectTiny")).doubt).toBeCloseTo(0.24, 10);
  });
  test("without a model, what a person drew is doubted less than what was imported", () => {
    expect(doubtOf(cell("a")).doubt).toBeCloseTo(0.05, 12);
    expect(doubtOf({ ...cell("a"), byPerson: true }).doubt).toBeCloseTo(0.01, 12);
  });
  test("reasons come weightiest first, and nothing said is no reason", () => {
    expect(doubtOf(cell("a", 0.4, "objectTiny", "objectHole")).reasons).toEqual([
      { by: "objectHole", chance: 0.97 },
      { by: "model", chance: expect.closeTo(0.6, 12) },
      { by: "objectTiny", chance: 0.05 },
    ]);
    expect(doubtOf(cell("a")).reasons).toEqual([]);
  });
  test("law: 0..1, and never less with one more finding or less confidence", () => {
    const rule = fc.constantFrom(...checkRuleNames);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(rule),
        rule,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (confidence, rules, more, other) => {
          const { doubt } = doubtOf(cell("a", confidence, ...rules));
          expect(doubt).toBeGreaterThanOrEqual(0);
          expect(doubt).toBeLessThanOrEqual(1);
          expect(doubtOf(cell("a", confidence, ...rules, more)).doubt).toBeGreaterThanOrEqual(doubt);
          expect(doubtOf(cell("a", Math.min(confidence, other), ...rules)).doubt).toBeGreaterThanOrEqual(
            doubt - 1e-12,
          );
        },
      ),
      { seed: 4 },
    );
  });
  test("confidence out of range or no number is taken at its limit or not at all", () => {
    expect(doubtOf(cell("a", 1.5)).doubt).toBe(0);
    expect(doubtOf(cell("a", -1)).doubt).toBe(1);
    expect(doubtOf(cell("a", Number.NaN)).doubt).toBeCloseTo(0.05, 12);
  });
});

describe("learnChances", () => {
  test("moves from what was known towards what people decide", () => {
    const outcomes = Array.from({ length: 40 }, (_, k) => ({
      rule: "objectTiny" as const,
      wasWrong: k < 30,
    }));
    // (30 + 10 x 0.05) / 50
    expect(learnChances(outcomes)).toEqual({ objectTiny: expect.closeTo(0.61, 10) });
    expect(learnChances([])).toEqual({});
    expect(ruleChance("objectHole")).toBe(0.97);
  });
});

describe("orderByDoubt", () => {
  test("errors of geometry, then the model's doubt, then the unusual, then by name", () => {
    const items = [
      cell("plain"),
      { ...cell("odd"), unusual: 2 },
      cell("sure", 0.99),
      cell("hole", 0.99, "objectHole"),
      cell("unsure", 0.3),
      cell("also"),
    ];
    expect(keys(orderByDoubt(items))).toEqual(["hole", "unsure", "odd", "also", "plain", "sure"]);
    expect(orderByDoubt(items.toReversed())).toEqual(orderByDoubt(items));
  });
  test("cells and links stand in one queue", () => {
    const link: DoubtItem = {
      subject: { kind: "link", from: "a", to: "b" },
      confidence: 0.5,
      byPerson: false,
      findings: [],
    };
    const order = orderByDoubt([cell("x", 0.6), link, cell("y", 0.4)]);
    expect(order.map(({ key }) => key)).toEqual(["cell y", "link a b", "cell x"]);
    expect(doubtKey(link.subject)).toBe("link a b");
  });
});

describe("refreshOrder", () => {
  const before = orderByDoubt([cell("a", 0.1), cell("b", 0.3), cell("c", 0.5), cell("d", 0.7)]);

  test("known cells keep their places though their doubt changes; gone ones leave", () => {
    const now = orderByDoubt([cell("a", 0.9), cell("c", 0.99), cell("d", 0.2)]);
    const order = refreshOrder(before, now, "cell a");
    expect(keys(order)).toEqual(["a", "c", "d"]);
    expect(order[0]!.doubt).toBeCloseTo(0.1, 12);
  });
  test("a new cell joins by its doubt, never before the place that is being looked at", () => {
    const now = orderByDoubt([
      ...["a", "b", "c", "d"].map((uid, k) => cell(uid, 0.1 + 0.2 * k)),
      cell("new", 0.4),
      cell("wild", 0),
    ]);
    expect(keys(refreshOrder(before, now, "cell b"))).toEqual(["a", "b", "wild", "new", "c", "d"]);
    expect(keys(refreshOrder(before, now, null))).toEqual(["wild", "a", "b", "new", "c", "d"]);
  });
  test("parts of the cell in view come right after it", () => {
    const now = orderByDoubt([cell("b", 0.3), cell("d", 0.7), cell("p2", 1), cell("p1", 1)]);
    expect(keys(refreshOrder(before, now, "cell b", ["cell p1", "cell p2"]))).toEqual(["b", "p1", "p2", "d"]);
    // Also when it is gone itself: at its place.
    const gone = orderByDoubt([cell("a", 0.1), cell("d", 0.7), cell("p1", 1)]);
    expect(keys(refreshOrder(before, gone, "cell b", ["cell p1"]))).toEqual(["a", "p1", "d"]);
  });
  test("law: the same entries as now, in an order that keeps every pair of known ones", () => {
    const items = fc.uniqueArray(
      fc.record({ uid: fc.nat(30), confidence: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        selector: ({ uid }) => uid,
        maxLength: 20,
      },
    );
    const asItems = (list: readonly { readonly uid: number; readonly confidence: number }[]) =>
      list.map(({ uid, confidence }) => cell(String(uid), confidence));
    fc.assert(
      fc.property(items, items, fc.nat(20), (first, second, at) => {
        const old = orderByDoubt(asItems(first));
        const now = orderByDoubt(asItems(second));
        const order = refreshOrder(old, now, old[at]?.key ?? null);
        expect(order.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
          now.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
        );
        const known = order
          .map(({ key }) => old.findIndex((entry) => entry.key === key))
          .filter((place) => place >= 0);
        expect(known).toEqual(known.toSorted((a, b) => a - b));
      }),
      { seed: 5 },
    );
  });
});
