import { describe, expect, test } from "vitest";
import { pictureAfter, stateOf, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage, plane } from "../array/index.ts";
import { connectedComponents, shapeArea } from "../labels/index.ts";
import { createCanvas, type ThresholdBox, thresholdBox } from "./index.ts";

const letters = () => {
  let code = 10;
  return () => (code++).toString(36);
};

const raw = (...rows: readonly string[]) =>
  wholeRaw(
    plane(
      "uint16",
      rows.length,
      rows[0]!.length,
      Uint16Array.from(rows.join(""), (digit) => Number(digit) * 7_000),
    ),
  );

describe("thresholdBox", () => {
  const empty = (height: number, width: number) => stateOfLabels(labelImage(height, width));
  const make = (state: ReturnType<typeof stateOf>, options: ThresholdBox) =>
    thresholdBox(createCanvas(state), options, letters());

  test("one cell per piece, in scan order, within the box", () => {
    const picture = raw("0990", "0090", "9000", "9909");
    const state = empty(4, 4);
    const all = make(state, { box: [0, 0, 4, 4], raw: picture, threshold: 40_000 });
    expect(pictureAfter(state, all.changes)).toEqual([".aa.", "..a.", "b...", "bb.c"]);
    const part = make(state, { box: [1, 0, 4, 3], raw: picture, threshold: 40_000 });
    expect(pictureAfter(state, part.changes)).toEqual(["....", "..a.", "b...", "bb.."]);
  });

  test("keeps what is there: cells keep their pixels and part the pieces", () => {
    const state = stateOf("..1..", "..1..");
    const { changes } = make(state, { box: [0, 0, 2, 5], raw: raw("99999", "99999"), threshold: 1 });
    expect(pictureAfter(state, changes)).toEqual(["aa1bb", "aa1bb"]);
  });

  test("overwriting takes the pixels, holes too, and removes a cell left with none", () => {
    const state = stateOf(".1111", "..2..", ".....");
    const { changes } = make(state, {
      ...{ box: [0, 1, 3, 4], raw: raw("09990", "09090", "09990"), threshold: 1, mode: "overwrite" },
    });
    expect(pictureAfter(state, changes)).toEqual([".aaa1", ".aaa.", ".aaa."]);
    expect(changes.find(({ uid }) => uid === "2")?.after).toBeNull();
  });

  test("fills holes, but not where another cell lies in them, and leaves small pieces out", () => {
    const state = stateOf("............", "............", "........1...", "............", "............");
    const picture = raw("999990999990", "900090900090", "909090900090", "900090900090", "999990999999");
    const options = { box: [0, 0, 5, 12], raw: picture, threshold: 1 } as const;
    expect(pictureAfter(state, make(state, { ...options, areaPxMin: 2 }).changes)).toEqual([
      "aaaaa.bbbbb.",
      "aaaaa.b...b.",
      "aaaaa.b.1.b.",
      "aaaaa.b...b.",
      "aaaaa.bbbbbb",
    ]);
    expect(pictureAfter(state, make(state, { ...options, fill: false, areaPxMin: 2 }).changes)[2]).toBe(
      "a...a.b.1.b.",
    );
  });

  test("dark cells lie at or below the level", () => {
    const state = empty(1, 4);
    const { changes } = make(state, { box: [0, 0, 1, 4], raw: raw("0159"), threshold: 7_000, cells: "dark" });
    expect(pictureAfter(state, changes)).toEqual(["aa.."]);
  });

  test("without a level Otsu's of the box parts two brightnesses between them", () => {
    const state = empty(3, 6);
    const { changes, threshold } = make(state, { box: [0, 0, 3, 6], raw: raw("111888", "111888", "111777") });
    expect(threshold).toBeGreaterThan(7_000);
    expect(threshold).toBeLessThan(49_000);
    expect(pictureAfter(state, changes)).toEqual(["...aaa", "...aaa", "...aaa"]);
  });

  test("refuses a box outside, and more pieces than cells are made at once", () => {
    const state = empty(2, 2);
    expect(() => make(state, { box: [5, 5, 9, 9], raw: raw("00", "00") })).toThrow(/outside/);
    const noise = plane("uint8", 300, 300);
    noise.data.forEach((_, i) => {
      noise.data[i] = (Math.floor(i / 300) + i) % 2;
    });
    expect(() =>
      make(empty(300, 300), { box: [0, 0, 300, 300], raw: wholeRaw(noise), threshold: 0 }),
    ).toThrow(expect.objectContaining({ code: "limit.objects" }));
  });

  test("law: areas of the cells are those of the pieces, without filling", () =>
    forSeeds(80, (random) => {
      const labels = randomLabels(random, 14, 3);
      const { height, width } = labels;
      const picture = plane("uint16", height, width);
      picture.data.forEach((_, i) => {
        picture.data[i] = random.int(65_536);
      });
      const threshold = random.int(65_536);
      const mask = Uint8Array.from(picture.data, (value, i) =>
        value > threshold && labels.data[i] === 0 ? 1 : 0,
      );
      const areas = new Map<number, number>();
      for (const piece of connectedComponents({ dtype: "uint8", height, width, data: mask }, 4).data) {
        if (piece > 0) areas.set(piece, (areas.get(piece) ?? 0) + 1);
      }
      const { changes } = make(stateOfLabels(labels), {
        box: [0, 0, height, width],
        raw: wholeRaw(picture),
        threshold,
        fill: false,
      });
      expect(changes.map(({ after }) => (after === null ? 0 : shapeArea(after)))).toEqual([
        ...areas.values(),
      ]);
    }));
});
