import { expect, test } from "vitest";
import { createUlids } from "./ulid.ts";

test("an id spells time and chance as the ULID specification does", () => {
  // 1469918176385 is the example of the specification: its ten characters are 01ARYZ6S41.
  const next = createUlids(
    () => 1_469_918_176_385,
    (bytes) => bytes.fill(0),
  );
  expect(next()).toBe("01ARYZ6S410000000000000000");
  expect(next()).toBe("01ARYZ6S410000000000000001");
});

test("ids sort in the order made, also when the clock stands or steps back", () => {
  const times = [5, 5, 5, 3, 9, 9];
  const next = createUlids(
    () => times.shift() ?? 9,
    (bytes) => bytes.fill(times.length * 40),
  );
  const made = Array.from({ length: 6 }, () => next());
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(6);
});

test("the largest chance carries into the time instead of running over", () => {
  const fills = [0xff, 0x00];
  const next = createUlids(
    () => 0,
    (bytes) => bytes.fill(fills.shift() ?? 0),
  );
  expect([next(), next()]).toEqual(["0000000000ZZZZZZZZZZZZZZZZ", "00000000010000000000000000"]);
});
