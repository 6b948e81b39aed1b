/**
 * Every TIFF page of the public collections against an independent reader's pixels.
 *
 * PIXELS.csv holds the SHA-256 of each page as tifffile with imagecodecs decodes it. A page is read exactly, refused
 * with a code (grouped by the feature its message names), or wrong. Run: node test/bench/formats-pixels.ts
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isFoundryError } from "../../src/core/errors.ts";
import { digestOf, sharedData } from "../../src/formats/fixtures/fixtures.ts";
import { readLimits } from "../../src/formats/limits.ts";
import { decodePage } from "../../src/formats/pixels/tiff/decode-page.ts";
import { loadTiffDecoders } from "../../src/formats/pixels/tiff/decompress.ts";
import { openTiff } from "../../src/formats/pixels/tiff/directory.ts";
import { readPage } from "../../src/formats/pixels/tiff/page.ts";

export const corpus: string = join(sharedData, "formats-ome-tiff-zarr");

export interface PixelReport {
  readonly pages: number;
  readonly exact: number;
  /** Refusals: message without the file's name -> pages. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
  readonly wrong: readonly string[];
  /** Pages that the independent reader could not read, and what became of them here. */
  readonly beyond: readonly string[];
}

export async function checkPixels(): Promise<PixelReport> {
  const rows = readFileSync(join(corpus, "PIXELS.csv"), "utf8").trim().split(/\r?\n/).slice(1);
  const refused = new Map<string, string[]>();
  const wrong: string[] = [];
  const beyond: string[] = [];
  let [pages, exact] = [0, 0];
  for (const row of rows) {
    const [path = "", index, , dtype = "", sha256 = "", error = ""] = row.split(",");
    const name = `${path} page ${index}`;
    const outcome = await pageOutcome(path, Number(index), dtype);
    if (error !== "") {
      beyond.push(`${name}: ${error}; here ${outcome.digest === undefined ? outcome.refusal : "read"}`);
      continue;
    }
    pages++;
    if (outcome.refusal !== undefined)
      refused.set(outcome.refusal, [...(refused.get(outcome.refusal) ?? []), name]);
    else if (outcome.digest === sha256) exact++;
    else wrong.push(name);
  }
  return { pages, exact, refused, wrong, beyond };
}

type Outcome =
  | { readonly digest: string; readonly refusal?: never }
  | { readonly refusal: string; readonly digest?: never };

async function pageOutcome(path: string, index: number, dtype: string): Promise<Outcome> {
  try {
    const file = openTiff(new Uint8Array(readFileSync(join(corpus, path))), path);
    const page = readPage(file, file.directories[index]!, readLimits(undefined));
    const data = decodePage(file, page, await loadTiffDecoders([page], path));
    // The other reader gives samples side by side unless the file keeps them apart.
    const laidOut = data.slice();
    const pixels = page.width * page.height;
    for (let c = 0; c < page.samples && !page.planar; c++) {
      for (let i = 0; i < pixels; i++) laidOut[i * page.samples + c] = data[c * pixels + i]!;
    }
    if (dtype === "uint64")
      return { digest: digestOf(BigUint64Array.from(laidOut, (value) => BigInt(value))) };
    return { digest: digestOf(dtype === "float16" ? Uint16Array.from(laidOut, numberToHalf) : laidOut) };
  } catch (error) {
    if (!isFoundryError(error)) throw new Error(`${path} page ${index}: not a coded error`, { cause: error });
    return { refusal: error.message.slice(error.message.indexOf(": ") + 2) };
  }
}

/** The reverse of widening: exact for numbers that came from half floats. */
function numberToHalf(value: number): number {
  const sign = Object.is(Math.sign(value), -0) || value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | (size / 2 ** (exponent - 10) - 1024);
}

if (import.meta.main) {
  if (!existsSync(corpus)) throw new Error(`the collection is not here: ${corpus}`);
  const start = performance.now();
  const report = await checkPixels();
  console.log(`${report.pages} pages: ${report.exact} exact, ${report.wrong.length} wrong, rest refused:`);
  for (const [reason, pages] of report.refused)
    console.log(`  ${pages.length} x ${reason} (${pages.join("; ")})`);
  for (const name of report.wrong) console.log(`  WRONG ${name}`);
  console.log("pages the independent reader refused:");
  for (const line of report.beyond) console.log(`  ${line}`);
  console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
}
