import { describe, expect, test } from "vitest";
import { forSeeds, makeSyntheticCells, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import {
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  type Ring,
  renderObjects,
  shapeFromPolygons,
  shapeFromRings,
  shapesEqual,
  shapeToPolygons,
  shapeToRings,
} from "./index.ts";

const shapeOf = (...rows: string[]) => objectShapeFromMask(maskOf(...rows)) as ObjectShape;
const draw = (shape: ObjectShape | null, height: number, width: number) =>
  pictureOf(renderObjects(height, width, shape === null ? [] : [{ label: 1, shape }]));

describe("shapes to rings", () => {
  test("a square is its four corners, clockwise, x before y", () => {
    expect(shapeToRings(shapeOf("...", ".11", ".11"))).toEqual([[1, 1, 3, 1, 3, 3, 1, 3]]);
  });

  test("a hole runs the other way", () => {
    expect(shapeToPolygons(shapeOf("111", "1.1", "111"))).toEqual([
      { outer: [0, 0, 3, 0, 3, 3, 0, 3], holes: [[1, 2, 2, 2, 2, 1, 1, 1]] },
    ]);
  });

  test("pixels that touch by a corner are parts of their own", () => {
    expect(shapeToPolygons(shapeOf("1.", ".1"))).toEqual([
      { outer: [0, 0, 1, 0, 1, 1, 0, 1], holes: [] },
      { outer: [1, 1, 2, 1, 2, 2, 1, 2], holes: [] },
    ]);
  });

  test("a ring that would touch itself is cut: a bay closed by a corner becomes a hole", () => {
    const polygons = shapeToPolygons(shapeOf("111", "1.1", "11."));
    expect(polygons).toEqual([
      { outer: [0, 0, 3, 0, 3, 2, 2, 2, 2, 3, 0, 3], holes: [[2, 2, 2, 1, 1, 1, 1, 2]] },
    ]);
  });

  test("two holes that touch by a corner are two rings", () => {
    const polygons = shapeToPolygons(shapeOf("1111", "1.11", "11.1", "1111"));
    expect(polygons.length).toBe(1);
    expect(polygons[0]?.holes.length).toBe(2);
  });

  test("law: rings -> shape is the identity; no ring meets itself; one polygon per part", () =>
    forSeeds(400, (random) => {
      const labels = randomLabels(random);
      for (const shape of objectShapesFromLabels(labels, { t: 2, z: 1 }).values()) {
        const rings = shapeToRings(shape);
        const back = shapeFromRings(rings, { height: labels.height, width: labels.width, t: 2, z: 1 });
        expect(back !== null && shapesEqual(back, shape)).toBe(true);
        for (const ring of rings) {
          const corners = Array.from(
            { length: ring.length / 2 },
            (_, i) => `${ring[2 * i]},${ring[2 * i + 1]}`,
          );
          expect(new Set(corners).size).toBe(corners.length);
        }
        const polygons = shapeToPolygons(shape).map(({ outer, holes }) => [outer, ...holes]);
        expect(shapeFromPolygons(polygons, { ...labels, t: 2, z: 1 })).toEqual(shape);
      }
    }));

  test("cells of usual size go there and back", () => {
    const { labels } = makeSyntheticCells({ seed: 4, height: 200, width: 260, cellCount: 40 });
    for (const shape of objectShapesFromLabels(labels).values())
      expect(shapeFromRings(shapeToRings(shape), labels)).toEqual(shape);
  });
});

describe("rings to shapes", () => {
  test("pixel centres decide, and an edge through centres gives them to one side only", () => {
    // Left half [0, 1.5) holds the centre 0.5 but not 1.5; the right half [1.5, 3) begins with it.
    expect(draw(shapeFromRings([[0, 0, 1.5, 0, 1.5, 2, 0, 2]], { height: 2, width: 3 }), 2, 3)).toEqual([
      "1..",
      "1..",
    ]);
    expect(draw(shapeFromRings([[1.5, 0, 3, 0, 3, 2, 1.5, 2]], { height: 2, width: 3 }), 2, 3)).toEqual([
      ".11",
      ".11",
    ]);
    expect(draw(shapeFromRings([[0, 0, 3, 0, 3, 1.5, 0, 1.5]], { height: 3, width: 3 }), 3, 3)).toEqual([
      "111",
      "...",
      "...",
    ]);
  });

  test("even-odd within a polygon, union between polygons", () => {
    const outer = [0, 0, 4, 0, 4, 3, 0, 3];
    const inner = [1, 1, 3, 1, 3, 2, 1, 2];
    const frame = { height: 3, width: 4 };
    expect(draw(shapeFromRings([outer, inner], frame), 3, 4)).toEqual(["1111", "1..1", "1111"]);
    expect(draw(shapeFromPolygons([[outer], [inner]], frame), 3, 4)).toEqual(["1111", "1111", "1111"]);
  });

  test("what reaches outside is cut off; nothing inside is null", () => {
    expect(draw(shapeFromRings([[-5, -5, 2, -5, 2, 2, -5, 2]], { height: 3, width: 3 }), 3, 3)).toEqual([
      "11.",
      "11.",
      "...",
    ]);
    expect(shapeFromRings([[10, 10, 20, 10, 20, 20]], { height: 3, width: 3 })).toBeNull();
    expect(shapeFromRings([[0.6, 0, 1.4, 0, 1.4, 3]], { height: 3, width: 3 })).toBeNull();
    expect(shapeFromRings([[], [1, 1], [0, 0, 2, 2]], { height: 3, width: 3 })).toBeNull();
  });

  test("bad numbers are refused by a code", () => {
    const refuse = (ring: Ring) => {
      try {
        shapeFromRings([ring], { height: 9, width: 9 });
        return "accepted";
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(refuse([0, 0, 1])).toBe("label.invalid");
    expect(refuse([0, 0, Number.NaN, 1, 2, 2])).toBe("label.invalid");
    expect(refuse([0, 0, Infinity, 1, 2, 2])).toBe("label.invalid");
  });

  test("law: agrees with the crossing number of every pixel centre", () =>
    forSeeds(200, (random) => {
      const [height, width] = [1 + random.int(12), 1 + random.int(12)];
      const rings = Array.from({ length: 1 + random.int(3) }, () =>
        // Quarters: many centres lie exactly on edges and corners.
        Array.from({ length: 2 * (3 + random.int(6)) }, () => random.int(4 * 16) / 4 - 2),
      );
      const expected = Array.from({ length: height }, (_, y) =>
        Array.from({ length: width }, (_, x) =>
          crossings(rings, x + 0.5, y + 0.5) % 2 === 1 ? "1" : ".",
        ).join(""),
      );
      expect(draw(shapeFromRings(rings, { height, width }), height, width)).toEqual(expected);
    }));
});

/** Edges that a ray to the left of (x, y) meets, ends counted from above. */
function crossings(rings: readonly Ring[], x: number, y: number): number {
  let count = 0;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [ax, ay] = [ring[i]!, ring[i + 1]!];
      const [bx, by] = [ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!];
      if (ay <= y === by <= y) continue;
      // Sign of the cross product instead of a division: exact for quarters.
      const side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
      if (by > ay ? side <= 0 : side >= 0) count++;
    }
  }
  return count;
}
