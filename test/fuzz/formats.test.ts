/**
 * Hostile and damaged files against every reader: the right array or a coded error, in bounded time and memory.
 *
 * Two sources: public collections of files that crashed other readers (when the checkout has them), and seeded
 * mutations of our own valid files: flipped bits, cuts, repeated pieces, and numbers replaced by extreme ones. Each
 * failing case is named by file, seed and step, so that it can be replayed.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { labelImage } from "../../src/core/array/index.ts";
import { isFoundryError } from "../../src/core/errors.ts";
import { sourceOfBytes } from "../../src/formats/byte-source.ts";
import { expectedImages, fixture, sharedData } from "../../src/formats/fixtures/fixtures.ts";
import {
  listOmeZarr,
  openTiffImages,
  parseSheet,
  readImage,
  readLabels,
  readOmeZarr,
  readZip,
  writeImageTiff,
  writeLabelTiff,
  writeOmeZarr,
  writePng,
  zarrStoreOfKeys,
} from "../../src/formats/index.ts";
import { readLimits } from "../../src/formats/limits.ts";
import { openZarrArray } from "../../src/formats/pixels/zarr/read-zarr-array.ts";
import { generator, mutate } from "./mutations.ts";

// Small enough that a decoded lie would show as an error, large enough for every valid file of the collections.
const limits = { samplesMax: 2 ** 25, decodedBytesMax: 2 ** 26, fileBytesMax: 2 ** 26 };
// Far beyond what any file below needs (milliseconds), so that only a hang or a bomb reaches it.
const HANG_MS = 10_000;

type Outcome = "read" | "refused";

/** Runs one reader; anything but a value or a coded error is a failure that names the case. */
async function outcome(label: string, run: () => unknown): Promise<Outcome> {
  const start = performance.now();
  try {
    await run();
    return "read";
  } catch (error) {
    if (isFoundryError(error)) {
      expect(error.message.length, label).toBeLessThan(600);
      // The net below the readers must stay empty: they find out themselves what is wrong.
      expect(error.message, label).not.toContain("its content cannot be understood");
      return "refused";
    }
    throw new Error(`${label}: not a coded error`, { cause: error });
  } finally {
    expect(performance.now() - start, label).toBeLessThan(HANG_MS);
  }
}

async function allReaders(bytes: Uint8Array, label: string): Promise<Outcome[]> {
  return [
    await outcome(`${label} image`, async () => {
      const { image } = await readImage(bytes, { name: label, limits });
      expect(image.data.length).toBe(image.shape.reduce((product, size) => product * size, 1));
      expect(image.shape.length).toBe(image.axes.length);
    }),
    await outcome(`${label} labels`, async () => {
      const labels = await readLabels(bytes, { name: label, limits });
      expect(labels.data.length).toBe(labels.height * labels.width);
    }),
    await outcome(`${label} regions`, async () => {
      const open = await openTiffImages(sourceOfBytes(bytes, label), { limits });
      const { levels } = open.images[0]!;
      const { height, width } = levels.at(-1)!;
      const region = { level: levels.length - 1, y0: height >> 1, x0: width >> 1, height: 64, width: 64 };
      const { data, shape } = await open.readRegion(region);
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
    }),
    await outcome(`${label} zip`, () =>
      readZip(bytes, label, { totalBytesMax: 2 ** 26 }).map((entry) => entry.read()),
    ),
    await outcome(`${label} sheet`, () => parseSheet(new TextDecoder().decode(bytes), { name: label })),
  ];
}

const corpus = join(sharedData, "bad-input");

describe.skipIf(!existsSync(corpus))("public collections of bad files", () => {
  const paths = existsSync(corpus)
    ? readdirSync(corpus, { recursive: true, withFileTypes: true, encoding: "utf8" })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

  test("each of the 495 files is read or refused with a code", async () => {
    const counts = { read: 0, refused: 0 };
    for (const path of paths) {
      const outcomes = await allReaders(new Uint8Array(readFileSync(path)), path.slice(corpus.length + 1));
      counts[outcomes[0]!]++;
    }
    expect(counts.read + counts.refused).toBe(495);
    console.log(`bad-input as images: ${counts.read} read, ${counts.refused} refused`);
  });

  test("none of the 130 files that crashed a TIFF reader decodes to more than its limit", async () => {
    const crashes = paths.filter((path) => path.includes("image-tiff-fuzz"));
    expect(crashes.length).toBe(130);
    for (const path of crashes)
      await outcome(path, () => readImage(new Uint8Array(readFileSync(path)), { name: "crash.tif", limits }));
  });
});

const text = new TextEncoder();
const pictures = [
  "grey.jpg",
  "rgb-420.jpg",
  "progressive.jpg",
  "lossy.webp",
  "lossless.webp",
  "rgb-24.bmp",
  "palette-8.bmp",
  "bits-1.bmp",
  "jpeg-rgb.tif",
  "group3.tif",
  "group4.tif",
  "tiff_ccitt.tif",
];
const seeds: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ...Object.keys(expectedImages).map((name) => [name, fixture(name)] as const),
  ...pictures.map((name) => [name, fixture(name)] as const),
  [
    "written.ome.tif",
    writeImageTiff(
      {
        dtype: "uint16",
        axes: "czyx",
        shape: [2, 2, 9, 7],
        data: Uint16Array.from({ length: 252 }, (_, i) => i),
      },
      { mpp: { y: 1, x: 1 }, zStepUm: 2, channels: [{ name: "DAPI" }] },
    ),
  ],
  [
    "written.tif",
    writeLabelTiff(
      labelImage(
        20,
        30,
        Int32Array.from({ length: 600 }, (_, i) => i % 9),
      ),
      { mpp: { y: 1, x: 1 } },
    ),
  ],
  [
    "written.png",
    writePng({ height: 8, width: 9, channels: 1, data: Uint8Array.from({ length: 72 }, (_, i) => i) }),
  ],
  ["archive.zip", zipSync({ "a.txt": text.encode("one one one"), "b/c.txt": text.encode("two") })],
  ["sheet.csv", text.encode('name,group,mpp\n"a ""b""",f1,0.5\nc,f2,\n')],
];

const ROUNDS = 60;

test(`${ROUNDS * seeds.length} seeded mutations of ${seeds.length} valid files`, async () => {
  const counts = { read: 0, refused: 0 };
  for (const [index, [name, bytes]] of seeds.entries()) {
    for (let round = 0; round < ROUNDS; round++) {
      const mutated = mutate(bytes, generator(index * 1_000_003 + round));
      for (const result of await allReaders(mutated, `${name} round ${round}`)) counts[result]++;
    }
  }
  console.log(`mutations: ${counts.read} readings, ${counts.refused} refusals`);
  // Some mutations must survive and some must not, otherwise this test tests nothing.
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(seeds.length);
});

const ZARR_ROUNDS = 400;

test(`${ZARR_ROUNDS} seeded mutations of one file of an OME-Zarr hierarchy`, async () => {
  const counts = { read: 0, refused: 0 };
  const good = new Map<string, Uint8Array>();
  const image = {
    dtype: "uint16",
    axes: "cyx",
    shape: [2, 9, 11],
    data: Uint16Array.from({ length: 198 }, (_, i) => i),
  } as const;
  const labels = labelImage(
    9,
    11,
    Int32Array.from({ length: 99 }, (_, i) => i % 5),
  );
  for await (const [key, bytes] of writeOmeZarr(image, [{ name: "nuclear", labels }], { name: "a" }))
    good.set(key, bytes);
  const keys = [...good.keys()];
  for (let round = 0; round < ZARR_ROUNDS; round++) {
    const random = generator(7_000_003 + round);
    const key = keys[random(keys.length)]!;
    const mutated = new Map(good).set(key, mutate(good.get(key)!, random));
    const label = `zarr round ${round} ${key}`;
    const result = await outcome(label, async () => {
      const store = zarrStoreOfKeys(mutated, label);
      await listOmeZarr(store);
      const read = await readOmeZarr(store, { limits });
      expect(read.image.data.length).toBe(read.image.shape.reduce((product, size) => product * size, 1));
    });
    counts[result]++;
  }
  console.log(`mutated hierarchies: ${counts.read} read, ${counts.refused} refused`);
  // JSON and gzip forgive little.
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(5);
});

const arrays = join(sharedData, "formats-ome-tiff-zarr/zarrita/fixtures");

test.skipIf(!existsSync(arrays))("seeded mutations of chunks and shards in every codec", async () => {
  const counts = { read: 0, refused: 0 };
  const folders = ["v2", "v3"].flatMap((version) =>
    readdirSync(join(arrays, version, "data.zarr"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/group|consolidated/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const [index, folder] of folders.entries()) {
    const good = new Map<string, Uint8Array>(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path): [string, Uint8Array] => [
          path.slice(folder.length + 1),
          new Uint8Array(readFileSync(path)),
        ]),
    );
    const chunks = [...good.keys()].filter((key) => !/zarr\.json$|\.zarray$|\.zattrs$/.test(key));
    for (let round = 0; round < 12 && chunks.length > 0; round++) {
      const random = generator(index * 3_000_017 + round);
      const key = chunks[random(chunks.length)]!;
      const mutated = new Map(good).set(key, mutate(good.get(key)!, random));
      const label = `${folder.slice(arrays.length)} round ${round} ${key}`;
      const result = await outcome(label, async () => {
        const array = await openZarrArray(zarrStoreOfKeys(mutated, label), "");
        const { shape } = array.facts;
        if (array.dtype === "text") await array.readText(readLimits(limits));
        else await array.read({ start: shape.map(() => 0), size: shape }, readLimits(limits));
      });
      counts[result]++;
    }
  }
  console.log(`mutated chunks: ${counts.read} read, ${counts.refused} refused`);
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(100);
});
