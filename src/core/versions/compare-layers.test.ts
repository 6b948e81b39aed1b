import { describe, expect, test } from "vitest";
import type { ObjectShape } from "../labels/index.ts";
import { compareLayers, type VersionObject } from "./index.ts";

/** A filled box. */
function box(id: string, y0: number, x0: number, y1: number, x1: number, t = 0): VersionObject {
  const count = (y1 - y0) * (x1 - x0);
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(255);
  const padding = bits.length * 8 - count;
  bits[bits.length - 1] = (255 << padding) & 255;
  const shape: ObjectShape = { t, z: 0, bbox: [y0, x0, y1, x1], bits };
  return { id, shape };
}

describe("two layers compared", () => {
  // 10 x 10 pixels each unless said otherwise.
  const first = [
    box("same", 0, 0, 10, 10),
    box("rim", 0, 20, 10, 30),
    box("moved", 0, 40, 10, 50),
    box("alone", 0, 60, 10, 70),
    box("whole", 20, 0, 30, 20),
    box("left", 20, 40, 30, 50),
    box("right", 20, 50, 30, 60),
  ];
  const second = [
    box("1", 0, 0, 10, 10),
    // 9 of 10 columns shared: 90 of 110 pixels, IoU 0.82.
    box("2", 0, 21, 10, 31),
    // 5 of 10: 50 of 150, IoU 0.33.
    box("3", 0, 45, 10, 55),
    box("4", 20, 0, 30, 10),
    box("5", 20, 10, 30, 20),
    box("6", 20, 40, 30, 60),
    box("7", 40, 40, 50, 50),
  ];

  test("each pair or group falls into its class, a rim of pixels into none", () => {
    const { agreeing, counts, differences } = compareLayers(first, second);
    expect(agreeing).toBe(2);
    expect(counts).toEqual({ onlyFirst: 1, onlySecond: 1, split: 1, merged: 1, moved: 1 });
    const of = (kind: string) => differences.find((one) => one.kind === kind);
    expect(of("onlyFirst")?.first.map(({ id }) => id)).toEqual(["alone"]);
    expect(of("onlySecond")?.second.map(({ id }) => id)).toEqual(["7"]);
    expect(of("split")?.second.map(({ id }) => id)).toEqual(["4", "5"]);
    expect(of("merged")?.first.map(({ id }) => id)).toEqual(["left", "right"]);
    expect(of("moved")).toMatchObject({ iou: 1 / 3, box: [0, 40, 10, 55] });
    expect(differences.map(({ kind }) => kind)).toEqual([
      "moved",
      "onlyFirst",
      "split",
      "merged",
      "onlySecond",
    ]);
  });

  test("how much two outlines may differ is a matter of choice", () => {
    expect(compareLayers(first, second, { agreeIou: 0.9 }).counts.moved).toBe(2);
    expect(compareLayers(first, second, { agreeIou: 0.3 })).toMatchObject({
      agreeing: 3,
      counts: { moved: 0 },
    });
    expect(() => compareLayers(first, second, { agreeIou: 70 })).toThrow(/0 to 1/);
  });

  test("the other way round, classes change sides", () => {
    const { agreeing, counts } = compareLayers(second, first);
    expect(agreeing).toBe(2);
    expect(counts).toEqual({ onlyFirst: 1, onlySecond: 1, split: 1, merged: 1, moved: 1 });
  });

  test("versions of one layer know an object again where it shares no pixel any more", () => {
    const [before, after] = [[box("A", 0, 0, 10, 10)], [box("A", 50, 50, 60, 60)]];
    expect(compareLayers(before, after, { identity: "id" }).counts).toMatchObject({ moved: 1, onlyFirst: 0 });
    expect(compareLayers(before, after).counts).toMatchObject({ moved: 0, onlyFirst: 1, onlySecond: 1 });
  });

  test("objects of different frames have nothing to do with each other", () => {
    const { counts } = compareLayers([box("A", 0, 0, 10, 10, 0)], [box("A", 0, 0, 10, 10, 1)]);
    expect(counts).toMatchObject({ onlyFirst: 1, onlySecond: 1 });
  });

  test("nothing and nothing agree", () => {
    expect(compareLayers([], [])).toMatchObject({ agreeing: 0, differences: [] });
  });
});
