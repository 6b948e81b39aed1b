import { expect, test } from "vitest";
import { idSchema } from "#api/index.ts";
import { newUlid, ulidSource } from "./ulid.ts";

test("the time part is that of the specification's example", () => {
  // ulid/spec: 01ARZ3NDEKTSV4RRFFQ69G5FAV was made at 1469922850259 ms.
  const next = ulidSource(
    () => 1469922850259,
    () => 0,
  );
  expect(next()).toBe("01ARZ3NDEK0000000000000000".slice(0, 10) + "0".repeat(16));
});

test("ids sort in the order they were made, also when the clock steps back", () => {
  const times = [5000, 5000, 4000, 5001];
  const next = ulidSource(
    () => times.shift() as number,
    () => 255,
  );
  const ids = [next(), next(), next(), next()];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
});

test("the page's ids pass the wire's check", () => {
  const ids = Array.from({ length: 1000 }, newUlid);
  for (const id of ids) expect(idSchema.safeParse(id).success).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});
