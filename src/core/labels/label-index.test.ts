import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import type { LabelImage } from "../array/index.ts";
import { indexLabels } from "./index.ts";

/** Area and box of each label, pixel by pixel. */
function slowIndex({ width, data }: LabelImage): Map<number, [area: number, ...box: number[]]> {
  const found = new Map<number, [number, number, number, number, number]>();
  data.forEach((label, i) => {
    if (label <= 0) return;
    const [y, x] = [Math.floor(i / width), i % width];
    const [area, y0, x0, y1, x1] = found.get(label) ?? [0, y, x, 0, 0];
    found.set(label, [area + 1, Math.min(y0, y), Math.min(x0, x), Math.max(y1, y + 1), Math.max(x1, x + 1)]);
  });
  return found;
}

describe("indexLabels", () => {
  // The largest label decides between a table and a hash map.
  test.each([5, 2 ** 31 - 1])(
    "law: labels up to %i, with area and box; background and negative ones are none",
    (most) =>
      forSeeds(200, (random) => {
        const [height, width] = [1 + random.int(9), 1 + random.int(9)];
        const choice = [0, 0, -1, -most, most, most - 1, 1 + random.int(most)];
        const data = Int32Array.from(
          { length: height * width },
          () => choice[random.int(choice.length)] as number,
        );
        const labels: LabelImage = { dtype: "int32", height, width, data };
        const expected = slowIndex(labels);
        const index = indexLabels(labels);
        expect([...index.labels]).toEqual([...expected.keys()].sort((a, b) => a - b));
        index.labels.forEach((label, k) => {
          expect(index.indexOf(label)).toBe(k);
          expect([index.areas[k], ...index.boxes.subarray(4 * k, 4 * k + 4)]).toEqual(expected.get(label));
        });
        for (const absent of [0, -1, 2 ** 30 + 1])
          if (!expected.has(absent)) expect(index.indexOf(absent)).toBe(-1);
      }),
  );
});
