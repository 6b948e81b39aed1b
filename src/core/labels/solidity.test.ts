import { describe, expect, test } from "vitest";
import { forSeeds, maskOf } from "#testing/index.ts";
import { convexHullArea, objectShapeFromMask, shapeToMask, solidity } from "./index.ts";
import type { ObjectShape } from "./object-shape.ts";

const shapeOf = (picture: string): ObjectShape =>
  objectShapeFromMask(maskOf(...picture.split("\n"))) as ObjectShape;

describe("solidity", () => {
  test.each([
    ["a rectangle fills its hull", "###\n###", 6],
    ["one pixel", "#", 1],
    ["an L of three: the corner of the missing pixel is cut in half", "#.\n##", 3.5],
    ["a plus: an octagon without four half pixels", ".#.\n###\n.#.", 7],
    ["a ring counts its hole as hull", "###\n#.#\n###", 9],
    ["a bar on a slope", "##..\n..##", 6],
  ])("%s", (_, picture, hull) => {
    expect(convexHullArea(shapeOf(picture))).toBeCloseTo(hull, 9);
  });

  test("law: the hull equals that of all pixel corners by gift wrapping; solidity lies in (0, 1]", () =>
    forSeeds(300, (random) => {
      const height = 1 + random.int(9);
      const width = 1 + random.int(9);
      const data = Uint8Array.from({ length: height * width }, () => (random.chance(0.4) ? 1 : 0));
      const shape = objectShapeFromMask({ dtype: "uint8", height, width, data });
      if (shape === null) return;
      expect(convexHullArea(shape)).toBeCloseTo(wrapped(shape), 9);
      expect(solidity(shape)).toBeGreaterThan(0);
      expect(solidity(shape)).toBeLessThanOrEqual(1 + 1e-12);
    }));
});

/** Reference: Jarvis' march over every corner of every pixel. */
function wrapped(shape: ObjectShape): number {
  const mask = shapeToMask(shape);
  const points: [number, number][] = [];
  for (let y = 0; y < mask.height; y++)
    for (let x = 0; x < mask.width; x++)
      if (mask.data[y * mask.width + x] === 1) points.push([y, x], [y + 1, x], [y, x + 1], [y + 1, x + 1]);
  const start = points.reduce((a, b) => (b[0] < a[0] || (b[0] === a[0] && b[1] < a[1]) ? b : a));
  const ring = [start];
  for (;;) {
    const here = ring.at(-1) as [number, number];
    let next = points.find((p) => p[0] !== here[0] || p[1] !== here[1]) as [number, number];
    for (const p of points) {
      const cross = (next[0] - here[0]) * (p[1] - here[1]) - (next[1] - here[1]) * (p[0] - here[0]);
      const far = (q: [number, number]): number => Math.hypot(q[0] - here[0], q[1] - here[1]);
      if (cross > 0 || (cross === 0 && far(p) > far(next))) next = p;
    }
    if (next[0] === start[0] && next[1] === start[1]) break;
    ring.push(next);
    if (ring.length > 1000) throw new Error("no end");
  }
  return Math.abs(
    ring.reduce((sum, a, i) => {
      const b = ring[(i + 1) % ring.length] as [number, number];
      return sum + a[1] * b[0] - b[1] * a[0];
    }, 0) / 2,
  );
}
