/** AJI, SEG, DET, boundary F, Hausdorff, area bias and the tally: by hand, by closed form, against slow references. */

import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, randomLabels } from "#testing/index.ts";
import { type LabelImage, labelImage } from "../array/index.ts";
import {
  addTallies,
  aggregatedJaccard,
  aggregatedJaccardPlus,
  boundaryScores,
  boundarySums,
  cellTrackingSums,
  classifyErrors,
  defaultTallySettings,
  detScore,
  emptyTally,
  evaluateLabels,
  findOverlaps,
  hausdorffDistances,
  headlineOf,
  matchObjects,
  scoresOf,
  segScore,
} from "./index.ts";

const overlapsOf = (reference: readonly string[], predicted: readonly string[]) =>
  findOverlaps(labelsOf(...reference), labelsOf(...predicted));

/** A plane with filled rectangles [y0, x0, y1, x1), later ones on top. */
function rectangles(height: number, width: number, boxes: readonly (readonly number[])[]): LabelImage {
  const data = new Int32Array(height * width);
  boxes.forEach(([y0 = 0, x0 = 0, y1 = 0, x1 = 0], k) => {
    for (let y = y0; y < y1; y++) data.fill(k + 1, y * width + x0, y * width + x1);
  });
  return labelImage(height, width, data);
}

/** A prediction that is mostly like the reference. */
function disturbed(random: Parameters<Parameters<typeof forSeeds>[1]>[0], keep: number) {
  const reference = randomLabels(random, 16, 7);
  const other = randomLabels(random, 16, 7);
  const predicted = {
    ...reference,
    data: reference.data.map((v, i) => (random.chance(keep) ? v : (other.data[i] ?? 0))),
  };
  return { reference, predicted };
}

describe("aggregated Jaccard index", () => {
  test("by hand: one good cell, one missed, one false", () => {
    // 1-5: 3 of 4; missed 2 adds 2, false 6 adds 1.
    const overlaps = overlapsOf(["1111.22."], ["555....6"]);
    expect(aggregatedJaccard(overlaps)).toEqual({ shared: 3, union: 7 });
    expect(aggregatedJaccardPlus(overlaps)).toEqual({ shared: 3, union: 7 });
  });
  test("a merge serves both references in AJI, and one only in AJI+", () => {
    const overlaps = overlapsOf(["1122"], ["5555"]);
    expect(aggregatedJaccard(overlaps)).toEqual({ shared: 4, union: 8 });
    // One pair: 2 of 4; the other reference adds its 2 pixels.
    expect(aggregatedJaccardPlus(overlaps)).toEqual({ shared: 2, union: 6 });
  });
  test("law: AJI equals the published loop over references; perfect is 1", () =>
    forSeeds(100, (random) => {
      const { reference, predicted } = disturbed(random, 0.7);
      const sums = aggregatedJaccard(findOverlaps(reference, predicted));
      expect(sums).toEqual(slowJaccard(reference, predicted));
      const self = aggregatedJaccardPlus(findOverlaps(reference, reference));
      expect(self.shared).toBe(self.union);
    }));
});

/** Kumar's procedure, pixel by pixel. */
function slowJaccard(reference: LabelImage, predicted: LabelImage): { shared: number; union: number } {
  const labels = (image: LabelImage) => [...new Set(image.data)].filter((v) => v > 0).sort((a, b) => a - b);
  const count = (test: (a: number, b: number) => boolean): number =>
    reference.data.reduce((n, a, i) => n + (test(a, predicted.data[i] as number) ? 1 : 0), 0);
  const used = new Set<number>();
  let [shared, union] = [0, 0];
  for (const r of labels(reference)) {
    let [best, bestShared, bestUnion] = [0, 0, count((a) => a === r)];
    for (const p of labels(predicted)) {
      const both = count((a, b) => a === r && b === p);
      const either = count((a, b) => a === r || b === p);
      const held = best === 0 ? 0 : bestShared / bestUnion;
      if (both > 0 && both / either > held) [best, bestShared, bestUnion] = [p, both, either];
    }
    if (best > 0) used.add(best);
    shared += bestShared;
    union += bestUnion;
  }
  for (const p of labels(predicted)) if (!used.has(p)) union += count((_, b) => b === p);
  return { shared, union };
}

describe("SEG and DET", () => {
  test("by hand: half covered is not found, missed cells count as 0", () => {
    // 1 covered by 3 of 4 (IoU 3/4), 2 by exactly half, 3 by none.
    const sums = cellTrackingSums(overlapsOf(["1111.22.33"], ["555..6...."]));
    expect(sums).toEqual({ segSum: 0.75, referenceCount: 3, detSplits: 0, detMissed: 2, detFalse: 1 });
    expect(segScore(sums)).toBeCloseTo(0.25, 12);
    // (2 missed x 10 + 1 false) / (3 x 10)
    expect(detScore(sums)).toBeCloseTo(1 - 21 / 30, 12);
  });
  test("a merge costs one split per reference too many", () => {
    const sums = cellTrackingSums(overlapsOf(["112233"], ["555555"]));
    expect(sums).toMatchObject({ detSplits: 2, detMissed: 0, detFalse: 0, segSum: 1 });
    expect(detScore(sums)).toBeCloseTo(1 - 10 / 30, 12);
  });
  test("removing half of the cells halves SEG, where a mean over matched cells would stay 1", () => {
    const cells = Array.from({ length: 36 }, (_, k) => {
      const [y, x] = [8 * Math.floor(k / 6), 8 * (k % 6)];
      return [y, x, y + 6, x + 6];
    });
    const reference = rectangles(48, 48, cells);
    const predicted = rectangles(
      48,
      48,
      cells.filter((_, k) => k % 2 === 0),
    );
    const sums = cellTrackingSums(findOverlaps(reference, predicted));
    expect(segScore(sums)).toBe(0.5);
    expect(detScore(sums)).toBe(0.5);
    expect(matchObjects(reference, predicted, 0.5).meanMatchedScore).toBe(1);
  });
  test("DET is never below 0; without references there is no score", () => {
    expect(detScore(cellTrackingSums(overlapsOf(["1..........."], [".2.3.4.5.6.7"])))).toBe(0);
    const none = cellTrackingSums(overlapsOf([".."], ["1."]));
    expect([segScore(none), detScore(none)]).toEqual([null, null]);
  });
});

describe("boundary F", () => {
  const square = rectangles(20, 20, [[4, 4, 14, 14]]);
  const shifted = rectangles(20, 20, [[4, 7, 14, 17]]);
  test("a square of ten, moved by three: the border has 36 pixels", () => {
    // Within 0: rows y = 4 and 13 overlap in columns 7..13: 14 pixels. Within 3 pixels: all.
    const exact = boundarySums(square, shifted, { distance: 0, unit: "px" });
    expect(exact).toEqual({ reference: 36, referenceNear: 14, predicted: 36, predictedNear: 14 });
    expect(boundaryScores(boundarySums(square, shifted, { distance: 3, unit: "px" }))?.f).toBe(1);
  });
  test("micrometres follow the pixel size of each axis", () => {
    // Moved by 3 pixels of 0.5 µm along x: 1.5 µm; the same along y would be 6 µm.
    const lengths = { y: 2, x: 0.5 };
    const near = (distance: number) =>
      boundaryScores(boundarySums(square, shifted, { distance, unit: "um" }, lengths))?.f;
    expect(near(1.5)).toBe(1);
    expect(near(1.4)).toBeLessThan(1);
    expect(() => boundarySums(square, shifted, { distance: 1, unit: "um" })).toThrow(/internal/);
  });
  test("the seam of touching cells is a border, the image's edge is not", () => {
    expect(boundarySums(labelsOf("1122"), labelsOf("1111"))).toMatchObject({ reference: 2, predicted: 0 });
    expect(boundaryScores(boundarySums(labelsOf("11"), labelsOf("11")))).toBeNull();
  });
  test("law: counts equal a search over all pairs of border pixels", () =>
    forSeeds(60, (random) => {
      const { reference, predicted } = disturbed(random, 0.8);
      const distance = random.pick([0, 1, 1.5, 2, 3]);
      const lengths = { y: random.uniform(0.5, 2), x: random.uniform(0.5, 2) };
      const [a, b] = [borderOf(reference, false), borderOf(predicted, false)];
      const near = (from: typeof a, to: typeof a): number =>
        from.filter(([y, x]) => to.some(([v, u]) => length(y - v, x - u, lengths) <= distance)).length;
      expect(boundarySums(reference, predicted, { distance, unit: "um" }, lengths)).toEqual({
        reference: a.length,
        referenceNear: near(a, b),
        predicted: b.length,
        predictedNear: near(b, a),
      });
    }));
});

const length = (dy: number, dx: number, { y, x }: { y: number; x: number }): number =>
  Math.hypot(dy * y, dx * x);

/** Border pixels of all objects, or of one; with the image's edge when `closed`. */
function borderOf(
  { height, width, data }: LabelImage,
  closed: boolean,
  only?: number,
): (readonly [number, number])[] {
  const at = (y: number, x: number, own: number): number =>
    y < 0 || x < 0 || y >= height || x >= width ? (closed ? -1 : own) : (data[y * width + x] as number);
  const found: (readonly [number, number])[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const own = data[y * width + x] as number;
      if (own === 0 || (only !== undefined && own !== only)) continue;
      if ([at(y - 1, x, own), at(y + 1, x, own), at(y, x - 1, own), at(y, x + 1, own)].some((v) => v !== own))
        found.push([y, x]);
    }
  }
  return found;
}

describe("Hausdorff distance", () => {
  test("a square moved by (2, 1): the far corner is the square root of 5 away", () => {
    const reference = rectangles(20, 20, [[2, 2, 12, 12]]);
    const predicted = rectangles(20, 20, [[4, 3, 14, 13]]);
    const match = [{ reference: 1, predicted: 1, iou: 0.5 }];
    const [distance] = hausdorffDistances(reference, predicted, match);
    expect(distance?.max).toBeCloseTo(Math.sqrt(5), 12);
    const [um] = hausdorffDistances(reference, predicted, match, { y: 0.5, x: 2 });
    expect(um?.max).toBeCloseTo(Math.sqrt(5), 12); // (2 x 0.5)² + (1 x 2)²
  });
  test("one stray spike decides the maximum and not the 95 % distance", () => {
    const reference = rectangles(60, 60, [[5, 5, 45, 45]]);
    const predicted = { ...reference, data: reference.data.slice() };
    predicted.data.fill(1, 20 * 60 + 45, 20 * 60 + 55);
    const [distance] = hausdorffDistances(reference, predicted, [{ reference: 1, predicted: 1, iou: 1 }]);
    expect(distance?.max).toBe(10);
    // 156 border pixels at 0, one covered by the spike, 10 of the spike at 1..10: rank 0.95 x 164 = 155.8 of 165.
    expect(distance?.p95).toBeLessThan(2);
  });
  test("law: equal to a search over all pairs of border pixels", () =>
    forSeeds(60, (random) => {
      const { reference, predicted } = disturbed(random, 0.85);
      const lengths = { y: random.uniform(0.5, 2), x: random.uniform(0.5, 2) };
      const overlaps = findOverlaps(reference, predicted);
      const matches = overlaps.pairs.map((pair) => ({
        reference: overlaps.referenceLabels[pair.reference] as number,
        predicted: overlaps.predictedLabels[pair.predicted] as number,
        iou: pair.iou,
      }));
      const ours = hausdorffDistances(reference, predicted, matches, lengths);
      matches.forEach((match, k) => {
        const a = borderOf(reference, true, match.reference);
        const b = borderOf(predicted, true, match.predicted);
        const directed = (from: typeof a, to: typeof a): number[] =>
          from
            .map(([y, x]) => Math.min(...to.map(([v, u]) => length(y - v, x - u, lengths))))
            .sort((one, other) => one - other);
        const [there, back] = [directed(a, b), directed(b, a)];
        expect(ours[k]?.max).toBeCloseTo(Math.max(...there, ...back), 9);
        const rank = (values: number[]): number => {
          const at = 0.95 * (values.length - 1);
          const [low, high] = [values[Math.floor(at)] as number, values[Math.ceil(at)] as number];
          return low + (high - low) * (at % 1);
        };
        expect(ours[k]?.p95).toBeCloseTo(Math.max(rank(there), rank(back)), 9);
      });
    }));
});

describe("evaluateLabels", () => {
  const reference = rectangles(40, 40, [
    [2, 2, 12, 12],
    [20, 20, 30, 30],
    [2, 30, 6, 34],
  ]);
  const predicted = rectangles(40, 40, [
    [2, 2, 12, 14],
    [20, 20, 30, 25],
    [20, 25, 30, 30],
    [34, 2, 38, 6],
  ]);
  const { tally, outcomes } = evaluateLabels(reference, predicted, { y: 0.5, x: 0.5 });
  const scores = scoresOf(tally, defaultTallySettings);
  test("area bias: 20 % too large, and one half of a split cell", () => {
    // 1: 120 against 100 pixels. 2: matched to one half at IoU exactly 0.5: -50 %.
    expect(scores.areaBias.mean).toBeCloseTo((0.2 - 0.5) / 2, 12);
    expect(scores.areaBias.absolute).toBeCloseTo(0.35, 12);
  });
  test("distances in pixels and micrometres", () => {
    // 2 pixels along x, and 5 to the edge of the missing half.
    expect(scores.hausdorff.px).toBeCloseTo(3.5, 12);
    expect(scores.hausdorff.um).toBeCloseTo(1.75, 12);
    expect(
      scoresOf(evaluateLabels(reference, predicted).tally, defaultTallySettings).hausdorff.um,
    ).toBeNull();
  });
  test("every object has an outcome with its partners", () => {
    expect(
      outcomes.map(({ side, label, class: name, partners }) => [side[0], label, name, partners]),
    ).toEqual([
      ["r", 1, "correct", [1]],
      ["r", 2, "split", [2, 3]],
      ["r", 3, "missed", []],
      ["p", 1, "correct", [1]],
      ["p", 2, "split", [2]],
      ["p", 3, "split", [2]],
      ["p", 4, "gained", []],
    ]);
    expect(outcomes[0]).toMatchObject({ iou: 100 / 120, hausdorffPx: 2 });
    expect(outcomes[2]).toMatchObject({ iou: 0, hausdorffPx: null });
  });
  test("the classes are those of classifyErrors; a score carries its settings", () => {
    expect(scores.errors).toMatchObject({ correct: 1, missed: 1, gained: 1, split: 1, gainedFromSplit: 1 });
    expect(classifyErrors(reference, predicted).split).toEqual([{ reference: [2], predicted: [2, 3] }]);
    expect(scores.settings).toMatchObject({
      matcher: "iou-assignment/1",
      measuredIou: 0.5,
      boundaryTolerance: { distance: 2, unit: "px" },
      errors: { correctIou: 0.6 },
    });
  });
  test("PQ is SQ times RQ", () => {
    const half = scores.byThreshold[0];
    expect(half?.panopticQuality).toBeCloseTo(
      (half?.segmentationQuality ?? 0) * (half?.recognitionQuality ?? 0),
      12,
    );
  });
  test("nothing at all: no score is invented", () => {
    const none = scoresOf(emptyTally(10), defaultTallySettings);
    expect(headlineOf(none)).toMatchObject({
      seg: null,
      det: null,
      aji: null,
      boundaryF: null,
      areaBias: null,
    });
  });
  test("law: added tallies score like one image made of both", () =>
    forSeeds(40, (random) => {
      const [one, two] = [disturbed(random, 0.8), disturbed(random, 0.8)];
      // Side by side with an empty column between, so that no border pixel sees the other image within 2 pixels.
      const join = (a: LabelImage, b: LabelImage): LabelImage => {
        const width = a.width + b.width + 8;
        const height = Math.max(a.height, b.height);
        const data = new Int32Array(height * width);
        for (let y = 0; y < height; y++) {
          data.set(a.data.subarray(y * a.width, (y + 1) * a.width), y * width);
          const row = b.data.subarray(y * b.width, (y + 1) * b.width);
          data.set(
            row.map((v) => (v === 0 ? 0 : v + 1_000_000)),
            y * width + a.width + 8,
          );
        }
        return labelImage(height, width, data);
      };
      const pooled = addTallies(
        [one, two].map(({ reference: r, predicted: p }) => evaluateLabels(r, p).tally),
        10,
      );
      const whole = evaluateLabels(
        join(one.reference, two.reference),
        join(one.predicted, two.predicted),
      ).tally;
      for (const field of ["segSum", "detFalse", "ajiUnion", "ajiPlusShared", "measured", "correct"] as const)
        expect(whole.sums[field]).toBeCloseTo(pooled.sums[field], 9);
      expect(whole.matched).toEqual(pooled.matched);
      expect(pooled.sums.images).toBe(2);
    }));
});
