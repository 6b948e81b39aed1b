import { zlibSync } from "fflate";
import { expect, test } from "vitest";
import { inflateNatively } from "./native-inflate.ts";

const plain = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 7);
const stream = zlibSync(plain);

test("gives the bytes and how much it read", () => {
  for (const capacity of [5000, 5001, 100_000]) {
    const inflated = inflateNatively(stream, capacity);
    expect(inflated?.bytes).toEqual(plain);
    expect(inflated?.consumed).toBe(stream.length);
  }
  const padded = new Uint8Array(stream.length + 40);
  padded.set(stream);
  expect(inflateNatively(padded, 5000)?.consumed).toBe(stream.length);
});

test("refuses what holds more, is cut short or is damaged", () => {
  expect(inflateNatively(stream, 4999)).toBeNull();
  expect(inflateNatively(stream.subarray(0, stream.length - 1), 5000)).toBeNull();
  expect(inflateNatively(new Uint8Array(0), 10)).toBeNull();
  const wrongSum = stream.slice();
  wrongSum[stream.length - 1]! ^= 1;
  expect(inflateNatively(wrongSum, 5000)).toBeNull();
});
