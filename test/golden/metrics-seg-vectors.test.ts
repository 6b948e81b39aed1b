/**
 * Segmentation scores against `stardist.matching` (commit 650d3a1) on twelve real label images with made errors.
 * The data lie outside the repository; two of the cases are kept as fixtures beside the code for machines without them.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromArrayBuffer } from "geotiff";
import { describe, expect, test } from "vitest";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { matchObjects, scoreSegmentation } from "#core/metrics/index.ts";

const folder = join(import.meta.dirname, "../../../shared/data/metrics-seg-vectors");

interface Expected {
  readonly matching: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly foreground: { readonly dice: number; readonly iou: number };
}

async function readLabels(path: string): Promise<LabelImage> {
  const bytes = readFileSync(path);
  const tiff = await fromArrayBuffer(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const page = await tiff.getImage();
  const [data] = await page.readRasters();
  return labelImage(page.getHeight(), page.getWidth(), data as Uint16Array);
}

describe.skipIf(!existsSync(join(folder, "expected.json")))("scores equal the reference tool", async () => {
  const file = join(folder, "expected.json");
  const cases: Record<string, Expected> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const [name, expected] of Object.entries(cases)) {
    test(name, async () => {
      const reference = await readLabels(join(folder, `${name}_gt.tif`));
      const predicted = await readLabels(join(folder, `${name}_pred.tif`));
      for (const [threshold, values] of Object.entries(expected.matching)) {
        const scores = matchObjects(reference, predicted, Number(threshold));
        const ours: Record<string, number> = {
          tp: scores.tp,
          fp: scores.fp,
          fn: scores.fn,
          precision: scores.precision,
          recall: scores.recall,
          accuracy: scores.averagePrecision,
          f1: scores.f1,
          n_true: scores.referenceCount,
          n_pred: scores.predictedCount,
          mean_true_score: scores.meanTrueScore,
          mean_matched_score: scores.meanMatchedScore,
          panoptic_quality: scores.panopticQuality,
        };
        for (const [key, value] of Object.entries(values)) {
          expect(Math.abs((ours[key] ?? Number.NaN) - value), `${key} at ${threshold}`).toBeLessThan(1e-6);
        }
      }
      const { foreground } = scoreSegmentation(reference, predicted);
      expect(Math.abs(foreground.dice - expected.foreground.dice)).toBeLessThan(1e-6);
      expect(Math.abs(foreground.iou - expected.foreground.iou)).toBeLessThan(1e-6);
    });
  }
});
