/**
 * Labels -> what a perfect network of another program would answer -> labels, on real nuclei (Data Science Bowl 2018,
 * CC0): what each description loses. Star polygons lose what a centre cannot see, foreground alone cannot tell touching
 * nuclei apart; flows and boundaries lose next to nothing. The images lie outside the repository.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromArrayBuffer } from "geotiff";
import { beforeAll, describe, expect, test } from "vitest";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import {
  flowTargets,
  labelsFromFlows,
  labelsFromForeground,
  labelsFromStarPolygons,
  starTargets,
} from "#core/labels/index.ts";
import { poolScores, scoreSegmentation } from "#core/metrics/index.ts";

const folder = join(import.meta.dirname, "../../../shared/data/dsb2018/labels");

/** Every twelfth image: all appearances, a few seconds. */
const step = 12;

const images: LabelImage[] = [];

const f1 = (decode: (labels: LabelImage) => LabelImage, threshold: number): number => {
  const pooled = poolScores(images.map((labels) => scoreSegmentation(labels, decode(labels), [threshold])));
  return pooled.byThreshold[0]?.f1 ?? 0;
};

const plane = ({ height, width }: LabelImage, data: Float32Array) =>
  ({ dtype: "float32", height, width, data }) as const;

describe.skipIf(!existsSync(folder))("real nuclei", () => {
  beforeAll(async () => {
    for (const name of readdirSync(folder).filter((one, k) => one.endsWith(".tif") && k % step === 0)) {
      const bytes = readFileSync(join(folder, name));
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const page = await (await fromArrayBuffer(buffer)).getImage();
      const [data] = await page.readRasters();
      images.push(labelImage(page.getHeight(), page.getWidth(), data as Uint16Array));
    }
  });

  test("flows: F1@0.9 at least 0.99", () => {
    const decode = (labels: LabelImage): LabelImage =>
      labelsFromFlows(
        flowTargets(labels),
        plane(
          labels,
          Float32Array.from(labels.data, (v) => (v > 0 ? 5 : -5)),
        ),
      );
    expect(f1(decode, 0.9)).toBeGreaterThanOrEqual(0.99);
  });

  test.each([
    [1, 0.94],
    [2, 0.93],
  ])("star polygons on grid %i: F1@0.5 at least 0.98, F1@0.9 at least %f", (grid, at90) => {
    const decode = (labels: LabelImage): LabelImage =>
      labelsFromStarPolygons(starTargets(labels, { grid }), labels).labels;
    expect(f1(decode, 0.5)).toBeGreaterThanOrEqual(0.98);
    expect(f1(decode, 0.9)).toBeGreaterThanOrEqual(at90);
  });

  test("foreground alone: F1@0.5 at least 0.9, and below 1: touching nuclei without a waist stay one", () => {
    const decode = (labels: LabelImage): LabelImage =>
      labelsFromForeground({
        foreground: plane(
          labels,
          Float32Array.from(labels.data, (v) => (v > 0 ? 1 : 0)),
        ),
      });
    expect(f1(decode, 0.5)).toBeGreaterThanOrEqual(0.9);
    expect(f1(decode, 0.5)).toBeLessThan(1);
  });
});
