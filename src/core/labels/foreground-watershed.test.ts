import { expect, test } from "vitest";
import { makeSyntheticCells } from "#testing/index.ts";
import type { LabelImage, Plane } from "../array/index.ts";
import { labelImage } from "../array/index.ts";
import { scoreSegmentation } from "../metrics/index.ts";
import { labelsFromForeground } from "./index.ts";

const foregroundOf = ({ height, width, data }: LabelImage): Plane<"float32"> => ({
  dtype: "float32",
  height,
  width,
  data: Float32Array.from(data, (label) => (label > 0 ? 1 : 0)),
});

/** 1 on object pixels with a 4-neighbour of another value. */
function boundaryOf(labels: LabelImage): Plane<"float32"> {
  const { height, width, data } = labels;
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    const around = [
      y > 0 ? i - width : i,
      y < height - 1 ? i + width : i,
      x > 0 ? i - 1 : i,
      x < width - 1 ? i + 1 : i,
    ];
    if (data[i] !== 0 && around.some((j) => data[j] !== data[i])) out[i] = 1;
  }
  return { dtype: "float32", height, width, data: out };
}

test("cells apart: foreground alone is enough, every cell exactly again", () => {
  const { labels } = makeSyntheticCells({
    height: 200,
    width: 200,
    seed: 3,
    touching: 0,
    elongation: [1, 1.2],
  });
  const scores = scoreSegmentation(
    labels,
    labelsFromForeground({ foreground: foregroundOf(labels) }),
    [0.99],
  );
  expect(scores.byThreshold[0]?.f1).toBe(1);
});

test("touching cells: with the boundary nearly every cell at IoU 0.9", () => {
  const { labels } = makeSyntheticCells({ height: 300, width: 300, seed: 4 });
  const planes = { foreground: foregroundOf(labels), boundary: boundaryOf(labels) };
  const at90 = scoreSegmentation(labels, labelsFromForeground(planes), [0.9]).byThreshold[0];
  expect(at90?.f1).toBeGreaterThanOrEqual(0.97);
});

test("two disks that overlap by a third are two; a plane of nothing but foreground is one", () => {
  const labels = labelImage(40, 60);
  for (let i = 0; i < labels.data.length; i++) {
    const [y, x] = [Math.floor(i / 60) - 20, i % 60];
    if (y * y + (x - 20) ** 2 <= 144 || y * y + (x - 39) ** 2 <= 144) labels.data[i] = 1;
  }
  expect(Math.max(...labelsFromForeground({ foreground: foregroundOf(labels) }).data)).toBe(2);
  const full = { dtype: "float32", height: 9, width: 9, data: new Float32Array(81).fill(1) } as const;
  expect(new Set(labelsFromForeground({ foreground: full }).data)).toEqual(new Set([1]));
});
