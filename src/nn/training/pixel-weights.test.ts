/** Which pixels count: by hand on small pictures, and against a brute-force ring. */
import { describe, expect, test } from "vitest";
import type { LabelImage } from "#core/array/index.ts";
import { mask } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { labelsOf } from "#testing/index.ts";
import {
  countsEverywhere,
  type LayerReview,
  pixelWeights,
  resampledReview,
  ringPx,
} from "./pixel-weights.ts";
import { placesThatCount, regionPlaces } from "./places.ts";

/** Rows of weights in tenths: "A" is 1. */
const rows = (labels: LabelImage, review: LayerReview): string[] => {
  const weights = pixelWeights({ ...review, labels });
  const signs = Array.from(weights, (w) => (w === 1 ? "A" : String(Math.round(w * 10))));
  return Array.from({ length: labels.height }, (_, y) =>
    signs.slice(y * labels.width, (y + 1) * labels.width).join(""),
  );
};
const maskOf = (...lines: readonly string[]) =>
  mask(
    lines.length,
    lines[0]?.length ?? 0,
    lines.flatMap((line) => [...line].map((sign) => (sign === "#" ? 1 : 0))),
  );

const labels = labelsOf("1.........22");

test("an accepted, exhaustive layer counts everywhere, background too", () => {
  expect(rows(labels, { coverage: "exhaustive" })).toEqual(["AAAAAAAAAAAA"]);
  expect(countsEverywhere({ coverage: "exhaustive" })).toBe(true);
  expect(countsEverywhere({ coverage: "exhaustive", reviewed: false })).toBe(false);
  expect(countsEverywhere({ coverage: "sparse" })).toBe(false);
});

test("a corrected layer: touched objects and a ring around them; the rest counts a tenth, or what is said", () => {
  const review: LayerReview = { coverage: "exhaustive", reviewed: false, touched: new Set([1]) };
  // Objects this small have the least ring, three pixels.
  expect(rows(labels, review)).toEqual(["AAAA11111111"]);
  expect(rows(labels, { ...review, untouchedWeight: 0 })).toEqual(["AAAA00000000"]);
  expect(rows(labels, { coverage: "exhaustive", reviewed: false, untouchedWeight: 0 })).toEqual([
    "000000000000",
  ]);
});

test("a neighbour that nobody touched does not become background inside the ring", () => {
  const review: LayerReview = {
    coverage: "exhaustive",
    reviewed: false,
    touched: new Set([1]),
    untouchedWeight: 0,
  };
  expect(rows(labelsOf("1122..."), review)).toEqual(["AA00A00"]);
});

test("a sparse layer: its objects and a narrow ring; unlabelled ground counts nothing", () => {
  expect(rows(labels, { coverage: "sparse" })).toEqual(["AAA00000AAAA"]);
});

test("a region: inside it everything counts, outside as in a sparse layer", () => {
  const region = maskOf(".....###....");
  expect(rows(labels, { coverage: "region", region })).toEqual(["AAA00AAAAAAA"]);
  expect(rows(labels, { coverage: "region" })).toEqual(rows(labels, { coverage: "sparse" }));
});

test("where a proposal was removed, background counts, with a ring", () => {
  const cleared = maskOf("......#.....");
  const review: LayerReview = {
    coverage: "exhaustive",
    reviewed: false,
    touched: new Set(),
    cleared,
    untouchedWeight: 0,
  };
  expect(rows(labels, review)).toEqual(["000AAAAAAA00"]);
});

test("ignored pixels count nothing, objects by their own factor", () => {
  const ignore = maskOf("#....#......");
  const objectWeights = new Map([[2, 0.5]]);
  expect(rows(labels, { coverage: "exhaustive", ignore, objectWeights })).toEqual(["0AAAA0AAAA55"]);
});

test("masks of another size are refused", () => {
  expect(() => pixelWeights({ labels, coverage: "exhaustive", ignore: maskOf("#") })).toThrow(
    expect.objectContaining({ code: "array.shapeMismatch" }),
  );
});

describe("ring", () => {
  const disc = (side: number, radius: number): LabelImage => {
    const middle = side >> 1;
    return labelsOf(
      ...Array.from({ length: side }, (_, y) =>
        Array.from({ length: side }, (_, x) =>
          (y - middle) ** 2 + (x - middle) ** 2 <= radius ** 2 ? "1" : ".",
        ).join(""),
      ),
    );
  };

  test("follows the size of objects within bounds", () => {
    const all = (): boolean => true;
    expect(ringPx(disc(41, 12), all, "corrected")).toBe(9);
    expect(ringPx(disc(41, 12), all, "sparse")).toBe(3);
    expect(ringPx(disc(81, 38), all, "corrected")).toBe(15);
    expect(ringPx(disc(9, 1), all, "corrected")).toBe(3);
    expect(ringPx(disc(9, 1), () => false, "sparse")).toBe(2);
  });

  test("law: exactly the background within its width of a trusted object, against brute force", () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = rng(seed, "ring");
      const picture = labelsOf(
        ...Array.from({ length: 24 }, () =>
          Array.from({ length: 30 }, () => (random.chance(0.03) ? String(1 + random.int(9)) : ".")).join(""),
        ),
      );
      const touched = new Set([1, 2, 3]);
      const weights = pixelWeights({
        labels: picture,
        coverage: "exhaustive",
        reviewed: false,
        touched,
        untouchedWeight: 0,
      });
      const reach = ringPx(picture, (label) => touched.has(label), "corrected");
      const trusted = [...picture.data.keys()].filter((i) => touched.has(picture.data[i] as number));
      picture.data.forEach((label, i) => {
        const [y, x] = [Math.floor(i / 30), i % 30];
        const near = trusted.some((j) => Math.hypot(Math.floor(j / 30) - y, (j % 30) - x) <= reach);
        const wanted = label > 0 ? touched.has(label) : near;
        if (weights[i] !== (wanted ? 1 : 0)) throw new Error(`seed ${seed}, pixel ${y}, ${x}`);
      });
      expect(weights.some((w) => w === 1)).toBe(true);
    }
  });
});

test("masks follow a change of pixel size", () => {
  const { cleared } = resampledReview({ coverage: "sparse", cleared: maskOf("##..", "....") }, 4, 8);
  expect(
    [...(cleared?.data ?? [])]
      .map((v) => (v === 1 ? "#" : "."))
      .join("")
      .match(/.{8}/g),
  ).toEqual(["####....", "####....", "........", "........"]);
});

test("places are the middles of what counts; none for images that count everywhere", () => {
  const nuclear = labelsOf("11..22", "11..22", "......");
  expect(placesThatCount({ nuclear })).toBeNull();
  expect(placesThatCount({ nuclear }, { nuclear: { coverage: "exhaustive" } })).toBeNull();
  expect(
    placesThatCount(
      { nuclear },
      { nuclear: { coverage: "exhaustive", reviewed: false, touched: new Set([2]) } },
    ),
  ).toEqual([{ y: 0.5, x: 4.5 }]);
  expect(placesThatCount({ nuclear }, { nuclear: { coverage: "sparse" } })).toEqual([
    { y: 0.5, x: 0.5 },
    { y: 0.5, x: 4.5 },
  ]);
  const region = maskOf("......", "...#..", "..##..");
  expect(
    placesThatCount(
      { nuclear: labelsOf("......", "......", "......") },
      { nuclear: { coverage: "region", region } },
    ),
  ).toEqual([{ y: 1, x: 3 }]);
});

test("places of a region lie in it on a lattice, so that crops reach all of it", () => {
  const disc = (y: number, x: number): boolean => (y - 200) ** 2 + (x - 300) ** 2 <= 150 ** 2;
  const places = regionPlaces([50, 150, 351, 451], disc);
  expect(places.every(({ y, x }) => disc(y, x))).toBe(true);
  for (let y = 50; y <= 350; y++)
    for (let x = 150; x <= 450; x++)
      if (disc(y, x)) expect(places.some((place) => Math.hypot(place.y - y, place.x - x) < 64)).toBe(true);
  expect(regionPlaces([0, 0, 9, 9], () => false)).toEqual([]);
});
