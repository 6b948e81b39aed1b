import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { ValueOrder } from "./value-order.ts";

/** Values by kind: few, more than the hash table holds, all bits in use, all equal, bits that differ high up only. */
const kinds: readonly ((next: () => number) => number)[] = [
  (next) => Math.floor(next() * 50),
  (next) => Math.floor(next() * 5000),
  (next) => Math.floor(next() * 2 ** 32),
  () => 2 ** 32 - 1,
  (next) => Math.floor(next() * 2000) * 2 ** 21,
];

describe("ValueOrder", () => {
  test("law: ranks and order are those of a plain sort, call after call", () =>
    forSeeds(12, (random) => {
      const order = new ValueOrder(4000);
      for (const kind of kinds) {
        const count = random.int(4001);
        const values = Array.from({ length: count }, () => kind(() => random.next()));
        const places = values.map((_, k) => 3 * k + 1);
        const distinct = [...new Set(values)].sort((a, b) => a - b);
        const fill = (): void => {
          order.keys.set(values);
          order.places.set(places);
        };

        fill();
        const levels = new Int32Array(2 * 3 * 4001).fill(-1);
        expect(order.rank(count, levels, 2)).toBe(distinct.length);
        const ranks = new Map(distinct.map((value, rank) => [value, rank]));
        expect(places.map((place) => levels[2 * place])).toEqual(values.map((value) => ranks.get(value)));
        expect(levels.filter((level) => level >= 0).length).toBe(count);

        fill();
        // Array.prototype.sort is stable, so equal values stay as given.
        const expected = values
          .map((_, k) => k)
          .sort((a, b) => (values[a] as number) - (values[b] as number));
        expect([...order.sort(count).subarray(0, count)]).toEqual(expected.map((k) => places[k]));
      }
    }));
});
