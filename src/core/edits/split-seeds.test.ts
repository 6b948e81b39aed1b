import { describe, expect, test } from "vitest";
import { pictureAfter, stateAfter, stateOf, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage, type Plane, plane } from "../array/index.ts";
import { shapeArea, shapeContains } from "../labels/index.ts";
import { createCanvas, splitBySeeds, suggestSeeds } from "./index.ts";

/** Two discs of radius 10 whose middles are 16 apart, in a field of 30 x 46. */
function twoDiscs(): ReturnType<typeof stateOf> {
  const labels = labelImage(30, 46);
  for (let y = 0; y < 30; y++) {
    for (let x = 0; x < 46; x++) {
      if (Math.min(Math.hypot(y - 14, x - 14), Math.hypot(y - 14, x - 30)) <= 10) labels.data[y * 46 + x] = 1;
    }
  }
  return stateOfLabels(labels);
}

describe("splitBySeeds", () => {
  test("parts two touching discs at their waist, whatever pixels of them are clicked", () => {
    const state = twoDiscs();
    const seeds = [
      { y: 14, x: 31 },
      { y: 12, x: 11 },
    ];
    const changes = splitBySeeds(createCanvas(state), "1", seeds, ["2"]);
    const [left, right] = [changes[0]!.after!, changes[1]!.after!];
    // By symmetry the cut is the column half-way; the watershed may lean by a pixel.
    const sides = [left.bbox, right.bbox].sort((a, b) => a[1] - b[1]);
    expect(Math.abs(sides[0]![3] - 22.5)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(sides[1]![1] - 22.5)).toBeLessThanOrEqual(1.5);
    expect(shapeArea(left)).toBeGreaterThanOrEqual(shapeArea(right));
    expect(changes.map(({ uid }) => uid)).toEqual(["1", "2"]);
  });

  test("over the picture: the cut follows the dark line between two bright nuclei, or the bright membrane", () => {
    const labels = labelImage(9, 20).data.fill(1);
    const state = stateOfLabels(labelImage(9, 20, labels));
    const picture = (line: number, rest: number): Plane => {
      const made = plane("uint16", 9, 20);
      made.data.forEach((_, i) => {
        made.data[i] = i % 20 === 6 ? line : rest;
      });
      return made;
    };
    const seeds = [
      { y: 4, x: 2 },
      { y: 4, x: 15 },
    ];
    for (const [raw, bright] of [
      [picture(100, 60_000), "middle"],
      [picture(60_000, 100), "border"],
    ] as const) {
      const ground = { by: "intensity", raw: wholeRaw(raw), bright } as const;
      const changes = splitBySeeds(createCanvas(state), "1", seeds, ["2"], ground);
      const small = changes[1]!.after!;
      expect(small.bbox[1]).toBe(0);
      expect(Math.abs(small.bbox[3] - 6.5)).toBeLessThanOrEqual(1);
    }
  });

  test("fragments without a seed stay with the largest part, which keeps the uid", () => {
    const state = stateOf("1111111.1", "1111111..");
    const seeds = [
      { y: 0, x: 0 },
      { y: 0, x: 6 },
      { y: 1, x: 6 },
    ];
    const changes = splitBySeeds(createCanvas(state), "1", seeds, ["2", "3"]);
    const first = changes[0]!.after!;
    expect(shapeContains(first, 0, 8)).toBe(true);
    expect(changes).toHaveLength(3);
  });

  test.each([
    ["one seed", [{ y: 0, x: 0 }], ["2"], /needs 2 to 65/],
    [
      "a seed beside the cell",
      [
        { y: 0, x: 0 },
        { y: 0, x: 3 },
      ],
      ["2"],
      /on the cell/,
    ],
    [
      "two seeds on a pixel",
      [
        { y: 0, x: 0 },
        { y: 0.2, x: 0 },
      ],
      ["2"],
      /one pixel/,
    ],
    [
      "too few ids",
      [
        { y: 0, x: 0 },
        { y: 0, x: 1 },
      ],
      [],
      /an id for every part/,
    ],
  ] as const)("refuses %s", (_, seeds, uids, message) => {
    const canvas = createCanvas(stateOf("111.2"));
    expect(() => splitBySeeds(canvas, "1", seeds, uids)).toThrow(message);
    expect(() => splitBySeeds(canvas, "9", seeds, uids)).toThrow(/not on this plane/);
  });

  test("law: the parts together are the object, every seed's pixel is in a part of its own", () =>
    forSeeds(150, (random) => {
      const state = stateOfLabels(randomLabels(random, 16, 2));
      const uid = [...state.objects.keys()][0];
      if (uid === undefined) return;
      const canvas = createCanvas(state);
      const seeds = suggestSeeds(canvas, uid, 2 + random.int(3));
      if (seeds.length < 2) return;
      const uids = ["a", "b", "c", "d"].slice(0, seeds.length - 1);
      const changes = splitBySeeds(canvas, uid, seeds, uids);
      expect(changes).toHaveLength(seeds.length);
      const areas = changes.map(({ after }) => shapeArea(after!));
      expect(areas.reduce((sum, area) => sum + area, 0)).toBe(shapeArea(state.objects.get(uid)!));
      // Ascending uids hold descending areas, the first of all but the fragments that came to it.
      expect(areas.slice(1)).toEqual(areas.slice(1).toSorted((a, b) => b - a));
      const holders = seeds.map(({ y, x }) => changes.findIndex(({ after }) => shapeContains(after!, y, x)));
      expect(new Set(holders).size).toBe(seeds.length);
      // The checks of an edit refuse parts that overlap.
      stateAfter(state, changes);
    }));
});

describe("suggestSeeds", () => {
  test("the middles of two discs that touch", () => {
    const seeds = suggestSeeds(createCanvas(twoDiscs()), "1").sort((a, b) => a.x - b.x);
    expect(Math.hypot(seeds[0]!.y - 14, seeds[0]!.x - 14)).toBeLessThanOrEqual(1.5);
    expect(Math.hypot(seeds[1]!.y - 14, seeds[1]!.x - 30)).toBeLessThanOrEqual(1.5);
  });
  test("three cells in a row: the two or three most prominent", () => {
    const labels = labelImage(20, 60);
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 60; x++) {
        const near = (cx: number, radius: number) => Math.hypot(y - 10, x - cx) <= radius;
        if (near(12, 9) || near(28, 9) || near(42, 6)) labels.data[y * 60 + x] = 1;
      }
    }
    const canvas = createCanvas(stateOfLabels(labels));
    expect(
      suggestSeeds(canvas, "1", 3)
        .map(({ x }) => Math.round(x / 14))
        .sort(),
    ).toEqual([1, 2, 3]);
  });
  test("a convex cell is parted at its ends; a pixel has one seed only", () => {
    const canvas = createCanvas(stateOf("1111111.2"));
    const seeds = suggestSeeds(canvas, "1");
    expect(seeds).toHaveLength(2);
    expect(Math.abs(seeds[0]!.x - seeds[1]!.x)).toBeGreaterThanOrEqual(3);
    expect(suggestSeeds(canvas, "2")).toEqual([{ y: 0, x: 8 }]);
    expect(() => suggestSeeds(canvas, "1", 1)).toThrow(/into 2 to 65/);
  });
  test("a cell that is the whole image has no rim and still gets seeds", () => {
    const labels = labelImage(4, 5);
    labels.data.fill(1);
    const state = stateOfLabels(labels);
    const canvas = createCanvas(state);
    const seeds = suggestSeeds(canvas, "1");
    expect(seeds).toHaveLength(2);
    expect(pictureAfter(state, splitBySeeds(canvas, "1", seeds, ["2"])).join("")).toMatch(/^[12]{20}$/);
  });
});
