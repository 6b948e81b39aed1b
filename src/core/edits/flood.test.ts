import { describe, expect, test } from "vitest";
import { pictureAfter, stateOf, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage, type Plane, plane } from "../array/index.ts";
import { connectedComponents, shapeContains } from "../labels/index.ts";
import { createCanvas, floodBackground, floodIntensity } from "./index.ts";

describe("floodBackground", () => {
  const state = stateOf("11111", "1...1", "1.2.1", "1...1", "11111");
  test("fills what encloses the click", () => {
    const changes = floodBackground(createCanvas(state), { uid: "1", at: { y: 1, x: 1 } });
    expect(pictureAfter(state, changes)).toEqual(["11111", "11111", "11211", "11111", "11111"]);
  });
  test("does nothing on a cell", () => {
    expect(floodBackground(createCanvas(state), { uid: "1", at: { y: 2, x: 2 } })).toEqual([]);
  });
  test("goes over sides, not over corners", () => {
    const corner = stateOf("1.", ".1");
    expect(
      pictureAfter(corner, floodBackground(createCanvas(corner), { uid: "2", at: { y: 0, x: 1 } })),
    ).toEqual(["12", ".1"]);
  });
  test("refuses a region that goes on beyond its reach, and clicks outside", () => {
    const wide = stateOfLabels(labelImage(1, 40));
    const flood = (x: number, reachPx: number) =>
      floodBackground(createCanvas(wide), { uid: "1", at: { y: 0, x }, reachPx });
    expect(() => flood(5, 10)).toThrow(expect.objectContaining({ code: "limit.pixels" }));
    expect(flood(20, 20)[0]?.after?.bbox).toEqual([0, 0, 1, 40]);
    expect(() => flood(40, 20)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
    expect(() => flood(5, 513)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
  });
});

describe("floodIntensity", () => {
  const raw = (rows: readonly (readonly number[])[]): Plane =>
    plane("uint16", rows.length, rows[0]!.length, Uint16Array.from(rows.flat()));

  test("at native depth: 16-bit differences that 8 bit would lose", () => {
    const picture = raw([
      [40_000, 40_003, 40_060, 40_001],
      [40_002, 39_990, 40_060, 40_001],
    ]);
    const empty = stateOfLabels(labelImage(2, 4));
    const flood = (tolerance: number) =>
      pictureAfter(
        empty,
        floodIntensity(createCanvas(empty), {
          uid: "1",
          at: { y: 0, x: 0 },
          raw: wholeRaw(picture),
          tolerance,
          mode: "exclude",
        }),
      );
    expect(flood(5)).toEqual(["11..", "1..."]);
    expect(flood(10)).toEqual(["11..", "11.."]);
    expect(flood(60)).toEqual(["1111", "1111"]);
  });

  test("other cells are walls, unless they are to be overwritten", () => {
    const state = stateOf("..2..");
    const flat = wholeRaw(plane("uint8", 1, 5));
    const flood = (mode: "exclude" | "overwrite", x = 0) =>
      floodIntensity(createCanvas(state), { uid: "1", at: { y: 0, x }, raw: flat, tolerance: 0, mode });
    expect(pictureAfter(state, flood("exclude"))).toEqual(["112.."]);
    expect(pictureAfter(state, flood("overwrite"))).toEqual(["11111"]);
    expect(flood("exclude", 2)).toEqual([]);
  });

  test("says when pixels are not loaded, and refuses a tolerance that is none", () => {
    const state = stateOf("...", "...");
    const flood = { uid: "1", at: { y: 0, x: 0 }, mode: "exclude" } as const;
    const cut = { y0: 0, x0: 1, plane: plane("uint8", 2, 2) };
    expect(() => floodIntensity(createCanvas(state), { ...flood, raw: cut, tolerance: 1 })).toThrow(
      /not loaded/,
    );
    for (const tolerance of [-1, Number.NaN]) {
      expect(() =>
        floodIntensity(createCanvas(state), { ...flood, raw: wholeRaw(plane("uint8", 2, 3)), tolerance }),
      ).toThrow(/tolerance/);
    }
  });

  test("law: the piece of like, free pixels that holds the click", () =>
    forSeeds(150, (random) => {
      const labels = randomLabels(random, 14, 2);
      const { height, width } = labels;
      const picture = plane("float32", height, width);
      picture.data.forEach((_, i) => {
        picture.data[i] = random.chance(0.05) ? Number.NaN : random.int(4);
      });
      const [y, x] = [random.int(height), random.int(width)];
      const tolerance = random.int(3);
      const middle = picture.data[y * width + x] as number;
      const mask = Uint8Array.from(picture.data, (value, i) =>
        (labels.data[i] === 0 || labels.data[i] === 1) && Math.abs(value - middle) <= tolerance ? 1 : 0,
      );
      const pieces = connectedComponents({ dtype: "uint8", height, width, data: mask }, 4).data;
      const piece = pieces[y * width + x] as number;
      const state = stateOfLabels(labels);
      const changes = floodIntensity(createCanvas(state), {
        uid: "1",
        at: { y, x },
        raw: wholeRaw(picture),
        tolerance,
        mode: "exclude",
      });
      const after = changes[0]?.after ?? state.objects.get("1") ?? null;
      for (let i = 0; i < mask.length; i++) {
        const expected = labels.data[i] === 1 || (piece !== 0 && pieces[i] === piece);
        expect(after !== null && shapeContains(after, Math.floor(i / width), i % width)).toBe(expected);
      }
    }));
});
