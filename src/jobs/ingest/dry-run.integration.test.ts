/** A dry run with real decoding processes: figures by hand, questions, duplicates, files that fail. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { dryRunImport } from "./dry-run.ts";

const root = mkdtempSync(join(tmpdir(), "dry-run-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function png(height: number, width: number, value: number): Uint8Array {
  const data = new Uint8Array(height * width).map((_, i) => (value + i) % 251);
  return writePng({ height, width, channels: 1, data });
}

/** Writes files into a folder of their own. */
function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), content);
  }
  return join(root, name);
}

/** A TIFF of uncompressed 8-bit pages, 2 x 2, that says nothing about its pages. */
function plainStack(pages: number): Uint8Array {
  const ifdBytes = 2 + 9 * 12 + 4;
  const bytes = new Uint8Array(8 + pages * (4 + ifdBytes));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  let at = 4;
  for (let page = 0; page < pages; page++) {
    const pixels = page === 0 ? 8 : at + 4;
    bytes.fill(page + 1, pixels, pixels + 4);
    const ifd = pixels + 4;
    view.setUint32(at, ifd, true);
    view.setUint16(ifd, 9, true);
    const tags = [
      [256, 2],
      [257, 2],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, pixels],
      [277, 1],
      [278, 2],
      [279, 4],
    ] as const;
    for (const [i, [tag, value]] of tags.entries()) {
      const entry = ifd + 2 + 12 * i;
      view.setUint16(entry, tag, true);
      view.setUint16(entry + 2, 4, true);
      view.setUint32(entry + 4, 1, true);
      view.setUint32(entry + 8, value, true);
    }
    at = ifd + 2 + 12 * 9;
  }
  return bytes;
}

test("counts, figures of labels, equal files, files that fail", async () => {
  const label = (values: number[]) =>
    writeLabelTiff({ dtype: "int32", height: 2, width: 3, data: Int32Array.from(values) });
  const rootPath = folder("p", {
    "images/a.png": png(2, 3, 1),
    "images/b.png": png(2, 3, 1),
    "images/c.png": "not a png",
    "images/d.png": png(4, 5, 9),
    "labels/a.tif": label([1, 1, 0, 2, 2, 2]),
    "labels/b.tif": label([0, 0, 0, 0, 0, 0]),
    "notes.txt": "x",
  });
  const report = await dryRunImport({ rootPath });
  expect(report).toMatchObject({
    format: "pairs",
    images: 4,
    withLabels: 2,
    groups: 1,
    groupList: [{ key: "p", known: false, images: 4 }],
    examined: 3,
    duplicates: [["a", "b"]],
    failures: [{ path: "images/c.png", error: { code: "format.detect" } }],
    failureCount: 1,
    ignored: [{ path: "notes.txt" }],
    licence: "unknown",
    labels: [
      {
        compartment: "nuclear",
        images: 2,
        objects: 2,
        empty: 1,
        perImage: { min: 0, median: 1, max: 2 },
        areaPx: { min: 2, median: 2.5, max: 3 },
      },
    ],
    arrays: [{ axes: "yx", dtype: "uint8", smallest: [2, 3], largest: [4, 5], images: 3 }],
  });
  expect(report.candidates.filter(({ fits }) => fits).map(({ format }) => format)).toEqual([
    "pairs",
    "images",
  ]);
  expect(report.missing).toContainEqual({ field: "group", images: 4 });
  expect(report.questions.map(({ id, required, count }) => [id, required, count])).toEqual([
    ["mpp", false, 3],
    ["compartment", false, 2],
  ]);
});

test("pages that nobody named are a question, and the answer decides the axes", async () => {
  const rootPath = folder("stack", { "s.tif": plainStack(3) });
  const open = await dryRunImport({ rootPath });
  expect(open.questions[0]).toMatchObject({ id: "axes", required: true, count: 1, images: ["s"] });
  for (const [answer, axes] of [
    ["tyx", "tyx"],
    ["z", "zyx"],
    ["cyx", "cyx"],
  ] as const) {
    const report = await dryRunImport({ rootPath, answers: { axes: answer, mpp: "0.5" } });
    expect(report.arrays).toMatchObject([{ axes, largest: [3, 2, 2] }]);
    expect(report.questions.filter(({ id }) => id !== "channels")).toEqual([]);
    expect(report.pixelSizes).toEqual([{ mpp: "0.5", source: "answer", images: 1 }]);
  }
});
