import { describe, expect, test } from "vitest";
import { pictureAfter, stateOf, stateOfLabels } from "#testing/edited-layers.ts";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import { connectedComponents, shapeArea, shapeContains } from "../labels/index.ts";
import { createCanvas, growObjects } from "./index.ts";

const square = { y: 1, x: 1 };

/** Pixels of a disc of a radius around a pixel centre: Gauss's circle problem, counted. */
const discCount = (radius: number): number => {
  let count = 0;
  for (let y = -Math.ceil(radius); y <= radius; y++) {
    for (let x = -Math.ceil(radius); x <= radius; x++) if (y * y + x * x <= radius * radius) count++;
  }
  return count;
};

const dot = (side: number) => {
  const labels = labelImage(side, side);
  labels.data[(side >> 1) * side + (side >> 1)] = 1;
  return stateOfLabels(labels);
};

describe("growObjects", () => {
  test.each([1, 1.5, 2, 5, 10.3, 20])("a pixel grown by %f pixels is the disc of that radius", (radius) => {
    const state = dot(51);
    const [change] = growObjects(createCanvas(state), ["1"], radius, square);
    expect(shapeArea(change!.after!)).toBe(discCount(radius));
  });

  test("growing a disc by r2 adds its ring, growing by micrometres counts in micrometres", () => {
    const state = dot(101);
    const canvas = createCanvas(state);
    const disc = growObjects(canvas, ["1"], 5, { y: 0.25, x: 0.25 })[0]!.after!;
    expect(shapeArea(disc)).toBe(discCount(20));
    const larger = growObjects(createCanvas({ ...state, objects: new Map([["1", disc]]) }), ["1"], 2.5, {
      y: 0.25,
      x: 0.25,
    });
    // The digital disc of 20 grown by 10 lies within a pixel of that of 30.
    const area = shapeArea(larger[0]!.after!);
    expect(area).toBeGreaterThanOrEqual(discCount(29));
    expect(area).toBeLessThanOrEqual(discCount(30));
  });

  test("pixels that are not square: an ellipse in pixels is a circle in micrometres", () => {
    const state = dot(41);
    const { bbox } = growObjects(createCanvas(state), ["1"], 8, { y: 1, x: 0.5 })[0]!.after!;
    expect(bbox).toEqual([12, 4, 29, 37]);
  });

  test("never into a neighbour, never over one, and together half-way", () => {
    const state = stateOf("1..2...3", "1..2...3");
    const canvas = createCanvas(state);
    expect(pictureAfter(state, growObjects(canvas, ["1"], 9, square))).toEqual(["1112...3", "1112...3"]);
    expect(pictureAfter(state, growObjects(canvas, ["1", "2", "3"], 9, square))[0]).toMatch(
      /^1122(22|.2|23)?/,
    );
    const three = pictureAfter(state, growObjects(canvas, ["2", "3"], 9, square))[0] as string;
    expect(three).toMatch(/^122222[23]3|^1222[2][23]33/);
  });

  test("shrinking: a square loses a frame, a cell cut by the image keeps its cut side, one that would vanish stays", () => {
    const state = stateOf(
      "......3",
      ".111...",
      ".111...",
      ".111...",
      ".......",
      "22222..",
      "22222..",
    ).objects;
    const layer = { height: 7, width: 7, objects: state };
    const canvas = createCanvas(layer);
    expect(growObjects(canvas, ["1"], -1, square)[0]!.after!.bbox).toEqual([2, 2, 3, 3]);
    expect(growObjects(canvas, ["2"], -1, square)[0]!.after!.bbox).toEqual([6, 0, 7, 4]);
    expect(growObjects(canvas, ["3", "1"], -3, square)).toEqual([]);
    expect(growObjects(canvas, ["1"], 0, square)).toEqual([]);
  });

  test.each([
    ["nobody", [], 1, square],
    ["an unknown cell", ["9"], 1, square],
    ["a length beyond the limit", ["1"], 257, square],
    ["no number", ["1"], Number.NaN, square],
    ["a pixel without size", ["1"], 1, { y: 0, x: 1 }],
  ])("refuses %s", (_, uids, by, mpp) => {
    expect(() => growObjects(createCanvas(stateOf("1")), uids, by, mpp)).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });

  test("law: what brute force finds, on any aspect of pixels", () =>
    forSeeds(120, (random) => {
      const labels = randomLabels(random, 13, 3);
      const { height, width } = labels;
      const state = stateOfLabels(labels);
      if (!state.objects.has("1")) return;
      const mpp = { y: random.pick([0.5, 1, 0.325]), x: random.pick([0.5, 1, 0.7]) };
      const by = random.int(8) / 4;
      const shrinks = random.chance(0.4);
      const after = growObjects(createCanvas(state), ["1"], shrinks ? -by : by, mpp)[0]?.after;
      const shape = after ?? state.objects.get("1")!;
      const nearest = (y: number, x: number, is: (label: number) => boolean): number => {
        let best = Infinity;
        for (let i = 0; i < labels.data.length; i++) {
          if (!is(labels.data[i] as number)) continue;
          const [dy, dx] = [(Math.floor(i / width) - y) * mpp.y, ((i % width) - x) * mpp.x];
          best = Math.min(best, Math.sqrt(dy * dy + dx * dx));
        }
        return best;
      };
      const wanted = Uint8Array.from(labels.data, (label, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        if (shrinks) return label === 1 && nearest(y, x, (other) => other !== 1) > by + 1e-9 ? 1 : 0;
        return label === 1 || (label === 0 && nearest(y, x, (other) => other === 1) <= by + 1e-9) ? 1 : 0;
      });
      if (shrinks && !wanted.includes(1)) {
        expect(after).toBeUndefined();
        return;
      }
      const pieces = connectedComponents({ dtype: "uint8", height, width, data: wanted }, 8).data;
      const rooted = new Set([...pieces].filter((_, i) => labels.data[i] === 1));
      for (let i = 0; i < wanted.length; i++) {
        const expected = wanted[i] === 1 && (shrinks || rooted.has(pieces[i] as number));
        expect(shapeContains(shape, Math.floor(i / width), i % width)).toBe(expected);
      }
    }));
});
