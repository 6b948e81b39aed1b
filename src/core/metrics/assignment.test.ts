import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { assignPairs, type WeightedPair } from "./assignment.ts";

/** Best sum over all matchings, by trying every column (or none) for every row. */
function slowBest(
  rowCount: number,
  pairs: readonly WeightedPair[],
  row = 0,
  used = new Set<number>(),
): number {
  if (row === rowCount) return 0;
  let best = slowBest(rowCount, pairs, row + 1, used);
  for (const pair of pairs) {
    if (pair.row !== row || used.has(pair.column)) continue;
    used.add(pair.column);
    best = Math.max(best, pair.weight + slowBest(rowCount, pairs, row + 1, used));
    used.delete(pair.column);
  }
  return best;
}

describe("assignPairs", () => {
  test("gives up a good pair for a better sum", () => {
    const pairs = [
      { row: 0, column: 0, weight: 5 },
      { row: 0, column: 1, weight: 4 },
      { row: 1, column: 0, weight: 4 },
    ];
    expect([...assignPairs(2, 2, pairs)]).toEqual([1, 0]);
  });
  test("leaves a row alone when that is better", () => {
    const pairs = [
      { row: 0, column: 0, weight: 2 },
      { row: 1, column: 0, weight: 3 },
    ];
    expect([...assignPairs(2, 1, pairs)]).toEqual([-1, 0]);
  });
  test("an augmenting way through several rows", () => {
    // Each row likes the column of the next; the last to come pushes the whole chain along.
    const pairs = [0, 1, 2, 3].flatMap((row) => [
      { row, column: row, weight: 3 },
      { row, column: row + 1, weight: 2.5 },
    ]);
    pairs.push({ row: 4, column: 0, weight: 5 });
    expect([...assignPairs(5, 5, pairs)]).toEqual([1, 2, 3, 4, 0]);
  });
  test("nothing to pair", () => {
    expect([...assignPairs(2, 0, [])]).toEqual([-1, -1]);
  });
  test("law: the sum is the best there is, every pair was offered, no column is used twice", () =>
    forSeeds(500, (random) => {
      const [rows, columns] = [1 + random.int(6), 1 + random.int(6)];
      const pairs: WeightedPair[] = [];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          // Coarse weights, so that ties are common, and both kinds that matching uses: with and without the bonus.
          if (random.chance(0.5))
            pairs.push({ row, column, weight: (1 + random.int(6)) / 8 + (random.chance(0.4) ? 1 : 0) });
        }
      }
      const found = assignPairs(rows, columns, random.shuffle(pairs));
      const used = [...found].filter((column) => column >= 0);
      expect(new Set(used).size).toBe(used.length);
      let sum = 0;
      found.forEach((column, row) => {
        if (column < 0) return;
        const pair = pairs.find((offered) => offered.row === row && offered.column === column);
        expect(pair).toBeDefined();
        sum += pair?.weight ?? 0;
      });
      expect(sum).toBeCloseTo(slowBest(rows, pairs), 9);
    }));
});
