/** Written rows read back, by our reader and by an independent one where there is one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { sourceOfBytes } from "../../byte-source.ts";
import { readLabels } from "../../read-labels.ts";
import { openTiffImages } from "./open-tiff-images.ts";
import { createLabelRowsWriter } from "./write-label-rows.ts";
import { readLabelTiffDescription } from "./write-label-tiff.ts";

/** A file in memory. */
function memoryFile() {
  let bytes = new Uint8Array(0);
  return {
    bytes: () => bytes,
    write: async (at: number, part: Uint8Array) => {
      if (at + part.length > bytes.length) {
        const larger = new Uint8Array(at + part.length);
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(part, at);
    },
  };
}

function made(height: number, width: number) {
  const random = rng(height, width);
  const labels = labelImage(height, width);
  for (let n = 0; n < 200; n++) {
    const from = random.int(height * width);
    labels.data.fill(1 + random.int(2 ** 31 - 1), from, from + random.int(40));
  }
  return labels;
}

async function written(height: number, width: number, rowsEach: number, big = false) {
  const labels = made(height, width);
  const file = memoryFile();
  const writer = createLabelRowsWriter(file, {
    height,
    width,
    big,
    mpp: { y: 0.5, x: 0.25 },
    description: { model: "nuclei@1.0.0" },
  });
  for (let y = 0; y < height; y += rowsEach) {
    const count = Math.min(rowsEach, height - y);
    await writer.add(labelImage(count, width, labels.data.subarray(y * width, (y + count) * width)));
  }
  expect(await writer.finish()).toBe(file.bytes().length);
  if (big) expect(file.bytes()[2]).toBe(43);
  return { labels, bytes: file.bytes() };
}

test("rows come back as they were given, whatever the size", async () => {
  for (const [height, width, rowsEach] of [
    [1, 1, 1],
    [512, 512, 512],
    [700, 1030, 333],
    [1025, 40, 1025],
  ] as const) {
    const { labels, bytes } = await written(height, width, rowsEach);
    const read = await readLabels(bytes, { name: "a.tif" });
    expect(read.data).toEqual(labels.data);
    expect(readLabelTiffDescription(bytes, "a.tif")).toEqual({ model: "nuclei@1.0.0" });
  }
});

test("regions are read by tiles of 512 with the pixel size stated", async () => {
  const { labels, bytes } = await written(700, 1030, 100);
  const opened = await openTiffImages(sourceOfBytes(bytes, "a.tif"));
  expect(opened.images[0]).toMatchObject({ dtype: "uint32", mpp: { y: 0.5, x: 0.25 } });
  expect(opened.images[0]?.levels[0]).toMatchObject({ blockHeight: 512, blockWidth: 512 });
  const region = await opened.readRegion({ y0: 505, x0: 1000, height: 10, width: 10 });
  const expected = Array.from(
    { length: 100 },
    (_, i) => labels.data[(505 + Math.floor(i / 10)) * 1030 + 1000 + (i % 10)],
  );
  expect([...region.data]).toEqual(expected);
});

test("rows that lack at the end are a mistake of the program", async () => {
  const writer = createLabelRowsWriter(memoryFile(), { height: 10, width: 10 });
  await writer.add(labelImage(9, 10));
  await expect(writer.finish()).rejects.toThrow(/every row/);
});

/** A Python that has the independent reader. */
const python = ["python3", "/usr/bin/python3"].find((program) => {
  try {
    execFileSync(program, ["-c", "import tifffile"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

test.skipIf(python === undefined)(
  "tifffile reads the same labels, classic and BigTIFF",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "cellfoundry-rows-"));
    try {
      const { labels, bytes } = await written(700, 1030, 128);
      writeFileSync(join(folder, "a.tif"), bytes);
      writeFileSync(join(folder, "a.raw"), labels.data);
      const { labels: bigLabels, bytes: bigBytes } = await written(600, 530, 600, true);
      writeFileSync(join(folder, "b.tif"), bigBytes);
      writeFileSync(join(folder, "b.raw"), bigLabels.data);
      const script = [
        "import sys, numpy, tifffile",
        "for name, big in (('a', False), ('b', True)):",
        "    tiff = tifffile.TiffFile(f'{sys.argv[1]}/{name}.tif')",
        "    pixels = tiff.asarray()",
        "    raw = numpy.fromfile(f'{sys.argv[1]}/{name}.raw', '<i4').reshape(pixels.shape)",
        "    assert (pixels == raw).all() and pixels.dtype == numpy.uint32",
        "    assert tiff.is_bigtiff == big and tiff.is_ome",
      ].join("\n");
      execFileSync(python ?? "python3", ["-c", script, folder], { stdio: "pipe" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
