import { expect, test } from "vitest";
import { firstNotFinite } from "./not-finite.ts";

test("the first value that is no number, wherever it stands", () => {
  for (const length of [1, 3, 4, 5, 4095, 4096, 4097, 9000]) {
    const data = Float32Array.from({ length }, (_, i) => (i % 7) - 3);
    expect(firstNotFinite(data)).toBe(-1);
    for (const at of new Set([0, length >> 1, length - 1])) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const one = data.slice();
        one[at] = bad;
        one[length - 1] = at === length - 1 ? bad : Number.NaN;
        expect(firstNotFinite(one)).toBe(at);
      }
    }
  }
  expect(firstNotFinite(new Float32Array(0))).toBe(-1);
  expect(firstNotFinite(Float32Array.of(3.4e38, 3.4e38, 3.4e38))).toBe(-1);
});
