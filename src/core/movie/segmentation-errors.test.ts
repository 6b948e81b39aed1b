import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf } from "#testing/index.ts";
import { rng } from "../rng.ts";
import {
  evenShares,
  injectDetectionErrors,
  injectSegmentationErrors,
  simulateDetections,
  simulateMovie,
} from "./index.ts";

const none = { split: 0, merge: 0, miss: 0, false: 0 };

const asked = {
  height: 256,
  width: 256,
  mppUm: 0.8,
  density: "dense",
  frameCount: 1,
  look: "nuclear",
} as const;
const exactOf = (seed: number) => simulateMovie(asked, seed).frames.next().value!.labels;

describe("faults in label images", () => {
  test("by hand: split, missed, merged", () => {
    const exact = labelsOf("1111..222", "1111..222");
    const split = injectSegmentationErrors(labelsOf("11111111", "11111111"), { ...none, split: 1 }, rng(1));
    expect(split.errors).toEqual([{ kind: "split", cells: [1], objects: [1, 2] }]);
    expect(split.cellsOf).toEqual([[1], [1]]);
    expect(new Set(split.labels.data)).toEqual(new Set([1, 2]));
    const missed = injectSegmentationErrors(exact, { ...none, miss: 1 }, rng(1));
    expect(missed.labels.data.every((label) => label === 0)).toBe(true);
    expect(missed.errors.map(({ kind, cells }) => [kind, cells])).toEqual([
      ["miss", [1]],
      ["miss", [2]],
    ]);
    const merged = injectSegmentationErrors(labelsOf("111222", "111222"), { ...none, merge: 1 }, rng(4));
    if (merged.errors.length > 0) expect([...merged.labels.data]).toEqual(Array(12).fill(1));
  });

  test("no shares: the same pixels under new numbers; the exact image stays as it was", () => {
    const exact = labelsOf("55.7", "55.7");
    const { labels, cellsOf, errors } = injectSegmentationErrors(exact, none, rng(1));
    expect([[...labels.data], cellsOf, errors]).toEqual([[1, 1, 0, 2, 1, 1, 0, 2], [[5], [7]], []]);
    expect([...exact.data]).toEqual([5, 5, 0, 7, 5, 5, 0, 7]);
  });

  test("law: every pixel of a cell is in an object of that cell, or the cell was missed", () =>
    forSeeds(6, (random, seed) => {
      const exact = exactOf(seed);
      const { labels, cellsOf, errors } = injectSegmentationErrors(exact, evenShares(0.4), random);
      const missed = new Set(errors.flatMap(({ kind, cells }) => (kind === "miss" ? cells : [])));
      exact.data.forEach((cell, i) => {
        const object = labels.data[i]!;
        if (cell > 0)
          expect(missed.has(cell) ? object === 0 : cellsOf[object - 1]!.includes(cell)).toBe(true);
      });
      const faulty = errors.flatMap(({ cells }) => cells);
      expect(new Set(faulty).size).toBe(faulty.length);
      for (const { kind, objects } of errors)
        if (kind === "false") expect(cellsOf[objects[0]! - 1]).toEqual([]);
    }));

  test("shares are kept", () => {
    const counts = { split: 0, merge: 0, miss: 0, false: 0 };
    let cells = 0;
    for (let seed = 0; seed < 8; seed++) {
      const exact = exactOf(seed);
      cells += new Set(exact.data).size - 1;
      const { errors } = injectSegmentationErrors(exact, evenShares(0.2), rng(seed, "faults"));
      for (const { kind, cells: of } of errors) counts[kind] += Math.max(1, of.length);
    }
    expect(cells).toBeGreaterThan(600);
    // 5 % each: five standard errors below and above; merges need a neighbour at hand that has no fault.
    const wanted = 0.05 * cells;
    const tolerance = 5 * Math.sqrt(wanted);
    for (const kind of ["split", "miss", "false"] as const)
      expect(Math.abs(counts[kind] - wanted), kind).toBeLessThan(tolerance);
    expect(counts.merge).toBeGreaterThan(0.4 * wanted);
    expect(counts.merge).toBeLessThan(wanted + 2 * tolerance);
  });
});

describe("faults in detections", () => {
  const frame = simulateDetections({ ...asked, height: 600, width: 600 }, 2).frames.next().value!;
  const size = { height: 600, width: 600 };

  test("no shares, no jitter: places as they are", () => {
    const { detections, errors } = injectDetectionErrors(frame, size, none, rng(1));
    expect(errors).toEqual([]);
    expect(detections.map(({ y, x, areaPx, cells }) => [y, x, areaPx, cells])).toEqual(
      frame.cells.map(({ y, x, areaPx, label }) => [y, x, areaPx, [label]]),
    );
  });

  test("law: every cell is in one object, in two where split, in none where missed; areas add up", () => {
    const { detections, errors } = injectDetectionErrors(frame, size, evenShares(0.4), rng(3));
    const fate = new Map(errors.flatMap(({ kind, cells }) => cells.map((cell) => [cell, kind] as const)));
    const areas = new Map<number, number>();
    for (const { cells, areaPx } of detections)
      if (cells.length === 1) areas.set(cells[0]!, (areas.get(cells[0]!) ?? 0) + areaPx);
    const held = detections.flatMap(({ cells }) => cells);
    for (const { label, areaPx } of frame.cells) {
      const times = held.filter((cell) => cell === label).length;
      expect(times).toBe({ split: 2, merge: 1, miss: 0, false: 1 }[fate.get(label) ?? "false"]);
      if (areas.has(label)) expect(areas.get(label)).toBeCloseTo(areaPx, 6);
    }
    expect(detections.map(({ label }) => label)).toEqual(detections.map((_, k) => k + 1));
    expect(new Set(errors.map(({ kind }) => kind)).size).toBe(4);
  });

  test("jitter has the standard deviation asked for", () => {
    const { detections } = injectDetectionErrors(frame, size, none, rng(5), 0.8);
    const off = detections.flatMap(({ y, x }, k) => [y - frame.cells[k]!.y, x - frame.cells[k]!.x]);
    const sd = Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / off.length);
    expect(Math.abs(sd / 0.8 - 1)).toBeLessThan(5 / Math.sqrt(2 * off.length));
  });
});
