/** Tables of measurements written and read back: CSV by hand, Parquet by an independent reader. */

import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import type { MeasureTable } from "#core/measure/index.ts";
import { measureCsv, measureParquet } from "./index.ts";

const table: MeasureTable = {
  ids: ["a", 'b"1', "=c"],
  columns: [
    {
      key: "area_px",
      title: "Area",
      unit: "px",
      group: "shape",
      whole: true,
      values: Float64Array.of(12, 7, Number.NaN),
    },
    {
      key: "c0_mean",
      title: "DAPI mean",
      unit: "intensity",
      group: "c0",
      whole: false,
      values: Float64Array.of(0.1 + 0.2, Number.NaN, -1e-7),
    },
  ],
};

const large = (count: number): MeasureTable => ({
  ids: Array.from({ length: count }, (_, i) => `cell ${i}`),
  columns: table.columns.map((column, c) => ({
    ...column,
    values: Float64Array.from({ length: count }, (_, i) => (i % 7 === 3 ? Number.NaN : c === 0 ? i : i / 3)),
  })),
});

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<{ file: ArrayBuffer; pieces: number }> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return { file: Uint8Array.from(parts.flatMap((part) => [...part])).buffer, pieces: parts.length };
}

test("CSV: numbers in full, gaps empty, words quoted and never a formula", () => {
  const text = [...measureCsv(table, "uid", [{ key: "image", values: ["x,1", "y", "-z"] }])].join("");
  expect(text).toBe(
    ["image,uid,area_px,c0_mean", '"x,1",a,12,0.30000000000000004', 'y,"b""1",7,', "'-z,'=c,,-1e-7", ""].join(
      "\n",
    ),
  );
});

test("CSV of many cells comes in pieces that make one table", () => {
  const pieces = [...measureCsv(large(2_000), "label")];
  expect(pieces.length).toBeGreaterThan(3);
  const lines = pieces.join("").trimEnd().split("\n");
  expect(lines).toHaveLength(2_001);
  expect(lines[1_500]).toBe(`cell 1499,1499,${1499 / 3}`);
});

test("Parquet is read back as it was, with the meaning of its columns", async () => {
  const { file } = await bytesOf(
    measureParquet(table, "uid", [], { createdBy: "Cell Foundry 1", facts: { image: "plate 7" } }),
  );
  expect(await parquetReadObjects({ file })).toEqual([
    { uid: "a", area_px: 12, c0_mean: 0.1 + 0.2 },
    { uid: 'b"1', area_px: 7, c0_mean: null },
    { uid: "=c", area_px: null, c0_mean: -1e-7 },
  ]);
  const metadata = await parquetMetadataAsync(file);
  const facts = Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value]));
  expect(facts["image"]).toBe("plate 7");
  expect(JSON.parse(facts["cellfoundry.columns"] ?? "")).toEqual([
    { key: "area_px", title: "Area", unit: "px" },
    { key: "c0_mean", title: "DAPI mean", unit: "intensity" },
  ]);
});

test("Parquet of many cells leaves in groups", async () => {
  const source = large(45_000);
  const { file, pieces } = await bytesOf(measureParquet(source, "uid", [], { createdBy: "test" }));
  expect(pieces).toBe(4);
  const rows = await parquetReadObjects({ file, rowStart: 40_000, rowEnd: 40_010 });
  expect(rows.map(({ area_px }) => area_px)).toEqual(
    Array.from({ length: 10 }, (_, i) => ((40_000 + i) % 7 === 3 ? null : 40_000 + i)),
  );
  expect(Number((await parquetMetadataAsync(file)).num_rows)).toBe(45_000);
});

test("a table without rows is a table", async () => {
  const empty = large(0);
  expect([...measureCsv(empty, "uid")].join("")).toBe("uid,area_px,c0_mean\n");
  const { file } = await bytesOf(measureParquet(empty, "uid", [], { createdBy: "test" }));
  expect(await parquetReadObjects({ file })).toEqual([]);
});
