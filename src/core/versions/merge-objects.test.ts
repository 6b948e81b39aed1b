/** Three-way merge: disjoint work is joined, contradictions are conflicts, resolutions do what they say. */

import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf } from "#testing/index.ts";
import { type LabelImage, labelImage } from "../array/index.ts";
import { drawObjectShapeInPlace, objectShapesFromLabels, shapesOverlap } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import { type MergeOptions, type MergeResult, mergeVersions, type Resolution } from "./merge-objects.ts";
import type { VersionObject } from "./object-change.ts";

function objectsOf(labels: LabelImage): VersionObject[] {
  return [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ id: label.toString(36), shape }));
}

function merge(
  base: LabelImage,
  ours: LabelImage,
  theirs: LabelImage,
  options: MergeOptions = {},
): MergeResult {
  return mergeVersions(objectsOf(base), objectsOf(ours), objectsOf(theirs), options);
}

function picture(result: MergeResult, like: LabelImage): string[] {
  const labels = labelImage(like.height, like.width);
  for (const { id, shape } of result.objects.values()) {
    drawObjectShapeInPlace(shape, labels, Number.parseInt(id, 36));
  }
  return pictureOf(labels);
}

const resolved = (result: MergeResult, resolution: Resolution): Map<string, Resolution> =>
  new Map(result.conflicts.map(({ id }) => [id, resolution]));

describe("work on different cells is joined without asking", () => {
  const base = labelsOf("11..2222..33", "11..2222..33");
  const ours = labelsOf("11..2244..33", "11..2244..33");
  const theirs = labelsOf("111.2222....", "11..2222.5..");
  const expected = ["111.2244....", "11..2244.5.."];
  test("a split here; a reshape, a removal and a new cell there", () => {
    const result = merge(base, ours, theirs);
    expect(result.conflicts).toEqual([]);
    expect(picture(result, base)).toEqual(expected);
    expect(result.taken).toEqual({ ours: 1, theirs: 3, alike: 0 });
  });
  test("whichever side is ours", () => expect(picture(merge(base, theirs, ours), base)).toEqual(expected));
});

describe("the same cell twice", () => {
  const base = labelsOf("..11....", "..11....");
  const ours = labelsOf(".111....", ".111....");
  const theirs = labelsOf("..1111..", "..11....");
  const open = merge(base, ours, theirs);

  test("is one conflict with both contours, and stands as ours until resolved", () => {
    expect(open.conflicts).toHaveLength(1);
    expect(open.conflicts[0]).toMatchObject({ kind: "changed", sharedPixels: 4, needsPixelRule: true });
    expect(open.conflicts[0]?.ours[0]?.shape.bbox).toEqual([0, 1, 2, 4]);
    expect(open.conflicts[0]?.theirs[0]?.shape.bbox).toEqual([0, 2, 2, 6]);
    expect(picture(open, base)).toEqual(pictureOf(ours));
  });

  test.each([
    ["ours", pictureOf(ours)],
    ["theirs", pictureOf(theirs)],
    ["base", pictureOf(base)],
    ["neither", ["........", "........"]],
  ] as const)("resolved with %s", (resolution, expected) => {
    const result = merge(base, ours, theirs, { resolutions: resolved(open, resolution) });
    expect(result.conflicts).toEqual([]);
    expect(picture(result, base)).toEqual(expected);
  });

  test("both need a rule for the shared pixels and an id for the second one", () => {
    const resolutions = resolved(open, "both");
    expect(merge(base, ours, theirs, { resolutions, newId: () => "9" }).conflicts).toHaveLength(1);
    const mine = merge(base, ours, theirs, { resolutions, newId: () => "9", pixelRule: "ours" });
    expect(picture(mine, base)).toEqual([".11199..", ".111...."]);
    const other = merge(base, ours, theirs, { resolutions, newId: () => "9", pixelRule: "theirs" });
    expect(picture(other, base)).toEqual([".19999..", ".199...."]);
  });

  test("changed alike by both is no conflict", () => {
    const result = merge(base, ours, ours);
    expect(result).toMatchObject({ conflicts: [], taken: { ours: 0, theirs: 0, alike: 1 } });
  });

  test("removed here, changed there", () => {
    const gone = labelsOf("........", "........");
    const result = merge(base, gone, theirs);
    expect(result.conflicts).toMatchObject([{ kind: "removed", ours: [], sharedPixels: 0 }]);
    const kept = merge(base, gone, theirs, { resolutions: resolved(result, "theirs") });
    expect(picture(kept, base)).toEqual(pictureOf(theirs));
  });
});

describe("a split or a merge is taken whole", () => {
  const base = labelsOf("111111..", "111111..");
  const split = labelsOf("111222..", "111222..");
  const grown = labelsOf("1111111.", "1111111.");
  test("split here, reshaped there: one conflict, each side whole", () => {
    const open = merge(base, split, grown);
    expect(open.conflicts.map(({ ours, theirs }) => [ours.length, theirs.length])).toEqual([[2, 1]]);
    for (const [side, expected] of [
      ["ours", split],
      ["theirs", grown],
    ] as const) {
      const result = merge(base, split, grown, { resolutions: resolved(open, side) });
      expect(picture(result, base)).toEqual(pictureOf(expected));
    }
  });
  test("merged here, one of them removed there", () => {
    const two = labelsOf("111222..", "111222..");
    const one = labelsOf("111111..", "111111..");
    const without = labelsOf("111.....", "111.....");
    const open = merge(two, one, without);
    expect(open.conflicts).toHaveLength(1);
    expect(open.conflicts[0]?.base.map(({ id }) => id)).toEqual(["1", "2"]);
    const result = merge(two, one, without, { resolutions: resolved(open, "ours") });
    expect(picture(result, two)).toEqual(pictureOf(one));
  });
});

describe("new overlaps are conflicts of the second kind", () => {
  const base = labelsOf("11......22", "11......22");
  const ours = labelsOf("111111..22", "111111..22");
  const theirs = labelsOf("11...22222", "11...22222");
  const open = merge(base, ours, theirs);
  test("two cells that grew into each other", () => {
    expect(open.conflicts).toMatchObject([{ kind: "overlap", sharedPixels: 2, needsPixelRule: true }]);
  });
  test.each([
    ["ours", pictureOf(ours)],
    ["theirs", pictureOf(theirs)],
    ["base", pictureOf(base)],
  ] as const)("%s takes the whole of one side", (resolution, expected) => {
    expect(picture(merge(base, ours, theirs, { resolutions: resolved(open, resolution) }), base)).toEqual(
      expected,
    );
  });
  test("both, with a rule for the shared pixels, needs no new id", () => {
    const resolutions = resolved(open, "both");
    const mine = merge(base, ours, theirs, { resolutions, pixelRule: "ours" });
    expect(picture(mine, base)).toEqual(["1111112222", "1111112222"]);
    const other = merge(base, ours, theirs, { resolutions, pixelRule: "theirs" });
    expect(picture(other, base)).toEqual(["1111122222", "1111122222"]);
  });
  test("the missed nucleus that both drew", () => {
    const empty = labelsOf("......", "......");
    const mine = labelsOf(".44...", ".44...");
    const other = labelsOf("..55..", "..55..");
    const result = merge(empty, mine, other);
    expect(result.conflicts).toMatchObject([{ kind: "overlap", base: [] }]);
    expect(picture(merge(empty, mine, other, { resolutions: resolved(result, "theirs") }), empty)).toEqual(
      pictureOf(other),
    );
    const same = merge(empty, mine, labelsOf(".55...", ".55..."));
    expect(same).toMatchObject({ conflicts: [], taken: { alike: 1 } });
    expect([...same.objects.keys()]).toEqual(["4"]);
  });
  test("taking back one half of a moved border is told, not stored", () => {
    const [a, b, c] = [labelsOf("111222"), labelsOf("112222"), labelsOf("1.1222")];
    // Ours moved the border, theirs changed cell 1 too; keeping theirs' cell 1 lies on ours' cell 2.
    const first = merge(a, b, c);
    const second = merge(a, b, c, { resolutions: resolved(first, "theirs") });
    expect(second.conflicts).toMatchObject([{ kind: "overlap" }]);
    const third = merge(a, b, c, {
      resolutions: new Map([...resolved(first, "theirs"), ...resolved(second, "theirs")]),
    });
    expect(picture(third, a)).toEqual(["1.1222"]);
  });
});

/** Cells of 6 x 6 on a grid with 4 pixels of room, and edits that stay within half of that room. */
function gridOf(random: Rng): {
  base: Map<string, VersionObject["shape"]>;
  edited: Map<string, VersionObject["shape"]>;
} {
  const base = new Map<string, VersionObject["shape"]>();
  const edited = new Map<string, VersionObject["shape"]>();
  const full = (y0: number, x0: number, y1: number, x1: number): VersionObject["shape"] => {
    const labels = labelImage(y1, x1);
    for (let y = y0; y < y1; y++) labels.data.fill(1, y * x1 + x0, y * x1 + x1);
    return objectShapesFromLabels(labels).get(1) as VersionObject["shape"];
  };
  for (let k = 0; k < 16; k++) {
    const [y, x] = [Math.floor(k / 4) * 10 + 2, (k % 4) * 10 + 2];
    base.set(`c${k}`, full(y, x, y + 6, x + 6));
    const what = random.int(4);
    if (what === 0) edited.set(`c${k}`, full(y, x, y + 6, x + 8));
    if (what === 1) {
      edited.set(`c${k}`, full(y, x, y + 6, x + 4));
      edited.set(`d${k}`, full(y, x + 4, y + 6, x + 6));
    }
    if (what === 2) edited.set(`c${k}`, full(y - 1, x, y + 6, x + 6));
  }
  return { base, edited };
}

test("law: disjoint work merges to both, in both directions, without a pixel shared", () =>
  forSeeds(60, (random) => {
    const { base, edited } = gridOf(random);
    const side = new Map([...base.keys()].map((id) => [id, random.chance(0.5) ? "a" : "b"]));
    const version = (name: string | null): VersionObject[] => {
      const own = [...base].filter(([id]) => name !== null && side.get(id) !== name);
      const changed = [...edited].filter(([id]) => side.get(id.replace("d", "c")) === name);
      return [...(name === null ? [...base] : [...own, ...changed])].map(([id, shape]) => ({ id, shape }));
    };
    const [o, a, b] = [version(null), version("a"), version("b")];
    const [forwards, backwards] = [mergeVersions(o, a, b), mergeVersions(o, b, a)];
    expect([forwards.conflicts, backwards.conflicts]).toEqual([[], []]);
    const sorted = (result: MergeResult): VersionObject[] =>
      [...result.objects.values()].sort((p, q) => (p.id < q.id ? -1 : 1));
    expect(sorted(forwards)).toEqual(sorted(backwards));
    expect(new Map(sorted(forwards).map(({ id, shape }) => [id, shape]))).toEqual(edited);
    const shapes = sorted(forwards);
    for (const p of shapes)
      for (const q of shapes) expect(p !== q && shapesOverlap(p.shape, q.shape)).toBe(false);
  }));
