/**
 * Hostile and damaged files against the readers of annotations and arrays: a right value or a coded error, in bounded
 * time and memory.
 *
 * The public collection of bad files goes through every reader, whatever its kind, and as every file of every layout;
 * then seeded mutations of valid files, so that readers also meet damage far inside. A failing case is named by file,
 * seed and reader.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { labelImage } from "../../src/core/array/index.ts";
import { isFoundryError } from "../../src/core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "../../src/core/labels/index.ts";
import { readColouredLabels } from "../../src/formats/annotations/bbbc039/coloured-labels.ts";
import { bbbc039Layout } from "../../src/formats/annotations/bbbc039/layout.ts";
import { cellposeLayout } from "../../src/formats/annotations/cellpose/layout.ts";
import { readCellposeSeg } from "../../src/formats/annotations/cellpose/read-seg.ts";
import { writeCellposeSeg } from "../../src/formats/annotations/cellpose/write-seg.ts";
import { cocoLayout } from "../../src/formats/annotations/coco/layout.ts";
import { writeCoco } from "../../src/formats/annotations/coco/write-coco.ts";
import { dsb2018RleLayout } from "../../src/formats/annotations/dsb2018-rle/layout.ts";
import { parseRleTable } from "../../src/formats/annotations/dsb2018-rle/rle-table.ts";
import { geojsonLayout } from "../../src/formats/annotations/geojson/layout.ts";
import { readGeoJson } from "../../src/formats/annotations/geojson/read-geojson.ts";
import { writeGeoJson } from "../../src/formats/annotations/geojson/write-geojson.ts";
import { roiLayout } from "../../src/formats/annotations/roi/layout.ts";
import { readRoi } from "../../src/formats/annotations/roi/read-roi.ts";
import { readRoiSet } from "../../src/formats/annotations/roi/roi-set.ts";
import { roiToShape } from "../../src/formats/annotations/roi/roi-shape.ts";
import { writeRoi, writeRoiSet } from "../../src/formats/annotations/roi/write-roi.ts";
import { stardistLayout } from "../../src/formats/annotations/stardist/layout.ts";
import { sourceOfBytes } from "../../src/formats/byte-source.ts";
import { scanJson } from "../../src/formats/containers/json/scan-json.ts";
import { openNpz } from "../../src/formats/containers/npy/open-npz.ts";
import { readNpy } from "../../src/formats/containers/npy/read-npy.ts";
import { readPickle } from "../../src/formats/containers/pickle/read-pickle.ts";
import { arrayFiles, bytesOfFixture } from "../../src/formats/fixtures/array-fixtures.ts";
import { sharedData } from "../../src/formats/fixtures/fixtures.ts";
import type { Layout } from "../../src/formats/import/layout.ts";
import { writePng } from "../../src/formats/pixels/png/write-png.ts";
import { writeLabelTiff } from "../../src/formats/pixels/tiff/write-label-tiff.ts";
import { generator, mutate } from "./mutations.ts";

// Small enough that a decoded lie shows as an error, large enough for every valid file here.
const limits = { samplesMax: 2 ** 24, decodedBytesMax: 2 ** 26, fileBytesMax: 2 ** 26 };
// Far beyond what any file below needs (milliseconds), so that only a hang or a bomb reaches it.
const HANG_MS = 10_000;
// The worker's limit is 1 GiB above what the test itself holds.
const RSS_BYTES_MAX = 2 ** 30;
const frame = { height: 512, width: 512 };

type Read = (bytes: Uint8Array, name: string) => unknown;

const readers: Readonly<Record<string, Read>> = {
  npy: (bytes, name) => readNpy(bytes, { name, limits }),
  npz: async (bytes, name) => {
    for (const member of (await openNpz(sourceOfBytes(bytes, name), { limits })).values()) {
      await member.describe();
      await member.read();
    }
  },
  pickle: (bytes, name) => readPickle(bytes, { name, limits }),
  seg: (bytes, name) => readCellposeSeg(bytes, { name, limits }),
  roi: (bytes, name) => roiToShape(readRoi(bytes, { name, limits }), frame),
  roiSet: (bytes, name) => readRoiSet(bytes, { name, limits }).map((roi) => roiToShape(roi, frame)),
  json: (bytes, name) =>
    scanJson(sourceOfBytes(bytes, name), {
      wanted: () => true,
      element: ({ parse }) => void parse() as undefined,
    }),
  geojson: (bytes, name) => readGeoJson(sourceOfBytes(bytes, name)),
  rleTable: (bytes, name) => parseRleTable(new TextDecoder().decode(bytes), name),
  coloured: (bytes, name) => readColouredLabels(bytes, { name, limits }),
};

const png = writePng({ height: 6, width: 7, channels: 1, data: new Uint8Array(42) });

/** The same bytes in every place a layout looks at, beside a good image. */
const folders: readonly (readonly [Layout, (bytes: Uint8Array) => Record<string, Uint8Array>])[] = [
  [cellposeLayout, (bytes) => ({ "a.png": png, "a_seg.npy": bytes, "b.png": png, "b_cp_masks.png": bytes })],
  [stardistLayout, (bytes) => ({ "train/images/a.tif": png, "train/masks/a.tif": bytes })],
  [roiLayout, (bytes) => ({ "a.png": png, "a.roi": bytes, "b.png": png, "b.zip": bytes })],
  [cocoLayout, (bytes) => ({ "a.png": png, "a.json": bytes })],
  [geojsonLayout, (bytes) => ({ "a.png": png, "a.geojson": bytes })],
  [dsb2018RleLayout, (bytes) => ({ "a.png": png, "a.csv": bytes })],
  [bbbc039Layout, (bytes) => ({ "images/a.png": png, "masks/a.png": bytes })],
];

const counts = { read: 0, refused: 0 };
let slowestMs = 0;

async function outcome(label: string, run: () => unknown): Promise<boolean> {
  const start = performance.now();
  let read = true;
  try {
    await run();
  } catch (error) {
    if (!isFoundryError(error)) throw new Error(`${label}: not a coded error`, { cause: error });
    expect(error.message.length, label).toBeLessThan(600);
    // The net below the readers must stay empty: they find out themselves what is wrong.
    expect(error.message, label).not.toContain("its content cannot be understood");
    read = false;
  }
  const took = performance.now() - start;
  slowestMs = Math.max(slowestMs, took);
  expect(took, label).toBeLessThan(HANG_MS);
  counts[read ? "read" : "refused"]++;
  return read;
}

const corpus = join(sharedData, "bad-input");
const paths = existsSync(corpus)
  ? readdirSync(corpus, { recursive: true, withFileTypes: true, encoding: "utf8" })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  : [];

describe.skipIf(paths.length === 0)("public collections of bad files", () => {
  test("each file through every reader and every layout", async () => {
    expect(paths.length).toBe(495);
    for (const path of paths) {
      const bytes = new Uint8Array(readFileSync(path));
      const label = path.slice(corpus.length + 1);
      for (const [name, read] of Object.entries(readers))
        await outcome(`${label} as ${name}`, () => read(bytes, label));
      for (const [layout, files] of folders)
        await outcome(`${label} in ${layout.format}`, () =>
          readAll(layout, memoryFiles("memory", files(bytes))),
        );
    }
    expect(process.memoryUsage().rss).toBeLessThan(RSS_BYTES_MAX + 2 ** 29);
    console.log(
      `bad-input: ${counts.read} read, ${counts.refused} refused, slowest ${slowestMs.toFixed(0)} ms, resident ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
    );
  });
});

const labels = labelImage(
  6,
  7,
  Int32Array.from({ length: 42 }, (_, i) => [0, 1, 1, 2, 0, 3, 3][(i + (i >> 3)) % 7]!),
);
const objects = [...objectShapesFromLabels(labels).values()].map((shape) => ({ shape }));
const join2 = (pieces: Iterable<string>) => new TextEncoder().encode([...pieces].join(""));
const coco = (segmentation: "packed" | "polygons" | "counts") =>
  join2(writeCoco([{ fileName: "a.png", height: 6, width: 7, objects }], { segmentation }));

/** Valid files, and the reader or layout that reads each. */
const seeds: readonly (readonly [name: string, bytes: Uint8Array, reader: string])[] = [
  ...arrayFiles
    .filter(([writer]) => writer.startsWith("numpy1"))
    .map(([name, file]) => {
      const reader = { npy: "npy", npz: "npz", pickle: "pickle", "pickled-npy": "seg" }[file.kind];
      return [name, bytesOfFixture(file), reader] as const;
    }),
  ["our seg", writeCellposeSeg(labels, { imageName: "a.png" }), "seg"],
  ["one part", writeRoi(objects[0]?.shape as ObjectShape, "one"), "roi"],
  ["parts", writeRoi(objects.at(-1)?.shape as ObjectShape, "parts"), "roi"],
  ["set", writeRoiSet(objects), "roiSet"],
  ["packed", coco("packed"), "coco"],
  ["polygons", coco("polygons"), "coco"],
  ["counts", coco("counts"), "coco"],
  ["geojson", join2(writeGeoJson(objects.map((object) => ({ ...object, cellType: "T" })))), "geojson"],
  [
    "table",
    new TextEncoder().encode("ImageId,EncodedPixels,Height,Width\na,1 3 8 2,6,7\na,12 1,6,7\n"),
    "dsb2018-rle",
  ],
  ["labels", writeLabelTiff(labels, { mpp: { y: 1, x: 1 } }), "stardist"],
];

const ROUNDS = 80;

test(`${ROUNDS * seeds.length} seeded mutations of ${seeds.length} valid files`, async () => {
  const before = { ...counts };
  for (const [index, [name, bytes, reader]] of seeds.entries()) {
    const folder = folders.find(([layout]) => layout.format === reader);
    const read: Read =
      folder === undefined
        ? (readers[reader] as Read)
        : (changed) => readAll(folder[0], memoryFiles("memory", folder[1](changed)));
    expect(await outcome(name, () => read(bytes, name)), name).toBe(true);
    for (let round = 0; round < ROUNDS; round++) {
      const changed = mutate(bytes, generator(index * 1_000_003 + round));
      await outcome(`${name} round ${round}`, () => read(changed, name));
    }
  }
  const [read, refused] = [counts.read - before.read, counts.refused - before.refused];
  console.log(`mutations: ${read} read, ${refused} refused, slowest ${slowestMs.toFixed(0)} ms`);
  // Some must survive and some must not, otherwise this test tests nothing.
  expect(Math.min(read, refused)).toBeGreaterThan(seeds.length);
});

test("archives that unpack to more than they say, or to a thousand times their size", async () => {
  const zeros = new Uint8Array(2 ** 25);
  const header = new TextEncoder().encode("{'descr': '|u1', 'fortran_order': False, 'shape': (33554304,), }");
  zeros.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  zeros.set(header, 10);
  zeros.fill(32, 10 + header.length, 127);
  const bomb = zipSync({ "a.npy": zeros, "b.roi": new Uint8Array(1000) }, { level: 9 });
  expect(await outcome("bomb as npz", () => readers["npz"]?.(bomb, "bomb"))).toBe(false);
  expect(await outcome("bomb as set", () => readers["roiSet"]?.(bomb, "bomb"))).toBe(false);
  expect(process.memoryUsage().rss).toBeLessThan(RSS_BYTES_MAX + 2 ** 29);
});
