import { expect, test } from "vitest";
import type { ImageEffort } from "#api/index.ts";
import { effortPoints, effortSentence } from "./effort-points.ts";

const image = (k: number, more: Partial<ImageEffort> = {}): ImageEffort => ({
  ...{ imageId: `image-${k}`, layerId: `layer-${k}`, name: `image ${k}`, from: "", to: "" },
  ...{ cells: 50, corrections: 10, accepted: 0, msSpent: 25_000, proposedBy: "nuclei@1.0.0" },
  ...more,
});

test("corrections per hundred cells, seconds per cell, and where the model changed", () => {
  const points = effortPoints([
    image(1),
    image(2, { corrections: 5, msSpent: 10_000 }),
    image(3, { proposedBy: "nuclei@1.1.0", corrections: 0, msSpent: 0 }),
  ]);
  expect(points.map(({ correctionsPer100 }) => correctionsPer100)).toEqual([20, 10, 0]);
  expect(points.map(({ secondsPerCell }) => secondsPerCell)).toEqual([0.5, 0.2, 0]);
  expect(points.map(({ isNewModel }) => isNewModel)).toEqual([false, false, true]);
});

test("an image emptied by hand counts what was removed", () => {
  const [point] = effortPoints([image(1, { cells: 0, corrections: 4, msSpent: 2000 })]);
  expect(point).toMatchObject({ correctionsPer100: 100, secondsPerCell: 0.5 });
});

test("the sentence compares first and last, and is silent about three images", () => {
  const corrections = [20, 16, 12, 8, 4, 2, 1, 0];
  const points = effortPoints(corrections.map((count, k) => image(k, { corrections: count })));
  // By hand: (40 + 32) / 2 and (2 + 0) / 2 per hundred.
  expect(effortSentence(points)).toBe("1 corrections per 100 cells lately, 36 at first.");
  expect(effortSentence(points.slice(0, 3))).toBeNull();
});
