import { expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { bleachFrames, driftFrames, dropFrames, moveFrames } from "./index.ts";

test("frames are lost as often as said; the ends and the least number stay", () => {
  let lost = 0;
  for (let seed = 0; seed < 400; seed++) {
    const kept = dropFrames(22, rng(seed), 0.3);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(21);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
    lost += 22 - kept.length;
  }
  // 20 of 22 frames can be lost; the spread of 8000 draws is 0.5 %.
  expect(Math.abs(lost / 8000 - 0.3)).toBeLessThan(0.03);
  expect(dropFrames(10, rng(1), 1).length).toBe(2);
  expect(dropFrames(10, rng(1), 1, 5).length).toBe(5);
  expect(dropFrames(1, rng(1), 1)).toEqual([0]);
});

test("drift starts at nothing and spreads as a random walk does", () => {
  let squares = 0;
  for (let seed = 0; seed < 500; seed++) {
    const drift = driftFrames(26, rng(seed), 2);
    expect(drift[0]).toEqual({ y: 0, x: 0 });
    squares += (drift[25]?.y ?? 0) ** 2;
  }
  // Variance after 25 steps of deviation 2 is 100; its standard error from 500 walks is 6.3 %.
  expect(Math.abs(squares / 500 / 100 - 1)).toBeLessThan(0.25);
});

test("moved frames shift by whole pixels with the edge repeated; bleached ones fall exponentially", () => {
  const frame = plane("float32", 2, 3, Float32Array.of(1, 2, 3, 4, 5, 6));
  const [still, moved] = moveFrames(
    [frame, frame],
    [
      { y: 0, x: 0 },
      { y: 1, x: -1 },
    ],
  );
  expect([...(still?.data ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...(moved?.data ?? [])]).toEqual([2, 3, 3, 2, 3, 3]);
  const bleached = bleachFrames([frame, frame, frame], 2);
  expect(bleached.map(({ data }) => data[0])).toEqual([1, Math.exp(-0.5), Math.exp(-1)].map(Math.fround));
});
