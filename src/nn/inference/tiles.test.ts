/** Tiles cover the plane once, and their windows keep the pooling phase and the halo. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { planTiles } from "./tiles.ts";

test("a plane of 5 x 9 with cores of 4 and stride 4: worked out by hand", () => {
  const tiles = planTiles({ height: 5, width: 9 }, { coreSize: 4, reach: 3, stride: 4 });
  expect(tiles).toHaveLength(2 * 3);
  expect(tiles[0]).toEqual({ core: [0, 0, 4, 4], window: [0, 0, 8, 8] });
  expect(tiles[5]).toEqual({ core: [4, 8, 5, 9], window: [0, 4, 8, 12] });
});

test("law: cores partition the plane; windows start and end on multiples of the stride and hold the halo", () => {
  const random = rng(3);
  for (let round = 0; round < 100; round++) {
    const size = { height: 1 + random.int(60), width: 1 + random.int(60) };
    const stride = 2 ** random.int(4);
    const reach = random.int(12);
    const covered = new Uint8Array(size.height * size.width);
    for (const { core, window } of planTiles(size, { coreSize: 1 + random.int(30), reach, stride })) {
      const [y0, x0, y1, x1] = core;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) covered[y * size.width + x]! += 1;
      expect(window.every((edge) => edge % stride === 0)).toBe(true);
      expect(window[0]).toBeLessThanOrEqual(Math.max(0, y0 - reach));
      expect(window[1]).toBeLessThanOrEqual(Math.max(0, x0 - reach));
      expect(window[2]).toBeGreaterThanOrEqual(Math.min(size.height, y1 + reach));
      expect(window[3]).toBeGreaterThanOrEqual(Math.min(size.width, x1 + reach));
    }
    expect(covered.every((count) => count === 1)).toBe(true);
  }
});
