import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../byte-source.ts";
import { fixture, refusal, sharedData } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";
import { openTiffImages } from "./open-tiff-images.ts";

/** Bytes with a count of how many were asked for. */
function counted(bytes: Uint8Array, name: string): ByteSource & { total: number } {
  const source = {
    name,
    size: bytes.length,
    total: 0,
    read: async (from: number, to: number) => {
      expect(from >= 0 && from <= to && to <= bytes.length, `${from} to ${to}`).toBe(true);
      source.total += to - from;
      return bytes.slice(from, to);
    },
  };
  return source;
}

/** The rectangle cut from a whole image, by plain loops. */
function cut(
  data: ArrayLike<number>,
  width: number,
  y0: number,
  x0: number,
  height: number,
  columns: number,
): number[] {
  const out: number[] = [];
  for (let y = y0; y < y0 + height; y++)
    for (let x = x0; x < x0 + columns; x++) out.push(data[y * width + x]!);
  return out;
}

const plain = [
  "tiled-deflate-predictor.tif",
  "strips-float.tif",
  "tiled-planar-big.tif",
  "pil-tiff_lzw-I16.tif",
  "pil-packbits-RGB.tif",
  "jpeg-grey.tif",
  "runs-group4.tif",
  "imagej-tzcyx.tif",
  "ome-tczyx.ome.tif",
];

test.each(plain)("every region of %s equals the same cut of the whole image", async (name) => {
  const bytes = fixture(name);
  const { image } = await readImage(bytes, { name });
  const open = await openTiffImages(counted(bytes, name));
  const [height, width] = image.shape.slice(-2) as [number, number];
  const { t, c, z, samples, levels } = open.images[0]!;
  expect([levels[0]!.height, levels[0]!.width, t * c * z * samples * height * width]).toEqual([
    height,
    width,
    image.data.length,
  ]);
  for (const [y0, x0, h, w] of [
    [0, 0, height, width],
    [height - 1, width - 1, 5, 5],
    [3, 2, 4, 5],
    [Math.floor(height / 2), 0, 1, width],
  ] as const) {
    for (const [ti, ci, zi] of [
      [0, 0, 0],
      [t - 1, c - 1, z - 1],
    ] as const) {
      const region = await open.readRegion({ t: ti, c: ci, z: zi, y0, x0, height: h, width: w });
      const [rows, columns] = region.shape.slice(-2) as [number, number];
      const expected = Array.from({ length: samples }, (_, s) => {
        const plane = ((ti * c + ci) * samples + s) * z + zi;
        return cut(image.data.subarray(plane * height * width), width, y0, x0, rows, columns);
      }).flat();
      expect([...region.data]).toEqual(expected);
    }
  }
});

describe("a made slide", () => {
  const side = 6_000;

  /** A page of one strip whose pixel (y, x) is (y * 7 + x) mod 251, not compressed. */
  function slide(): Uint8Array {
    const tags: (readonly [number, number, number, number])[] = [
      [256, 4, 1, side],
      [257, 4, 1, side],
      [258, 3, 1, 8],
      [259, 3, 1, 1],
      [262, 3, 1, 1],
      [273, 4, 1, 1_000],
      [277, 3, 1, 1],
      [278, 4, 1, side],
      [279, 4, 1, side * side],
    ];
    const bytes = new Uint8Array(1_000 + side * side);
    const view = new DataView(bytes.buffer);
    bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
    view.setUint16(8, tags.length, true);
    for (const [i, [id, type, count, value]] of tags.entries()) {
      view.setUint16(10 + 12 * i, id, true);
      view.setUint16(12 + 12 * i, type, true);
      view.setUint32(14 + 12 * i, count, true);
      view.setUint32(18 + 12 * i, value, true);
    }
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) bytes[1_000 + y * side + x] = (y * 7 + x) % 251;
    return bytes;
  }

  test("a region of a 36 MB strip costs only its rows, and limits hold for what is asked", async () => {
    const source = counted(slide(), "slide.tif");
    const limits = { samplesMax: 1_000_000 };
    const open = await openTiffImages(source, { limits });
    const region = await open.readRegion({ y0: 5_000, x0: 4_000, height: 10, width: 20 });
    expect(region.data[3 * 20 + 4]).toBe((5_003 * 7 + 4_004) % 251);
    expect(source.total).toBeLessThan(64 * 1024 + 10 * side + 1);
    const error = await refusal(() => open.readRegion({ y0: 0, x0: 0, height: 2_000, width: 2_000 }));
    expect(error.code).toBe("limit.pixels");
    expect(
      (await refusal(() => open.readRegion({ y0: side, x0: 0, height: 1, width: 1 }))).message,
    ).toContain("outside");
    expect(
      (await refusal(() => open.readRegion({ level: 1, y0: 0, x0: 0, height: 1, width: 1 }))).message,
    ).toContain("no level 1");
  });
});

test("images of one file are listed with what they hold", async () => {
  const bytes = fixture("ome-two-images.ome.tif");
  const { images } = await openTiffImages(counted(bytes, "a.ome.tif"));
  expect(images.length).toBe(2);
  for (const { index } of images) {
    const whole = await readImage(bytes, { name: "a.ome.tif", imageIndex: index });
    expect(images[index]!.levels[0]!.width).toBe(whole.image.shape.at(-1));
  }
});

const corpus = join(sharedData, "formats-ome-tiff-zarr");

describe.skipIf(!existsSync(corpus))("public pyramids", () => {
  const open = async (path: string) =>
    openTiffImages(counted(new Uint8Array(readFileSync(join(corpus, path))), path));

  test("sub-directories of Bio-Formats: four levels", async () => {
    const { images, readRegion } = await open("galaxy-image-analysis/bfconvert/test-data/res.ome.tiff");
    // tifffile finds the same four levels of this file.
    expect(images.map(({ levels }) => levels.map(({ height, width }) => [height, width]))).toEqual([
      [
        [25, 26],
        [12, 13],
        [6, 6],
        [3, 3],
      ],
    ]);
    const small = await readRegion({ level: 3, y0: 0, x0: 0, height: 9, width: 9 });
    expect(small.shape).toEqual([4, 3, 3]);
  });

  test("overviews as further pages: WebP tiles and planar strips", async () => {
    const webp = await open("image-tiff/geotiff/usda_naip_256_webp_z3.tif");
    expect(webp.images[0]!.levels.map(({ height }) => height)).toEqual([2048, 1024, 512]);
    const planar = await open("pillow/tiff_strip_planar_raw_with_overviews.tif");
    expect(planar.images[0]!.levels.map(({ height, width }) => [height, width])).toEqual([
      [374, 278],
      [187, 139],
      [94, 70],
      [47, 35],
      [24, 18],
    ]);
  });

  test("a JPEG slide read by region equals the whole", async () => {
    const path = "instanseg/HE_example.tif";
    const whole = await readImage(new Uint8Array(readFileSync(join(corpus, path))), { name: path });
    const slide = await open(path);
    const region = await slide.readRegion({ y0: 700, x0: 500, height: 300, width: 200 });
    const plane = 1484 * 1380;
    for (let c = 0; c < 3; c++) {
      const expected = cut(whole.image.data.subarray(c * plane), 1380, 700, 500, 300, 200);
      expect([...region.data.subarray(c * 60_000, (c + 1) * 60_000)]).toEqual(expected);
    }
  });
});
