import { describe, expect, test } from "vitest";
import { rng, rngFromState } from "./rng.ts";

describe("rng", () => {
  test("numbers are pinned: a change would silently change every split and training run", () => {
    const random = rng(1, "augment", 2);
    expect(Array.from({ length: 4 }, () => random.int(1_000_000))).toMatchInlineSnapshot(`
      [
        159956,
        224458,
        438168,
        434808,
      ]
    `);
    expect(rng("seed").next()).toMatchInlineSnapshot(`0.7901198896579444`);
  });

  test("continues from its state, also through JSON", () => {
    const random = rng(5);
    for (let i = 0; i < 10; i++) random.next();
    const saved = JSON.parse(JSON.stringify(random.state()));
    expect(rngFromState(saved).next()).toBe(random.next());
  });

  test("streams depend on names, not on draws; type and grouping of names matter", () => {
    const one = rng(1);
    const before = one.stream("a").next();
    one.next();
    expect(one.stream("a").next()).toBe(before);
    const firsts = [
      rng(1),
      rng("1"),
      rng(1, 1),
      rng(1, "1"),
      rng(1, "ab"),
      rng(1, "a", "b"),
      rng(1, ""),
      rng(11),
      rng(2),
      rng(-1),
      rng(0.5),
    ].map((r) => r.next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test("next is uniform: chi-square over 64 bins, also across seeds and in its low bits", () => {
    const bins = (draw: (i: number) => number): number => {
      const counts = new Array<number>(64).fill(0);
      for (let i = 0; i < 64_000; i++) counts[draw(i)] = (counts[draw(i)] ?? 0) + 1;
      return counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    };
    const random = rng(3);
    const drawn = Float64Array.from({ length: 64_000 }, () => random.next());
    const across = Float64Array.from({ length: 64_000 }, (_, seed) => rng(seed).next());
    // 63 degrees of freedom: 0.01 % of fair generators lie above 111.
    expect(bins((i) => Math.floor((drawn[i] as number) * 64))).toBeLessThan(111);
    expect(bins((i) => ((drawn[i] as number) * 2 ** 32) % 64)).toBeLessThan(111);
    expect(bins((i) => Math.floor((across[i] as number) * 64))).toBeLessThan(111);
    // Neighbouring draws do not depend on each other.
    expect(
      bins(
        (i) => Math.floor((drawn[i] as number) * 8) * 8 + Math.floor((drawn[(i + 1) % 64_000] as number) * 8),
      ),
    ).toBeLessThan(111);
  });

  test("int stays in range and covers it; normal has mean 0 and variance 1", () => {
    const random = rng(4);
    const seen = new Set(Array.from({ length: 400 }, () => random.int(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    expect(() => random.int(0)).toThrow(/internal/);
    expect(() => rng(Number.NaN)).toThrow(/internal/);
  });

  test("shuffle keeps all items and leaves its input alone", () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = rng(9).shuffle(items);
    expect([...shuffled].sort()).toEqual(items);
    expect(shuffled).not.toEqual(items);
  });
});
