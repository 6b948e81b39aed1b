/** What tells that two images are one: bytes under flips, hash of the looks, shared windows. */

import { expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { plane as makePlane, type Plane } from "../array/index.ts";
import { rng } from "../rng.ts";
import {
  appearanceOf,
  decodeAnchors,
  dihedralBytes,
  dihedralHashes,
  encodeAnchors,
  hashDistance,
  miniatureCorrelation,
  pixelAnchors,
} from "./index.ts";

function noise(height: number, width: number, seed: number, dtype: "uint8" | "uint16" = "uint8"): Plane {
  const random = rng(seed, "noise");
  const out = makePlane(dtype, height, width);
  for (let i = 0; i < out.data.length; i++) out.data[i] = random.int(200);
  return out;
}

/** Blobs on a dark background: has low frequencies, as cells do. */
function blobs(side: number, seed: number): Plane {
  const random = rng(seed, "blobs");
  const out = makePlane("uint8", side, side);
  for (let k = 0; k < 14; k++) {
    const [cy, cx, r] = [random.int(side), random.int(side), 4 + random.int(Math.floor(side / 10))];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 < r * r) out.data[y * side + x] = 60 + random.int(20) + 8 * k;
  }
  return out;
}

/** The eight views, by the definition: reverse rows, reverse columns, swap axes. */
function views(of: Plane): Plane[] {
  const { height, width, data, dtype } = of;
  const make = (h: number, w: number, at: (y: number, x: number) => number): Plane => {
    const out = makePlane(dtype, h, w);
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out.data[y * w + x] = data[at(y, x)] as number;
    return out;
  };
  return [false, true].flatMap((down) =>
    [false, true].flatMap((right) => {
      const v = (y: number): number => (down ? height - 1 - y : y);
      const u = (x: number): number => (right ? width - 1 - x : x);
      return [
        make(height, width, (y, x) => v(y) * width + u(x)),
        make(width, height, (y, x) => v(x) * width + u(y)),
      ];
    }),
  );
}

test("law: all eight views of a plane have the same bytes, other planes have others", () =>
  forSeeds(30, (random, seed) => {
    const one = noise(1 + random.int(9), 2 + random.int(9), seed);
    const bytes = dihedralBytes(one);
    for (const view of views(one)) expect(dihedralBytes(view)).toEqual(bytes);
    const changed = makePlane("uint8", one.height, one.width);
    changed.data.set(one.data as Uint8Array);
    changed.data[0] = 201;
    expect(dihedralBytes(changed)).not.toEqual(bytes);
  }));

test("a copy in a wider type has the same bytes; a constant plane has none", () => {
  const narrow = noise(5, 7, 1);
  const wide = makePlane("uint16", 5, 7);
  wide.data.set(narrow.data as Uint8Array);
  const real = makePlane("float32", 5, 7);
  real.data.set(narrow.data as Uint8Array);
  expect(dihedralBytes(wide)).toEqual(dihedralBytes(narrow));
  expect(dihedralBytes(real)).toEqual(dihedralBytes(narrow));
  expect(dihedralBytes(makePlane("uint8", 4, 4))).toBeNull();
  // Symmetric planes: several views come first together.
  expect([
    ...(dihedralBytes({ ...makePlane("uint8", 2, 2), data: Uint8Array.of(1, 0, 0, 1) }) ?? []),
  ]).toEqual([1, 2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 1, 0]);
});

test("the hashes of turned and flipped planes follow from the plane's own", () =>
  forSeeds(10, (_, seed) => {
    const one = blobs(96, seed);
    const own = appearanceOf(one);
    if (own === null) throw new Error("no appearance");
    const derived = dihedralHashes(own.hash);
    for (const view of views(one)) {
      const seen = appearanceOf(view);
      if (seen === null) throw new Error("no appearance");
      // A coefficient next to zero may round to either sign.
      expect(Math.min(...derived.map((hash) => hashDistance(hash, seen.hash)))).toBeLessThanOrEqual(1);
      expect(miniatureCorrelation(own.miniature, seen.miniature)).toBeGreaterThan(0.999);
    }
  }));

test("brightness, contrast and a little noise hardly change the hash; another image has another one", () => {
  const random = rng(5);
  const distances: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const one = blobs(128, seed);
    const other = makePlane("uint16", 128, 128);
    for (let i = 0; i < other.data.length; i++)
      other.data[i] = 300 + 7 * (one.data[i] as number) + random.int(30);
    const [a, b, c] = [appearanceOf(one), appearanceOf(other), appearanceOf(blobs(128, seed + 500))];
    if (a === null || b === null || c === null) throw new Error("no appearance");
    expect(hashDistance(a.hash, b.hash)).toBeLessThanOrEqual(4);
    expect(miniatureCorrelation(a.miniature, b.miniature)).toBeGreaterThan(0.98);
    distances.push(Math.min(...dihedralHashes(a.hash).map((hash) => hashDistance(hash, c.hash))));
    expect(miniatureCorrelation(a.miniature, c.miniature)).toBeLessThan(0.9);
  }
  expect(Math.min(...distances)).toBeGreaterThan(8);
  expect(appearanceOf(makePlane("uint8", 40, 40))).toBeNull();
});

test("a crop shares anchors with its field at its offset, an unrelated image none", () => {
  for (const seed of [1, 2, 3]) {
    const field = noise(300, 400, seed, "uint16");
    const [dy, dx, side] = [37, 121, 128];
    const crop = makePlane("uint16", side, side);
    for (let y = 0; y < side; y++)
      crop.data.set(
        (field.data as Uint16Array).subarray((y + dy) * 400 + dx, (y + dy) * 400 + dx + side),
        y * side,
      );
    const byKey = new Map(pixelAnchors(field).map((anchor) => [anchor.key.join(), anchor]));
    const shared = pixelAnchors(crop).filter(({ key }) => byKey.has(key.join()));
    expect(shared.length).toBeGreaterThanOrEqual(3);
    for (const { key, y, x } of shared) {
      expect((byKey.get(key.join())?.y ?? 0) - y).toBe(dy);
      expect((byKey.get(key.join())?.x ?? 0) - x).toBe(dx);
    }
    expect(pixelAnchors(noise(300, 400, seed + 50)).filter(({ key }) => byKey.has(key.join()))).toEqual([]);
  }
});

test("blank regions have no anchors; anchors come back from bytes", () => {
  expect(pixelAnchors(makePlane("uint8", 200, 200))).toEqual([]);
  expect(pixelAnchors(noise(10, 10, 1))).toEqual([]);
  const anchors = pixelAnchors(noise(64, 64, 9));
  expect(anchors.length).toBe(32);
  const bytes = encodeAnchors(anchors);
  expect(decodeAnchors(bytes)).toEqual(anchors);
  // A view into a larger buffer, as a database gives it.
  const view = Buffer.concat([Buffer.of(1, 2, 3), bytes]).subarray(3);
  expect(decodeAnchors(view)).toEqual(anchors);
});
