/** What counts as debris, by areas set by hand. */
import { expect, test } from "vitest";
import { detectionsFromPoints } from "#core/tracking/index.ts";
import { debrisFilter } from "./leave-out-debris.ts";

function frameOf(t: number, areas: readonly number[]) {
  return detectionsFromPoints({
    t,
    height: 100,
    width: 100,
    labels: areas.map((_, i) => i + 1),
    y: areas.map((_, i) => 10 * i),
    x: areas.map((_, i) => 10 * i),
    areaPx: areas,
  });
}

test("below a tenth of the median area nothing is a cell; daughters and cells cut by the border are", () => {
  const filter = debrisFilter();
  expect([...filter(frameOf(0, [100, 110, 8, 30, 120, 11, 90])).labels]).toEqual([1, 2, 4, 5, 6, 7]);
  // Two cells say nothing about size: the last known one counts.
  expect([...filter(frameOf(1, [8, 100])).labels]).toEqual([2]);
});

test("a frame without debris comes back as it is, and so does one before any size is known", () => {
  const filter = debrisFilter();
  for (const frame of [frameOf(0, [3, 400]), frameOf(1, []), frameOf(2, [50, 60, 70, 80, 90])])
    expect(filter(frame)).toBe(frame);
});
