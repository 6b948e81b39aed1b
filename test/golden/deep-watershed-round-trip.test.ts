/**
 * Labels -> deep-watershed targets -> labels on real nuclei (Data Science Bowl 2018, CC0): what the post-processing
 * loses when the network is perfect. The images lie outside the repository; generated cells are tested beside the code.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromArrayBuffer } from "geotiff";
import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { deepWatershedTargets, labelsFromDeepWatershed } from "#core/labels/index.ts";
import { poolScores, type SegmentationScores, scoreSegmentation } from "#core/metrics/index.ts";

const folder = join(import.meta.dirname, "../../../shared/data/dsb2018/labels");

/** Every eighth image: all appearances, a few seconds. */
const step = 8;

test.skipIf(!existsSync(folder))("round trip on real nuclei: F1 at least 0.98", async () => {
  const scores: SegmentationScores[] = [];
  const names = readdirSync(folder).filter((name, k) => name.endsWith(".tif") && k % step === 0);
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const tiff = await fromArrayBuffer(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    const page = await tiff.getImage();
    const [data] = await page.readRasters();
    const labels = labelImage(page.getHeight(), page.getWidth(), data as Uint16Array);
    scores.push(scoreSegmentation(labels, labelsFromDeepWatershed(deepWatershedTargets(labels))));
  }
  const pooled = poolScores(scores);
  expect(pooled.byThreshold[0]?.referenceCount).toBeGreaterThan(250);
  expect(pooled.byThreshold[0]?.f1).toBeGreaterThanOrEqual(0.98);
  expect(pooled.meanAveragePrecision).toBeGreaterThanOrEqual(0.95);
});
