/**
 * SEG and DET of the Cell Tracking Challenge against values of `traccuracy` (DET) and of a plain implementation of the
 * definition (SEG), on two real movies with made errors. The data lie outside the repository; closed forms beside the
 * code (`core/metrics/object-metrics.test.ts`) hold on machines without them.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromArrayBuffer } from "geotiff";
import { describe, expect, test } from "vitest";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import {
  addTallies,
  defaultTallySettings,
  emptyTally,
  evaluateLabels,
  type ObjectTally,
  scoresOf,
} from "#core/metrics/index.ts";

const data = join(import.meta.dirname, "../../../shared/data");
const folder = join(data, "metrics-ctc-vectors");
const movies = { mitocheck: "ctc-mitocheck-h2b", nist: "ctc-nist-lineage-mapper" } as const;
const present = existsSync(folder) && Object.values(movies).every((name) => existsSync(join(data, name)));

interface Expected {
  readonly ctc: {
    readonly DET: number;
    readonly fp_nodes: number;
    readonly fn_nodes: number;
    readonly ns_nodes: number;
  };
  readonly SEG: number;
  readonly SEG_n_reference_objects: number;
}

async function readFrame(path: string): Promise<LabelImage> {
  const bytes = readFileSync(path);
  const tiff = await fromArrayBuffer(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const page = await tiff.getImage();
  const [pixels] = await page.readRasters();
  return labelImage(page.getHeight(), page.getWidth(), pixels as Uint16Array);
}

const frames = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith(".tif"))
    .sort()
    .map((name) => join(path, name));

/** Only SEG and DET are asked, so one threshold is enough. */
const settings = { ...defaultTallySettings, thresholds: [0.5] };

describe.skipIf(!present)("SEG and DET equal the reference values", () => {
  for (const [movie, truth] of Object.entries(movies)) {
    const file = join(folder, movie, "expected.json");
    const cases: Record<string, Expected> = present ? JSON.parse(readFileSync(file, "utf8")) : {};
    for (const [name, expected] of Object.entries(cases)) {
      test(`${movie} ${name}`, { timeout: 60_000 }, async () => {
        const references = frames(join(data, truth, "01_GT/TRA"));
        const results = frames(join(folder, movie, name));
        expect(results).toHaveLength(references.length);
        const tallies: ObjectTally[] = [emptyTally(1)];
        for (const [k, path] of results.entries()) {
          const reference = await readFrame(references[k] as string);
          tallies.push(evaluateLabels(reference, await readFrame(path), null, settings).tally);
        }
        const { sums, ...rest } = addTallies(tallies, 1);
        const scores = scoresOf({ sums, ...rest }, settings);
        expect(sums.references).toBe(expected.SEG_n_reference_objects);
        expect([sums.detFalse, sums.detMissed, sums.detSplits]).toEqual([
          expected.ctc.fp_nodes,
          expected.ctc.fn_nodes,
          expected.ctc.ns_nodes,
        ]);
        expect(Math.abs((scores.det ?? 0) - expected.ctc.DET)).toBeLessThan(1e-12);
        expect(Math.abs((scores.seg ?? 0) - expected.SEG)).toBeLessThan(1e-12);
      });
    }
  }
});
