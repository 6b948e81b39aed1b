/** Near pairs against all pairs, shared regions at their offset, frames by their names, waivers. */

import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { plane as makePlane } from "../array/index.ts";
import { dihedralHashes, hashDistance, pixelAnchors } from "../image/index.ts";
import { rng } from "../rng.ts";
import {
  applyWaivers,
  blockingLeaks,
  frameOf,
  type LeakFinding,
  nearPairs,
  overlapOf,
  sharedRegions,
} from "./index.ts";

describe("nearPairs", () => {
  test("law: finds exactly the pairs that comparing all with all finds", () =>
    forSeeds(12, (random) => {
      const count = 60 + random.int(200);
      const high = new Uint32Array(count);
      const low = new Uint32Array(count);
      const side = Uint8Array.from({ length: count }, () => random.pick([0, 0, 0, 1, 2]));
      for (let i = 0; i < count; i++) {
        high[i] = random.int(2 ** 32);
        low[i] = random.int(2 ** 32);
        if (i === 0 || random.chance(0.6)) continue;
        // A turned copy of an earlier one with 0 to 6 bits changed.
        const from = random.int(i);
        const copy = random.pick(dihedralHashes({ high: high[from] as number, low: low[from] as number }));
        [high[i], low[i]] = [copy.high, copy.low];
        for (let k = random.int(7); k > 0; k--) {
          const bit = random.int(64);
          if (bit < 32) low[i] = (low[i] as number) ^ (1 << bit);
          else high[i] = (high[i] as number) ^ (1 << (bit - 32));
        }
      }
      const found = new Set<string>();
      nearPairs({ high, low, side }, (a, b, distance) => {
        const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
        expect(found.has(key)).toBe(false);
        expect(distance).toBeLessThanOrEqual(4);
        found.add(key);
      });
      const expected = new Set<string>();
      for (let a = 0; a < count; a++) {
        const views = dihedralHashes({ high: high[a] as number, low: low[a] as number });
        for (let b = a + 1; b < count; b++) {
          const near = Math.min(
            ...views.map((view) => hashDistance(view, { high: high[b] as number, low: low[b] as number })),
          );
          if (side[a] !== side[b] && near <= 4) expected.add(`${a} ${b}`);
        }
      }
      expect([...found].sort()).toEqual([...expected].sort());
      expect(expected.size).toBeGreaterThan(3);
    }));

  test("a crowd of equal hashes ends after some partners each", () => {
    const high = new Uint32Array(5000);
    const side = Uint8Array.from({ length: 5000 }, (_, i) => i % 2);
    let pairs = 0;
    nearPairs({ high, low: high, side }, () => pairs++);
    expect(pairs).toBe(2500 * 16);
  });
});

test("overlapping tiles of one field are candidates at their offset, on different sides only", () => {
  const random = rng(3);
  const field = makePlane("uint8", 400, 400);
  for (let i = 0; i < field.data.length; i++) field.data[i] = random.int(250);
  const tile = (y0: number, x0: number) => {
    const out = makePlane("uint8", 200, 200);
    for (let y = 0; y < 200; y++)
      out.data.set(
        (field.data as Uint8Array).subarray((y + y0) * 400 + x0, (y + y0) * 400 + x0 + 200),
        y * 200,
      );
    return out;
  };
  const [one, two] = [tile(0, 0), tile(60, 90)];
  const planes = [one, two].map((plane, side) => ({ side, anchors: pixelAnchors(plane) }));
  const [candidate] = sharedRegions(planes);
  expect(candidate).toMatchObject({ a: 0, b: 1, offsetY: 60, offsetX: 90 });
  expect(overlapOf(one, two, 60, 90)).toEqual({ height: 140, width: 110, equal: 1 });
  expect(overlapOf(one, two, 59, 90).equal).toBeLessThan(0.1);
  expect(overlapOf(one, two, 500, 0)).toMatchObject({ height: 0, equal: 0 });
  expect(sharedRegions(planes.map(({ anchors }) => ({ side: 1, anchors })))).toEqual([]);
});

test.each([
  ["t000.tif", "*.tif", 0],
  ["01/t012.tif", "01/*.tif", 12],
  ["A172_Phase_C7_1_01d16h00m_3.tif", "A172_Phase_C7_1", 2400],
  ["well3_frame_7.png", "well3_*.png", 7],
  ["exp Time0003 c1.tif", "exp * c1.tif", 3],
  ["stack_z04_t11.tif", "stack_*_*.tif", 11],
  ["embryo-z12.tif", "embryo-*.tif", 12],
])("%s is frame %s %i", (name, movie, frame) => {
  expect(frameOf(name)).toEqual({ movie, frame });
});

test.each(["08275a5b1c2d.png", "treatment1_cells.tif", "at4.png", "liver_2.png"])(
  "%s is no frame",
  (name) => {
    expect(frameOf(name)).toBeNull();
  },
);

test("metadata goes before the name", () => {
  expect(frameOf("t000.tif", { movie: "m1", frame: "8" })).toEqual({ movie: "m1", frame: 8 });
  expect(frameOf("x.tif", { sequence: "s" })).toEqual({ movie: "s", frame: 0 });
});

test("a waiver needs a reason and meets its rule, or one finding of it; warnings never block", () => {
  const finding = (key: string, severity: "error" | "warning" = "error"): LeakFinding => ({
    rule: "samePixels",
    severity,
    key,
    items: [],
    count: 2,
    evidence: {},
    text: "",
    waiver: null,
  });
  const all = [finding("a"), finding("b"), finding("c", "warning")];
  expect(blockingLeaks(all).map(({ key }) => key)).toEqual(["a", "b"]);
  const one = applyWaivers(all, [{ rule: "samePixels", key: "a", reason: " a phantom " }]);
  expect(one.map(({ waiver }) => waiver)).toEqual(["a phantom", null, null]);
  expect(blockingLeaks(one).map(({ key }) => key)).toEqual(["b"]);
  expect(blockingLeaks(applyWaivers(all, [{ rule: "samePixels", key: null, reason: "  " }])).length).toBe(2);
  expect(blockingLeaks(applyWaivers(all, [{ rule: "nearDuplicate", key: null, reason: "x" }])).length).toBe(
    2,
  );
});
