/** `measure` on files, run as a person runs it: the table is that of `core/measure`, in both formats. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { writeImageTiff, writeLabelTiff } from "#formats/index.ts";
import { labelsOf } from "#testing/index.ts";
import { parseCommandLine } from "../command.ts";
import { createOutput } from "../output.ts";
import { measureCommand } from "./measure.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

// Cell 1 is a square of four with a nucleus of one pixel, cell 7 a bar of three.
const cells = labelsOf("11....", "11....", "...777");
const nuclei = labelsOf("1.....", "......", "......");
const light = imageArray(
  "uint16",
  "cyx",
  [2, 3, 6],
  Uint16Array.from({ length: 36 }, (_, i) => (i < 18 ? i : 100)),
);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "measure-"));
  writeFileSync(at("cells.tif"), writeLabelTiff(cells, {}));
  writeFileSync(at("nuclei.tif"), writeLabelTiff(nuclei, {}));
  writeFileSync(at("image.tif"), writeImageTiff(light, {}));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  const out = createOutput({ json: args.includes("--json"), stdout: sink, stderr: { write: () => true } });
  await measureCommand.run({
    ...parseCommandLine(measureCommand, args),
    out,
    signal: new AbortController().signal,
  });
  return written.join("");
}

test("labels, image and nuclei become a table", async () => {
  const said = await run(
    at("cells.tif"),
    at("image.tif"),
    "--nuclei",
    at("nuclei.tif"),
    "--mpp",
    "0.5",
    "--out",
    at("a.csv"),
  );
  expect(said).toMatch(/^Measured 2 cells of cells\.tif: \d+ columns in /);
  const [heading, ...rows] = readFileSync(at("a.csv"), "utf8").trimEnd().split("\n");
  const keys = (heading ?? "").split(",");
  const of = (row: number, key: string): string =>
    (rows[row] ?? "").split(",")[keys.indexOf(key)] ?? "missing";
  expect(rows).toHaveLength(2);
  expect([of(0, "label"), of(1, "label")]).toEqual(["1", "7"]);
  expect([of(0, "area_px"), of(0, "area_um2"), of(1, "area_um2")]).toEqual(["4", "1", "0.75"]);
  // Pixels 0, 1, 6, 7 and 15, 16, 17 of the first channel.
  expect([of(0, "c0_mean"), of(1, "c0_median"), of(1, "c0_sum")]).toEqual(["3.5", "16", "48"]);
  expect([of(0, "c0_nuclear_mean"), of(0, "c0_cytoplasm_sum"), of(1, "c0_nuclear_mean")]).toEqual([
    "0",
    "14",
    "",
  ]);
  expect([of(0, "c1_mean"), of(0, "nucleus_count"), of(1, "nucleus_count")]).toEqual(["100", "1", "0"]);
});

test("Parquet and JSON tell the same; without an image there is no light", async () => {
  const said = JSON.parse(await run(at("cells.tif"), "--out", at("b.parquet"), "--json"));
  expect(said).toMatchObject({ image: "cells.tif", cells: 2 });
  expect(said.columns).not.toContain("c0_mean");
  const rows = await parquetReadObjects({ file: Uint8Array.from(readFileSync(at("b.parquet"))).buffer });
  expect(rows.map(({ label, area_px }) => [label, area_px])).toEqual([
    ["1", 4],
    ["7", 3],
  ]);
  // Centroids (0.5, 0.5) and (2, 4).
  expect(rows[0]?.["nearest_px"]).toBeCloseTo(Math.hypot(1.5, 3.5), 12);
});

test("what cannot be measured is told", async () => {
  await expect(run(at("cells.tif"))).rejects.toThrow("--out is missing.");
  await expect(run(at("cells.tif"), "--out", at("c.xlsx"))).rejects.toThrow(
    '--out ends in .csv or .parquet, not "c.xlsx".',
  );
  await expect(run(at("none.tif"), "--out", at("c.csv"))).rejects.toThrow("cannot be opened");
  await expect(run(at("nuclei.tif"), "--image", "x", "--out", at("c.csv"))).rejects.toThrow(
    "Give files, or --image",
  );
  writeFileSync(at("small.tif"), writeLabelTiff(labelsOf("11"), {}));
  await expect(run(at("small.tif"), at("image.tif"), "--out", at("c.csv"))).rejects.toThrow("3 x 6 pixels");
});
