/**
 * The public collections of broken and hostile files through every reader of images, in one process.
 *
 * Prints how many files were read or refused per reader, the slowest, and the largest memory of the process, which must
 * stay below 1 GiB with the limits that the program uses. Run: node test/bench/formats-bad-input.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isFoundryError } from "../../src/core/errors.ts";
import { sourceOfBytes } from "../../src/formats/byte-source.ts";
import { sharedData } from "../../src/formats/fixtures/fixtures.ts";
import { openTiffImages, readImage, readLabels } from "../../src/formats/index.ts";

const corpus = join(sharedData, "bad-input");

const readers: Readonly<Record<string, (bytes: Uint8Array, name: string) => Promise<unknown>>> = {
  image: (bytes, name) => readImage(bytes, { name }),
  labels: (bytes, name) => readLabels(bytes, { name }),
  region: async (bytes, name) => {
    const open = await openTiffImages(sourceOfBytes(bytes, name));
    return open.readRegion({ y0: 0, x0: 0, height: 512, width: 512 });
  },
};

const paths = readdirSync(corpus, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
let slowest = { ms: 0, what: "" };
for (const [reader, read] of Object.entries(readers)) {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const bytes = new Uint8Array(readFileSync(path));
    const start = performance.now();
    let outcome = "read";
    try {
      await read(bytes, path.slice(corpus.length + 1));
    } catch (error) {
      // Anything else is a crash and ends the run.
      if (!isFoundryError(error)) throw error;
      outcome = error.code;
    }
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const ms = performance.now() - start;
    if (ms > slowest.ms) slowest = { ms, what: `${reader} ${path.slice(corpus.length + 1)}` };
  }
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`${reader}: ${paths.length} files: ${parts.join(", ")}`);
}
const { maxRSS } = process.resourceUsage();
console.log(
  `slowest: ${slowest.what}, ${slowest.ms.toFixed(0)} ms; largest memory ${(maxRSS / 1024).toFixed(0)} MiB`,
);
if (maxRSS > 1024 * 1024 || slowest.ms > 10_000) process.exitCode = 1;
