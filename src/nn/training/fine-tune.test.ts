import { describe, expect, test } from "vitest";
import { bestOf, gainsNoMore, halfOfCells, holdOut } from "./fine-tune.ts";
import type { ItemFacts } from "./items.ts";

const facts = (groups: Readonly<Record<string, number>>): ItemFacts[] =>
  Object.entries(groups).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, i) => ({
      id: `${group}${i}`,
      group,
      height: 10,
      width: 10,
      mpp: null,
    })),
  );

describe("what judges a fine-tuning", () => {
  test("is the validation role when there is any", () => {
    expect(holdOut(facts({ a: 3 }), facts({ v: 1, u: 2 }), 1)).toEqual({
      from: "validation",
      groups: ["u", "v"],
      images: ["u0", "u1", "v0"],
    });
  });

  test("else whole training groups, about a quarter of the pixels, never all", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { from, groups, images } = holdOut(facts({ a: 2, b: 2, c: 2, d: 2 }), [], seed);
      expect([from, groups.length, images.length]).toEqual(["training", 1, 2]);
      expect(holdOut(facts({ a: 9, b: 1 }), [], seed).groups).toHaveLength(1);
    }
    const chosen = new Set(
      Array.from({ length: 20 }, (_, seed) => holdOut(facts({ a: 1, b: 1 }), [], seed).groups[0]),
    );
    expect([...chosen].sort()).toEqual(["a", "b"]);
    expect(holdOut(facts({ a: 1, b: 1 }), [], 7)).toEqual(holdOut(facts({ b: 1, a: 1 }), [], 7));
  });

  test("of one group is some of its images, of few images nothing", () => {
    const { from, images } = holdOut(facts({ a: 8 }), [], 1);
    expect([from, images.length]).toEqual(["images", 2]);
    expect(holdOut(facts({ a: 3 }), [], 1)).toEqual({ from: "none", groups: [], images: [] });
  });
});

const curve = (...scores: number[]) => scores.map((ap50, i) => ({ step: 10 * (i + 1), ap50, f1: ap50 }));

describe("early stopping", () => {
  test("waits for three points without a gain, above the base too", () => {
    expect(gainsNoMore(curve(0.5, 0.6, 0.6), 0.4)).toBe(false);
    expect(gainsNoMore(curve(0.5, 0.6, 0.6, 0.59, 0.6), 0.4)).toBe(true);
    expect(gainsNoMore(curve(0.5, 0.6, 0.6, 0.59, 0.61), 0.4)).toBe(false);
    // All below the base: the trial only harms.
    expect(gainsNoMore(curve(0.5, 0.55, 0.6, 0.62), 0.8)).toBe(true);
  });

  test("of nearly equal points takes the earliest", () => {
    const trials = [
      { learningRate: 1, points: curve(0.5, 0.7, 0.702) },
      { learningRate: 2, points: curve(0.6, 0.65, 0.66) },
    ];
    const [{ learningRate }, { step }] = bestOf(trials, 0.6);
    expect([learningRate, step]).toEqual([1, 20]);
  });

  test("takes the gentlest when none beats the base", () => {
    const trials = [
      { learningRate: 2, points: curve(0.7) },
      { learningRate: 1, points: curve(0.5, 0.6) },
    ];
    const [{ learningRate }, { step }] = bestOf(trials, 0.7);
    expect([learningRate, step]).toEqual([1, 10]);
  });
});

describe("half of the cells", () => {
  test("is about half, of whole images, the same each time", () => {
    const items = facts({ a: 10, b: 10 });
    const cellsOf = (id: string): number => 1 + (id.charCodeAt(1) % 5);
    const all = items.reduce((sum, { id }) => sum + cellsOf(id), 0);
    for (let seed = 0; seed < 10; seed++) {
      const { half, cells } = halfOfCells(items, cellsOf, seed);
      expect(half.reduce((sum, { id }) => sum + cellsOf(id), 0)).toBe(cells);
      expect(Math.abs(cells / all - 0.5)).toBeLessThan(0.1);
      expect(halfOfCells(items.toReversed(), cellsOf, seed)).toEqual({ half, cells });
    }
  });

  test("of one image is nothing or everything", () => {
    expect(halfOfCells(facts({ a: 1 }), () => 7, 1).cells % 7).toBe(0);
  });
});
