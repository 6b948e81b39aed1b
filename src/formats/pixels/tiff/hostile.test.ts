import { describe, expect, test } from "vitest";
import { refusal } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";

type Tag = readonly [id: number, type: number, count: number, value: number];

/** A little-endian TIFF with one directory at byte 8 and `extra` bytes behind it. */
function tiff(tags: readonly Tag[], options: { next?: number; extra?: number } = {}): Uint8Array {
  const directory = 8 + 2 + tags.length * 12 + 4;
  const bytes = new Uint8Array(directory + (options.extra ?? 16));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  view.setUint16(8, tags.length, true);
  for (const [i, [id, type, count, value]] of tags.entries()) {
    const at = 10 + i * 12;
    view.setUint16(at, id, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
  }
  view.setUint32(10 + tags.length * 12, options.next ?? 0, true);
  return bytes;
}

const SIZE: readonly Tag[] = [
  [256, 4, 1, 4],
  [257, 4, 1, 4],
];
const BITS: Tag = [258, 3, 1, 8];
const strips = (offset: number, count: number): readonly Tag[] => [
  [273, 4, 1, offset],
  [279, 4, 1, count],
];
// Directory of 2 + 1 + 2 tags: its end, where the pixels lie.
const PIXELS = 8 + 2 + 5 * 12 + 4;

test("the hand-made file is valid before it is bent", async () => {
  const { image } = await readImage(tiff([...SIZE, BITS, ...strips(PIXELS, 16)]), { name: "a" });
  expect(image.shape).toEqual([4, 4]);
});

describe("hostile files are refused with a place", () => {
  test.each<[string, Uint8Array, RegExp]>([
    [
      "a circle of directories",
      tiff([...SIZE, BITS, ...strips(PIXELS, 16)], { next: 8 }),
      /directory 1: the chain of directories is circular/,
    ],
    [
      "a directory outside",
      tiff([...SIZE, BITS, ...strips(PIXELS, 16)], { next: 99_999 }),
      /directory 1: it lies outside the file/,
    ],
    [
      "2^32 tag values",
      tiff([...SIZE, BITS, [273, 4, 0xffffffff, 8], [279, 4, 1, 16]]),
      /tag 273: it claims 4294967295 values/,
    ],
    [
      "tag values outside",
      tiff([...SIZE, BITS, [273, 4, 3, 5000], [279, 4, 1, 16]]),
      /tag 273: its values lie outside the file/,
    ],
    ["no width", tiff([[257, 4, 1, 4], BITS, ...strips(60, 16)]), /page 0: its size is 4 x 0/],
    [
      "a strip outside",
      tiff([...SIZE, BITS, ...strips(PIXELS, 17)]),
      /strip 0: its bytes lie outside the file/,
    ],
    [
      "a strip too short",
      tiff([...SIZE, BITS, ...strips(PIXELS, 15)]),
      /15 bytes cannot hold its 4 x 4 pixels/,
    ],
    [
      "no rows in a strip",
      tiff([...SIZE, BITS, ...strips(PIXELS + 12, 16), [278, 4, 1, 0]]),
      /its strips have 0 rows/,
    ],
    [
      "a tile of no size",
      tiff([...SIZE, BITS, [322, 4, 1, 0], [323, 4, 1, 16], [324, 4, 1, 90], [325, 4, 1, 1]]),
      /its tiles are 16 x 0/,
    ],
    [
      "a giant tile",
      tiff([...SIZE, BITS, [322, 4, 1, 65_536], [323, 4, 1, 65_536], [324, 4, 1, 90], [325, 4, 1, 1]]),
      /its tiles are 65536 x 65536/,
    ],
    ["no strips", tiff([...SIZE, BITS]), /it has 0 of the 1 strips/],
    [
      "9 bits of float",
      tiff([...SIZE, [258, 3, 1, 9], [339, 3, 1, 3], ...strips(90, 10)]),
      /9 bits in sample format 3/,
    ],
    ["YCbCr", tiff([...SIZE, BITS, [262, 3, 1, 6], ...strips(90, 10)]), /colour model \(number 6\)/],
    [
      "JPEG without a header",
      tiff([...SIZE, BITS, [259, 3, 1, 7], ...strips(86, 10)]),
      /strip 0: its JPEG data have no header/,
    ],
    [
      "JPEG 2000",
      tiff([...SIZE, BITS, [259, 3, 1, 34712], ...strips(90, 10)]),
      /compressed with JPEG 2000, which is not read here/,
    ],
    [
      "LZW of nothing",
      tiff([...SIZE, BITS, [259, 3, 1, 5], ...strips(86, 10)]),
      /LZW|cannot hold|holds \d+ of the 16 bytes/,
    ],
    ["no directory", Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), /holds no image directory/],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(() => readImage(bytes, { name: "bad.tif" }));
    expect(error.code).toBe("format.tiff");
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^bad\.tif/);
    expect(error.hint.length).toBeGreaterThan(10);
  });

  test("a few bytes that announce gigabytes", async () => {
    const huge: readonly Tag[] = [
      [256, 4, 1, 1_000_000],
      [257, 4, 1, 1_000_000],
    ];
    const error = await refusal(() =>
      readImage(tiff([...huge, BITS, ...strips(PIXELS, 16)]), { name: "bomb.tif" }),
    );
    expect(error.code).toBe("limit.pixels");
    const large: readonly Tag[] = [
      [256, 4, 1, 10_000],
      [257, 4, 1, 10_000],
    ];
    const packed = tiff([...large, BITS, [259, 3, 1, 8], ...strips(PIXELS + 12, 16)]);
    expect((await refusal(() => readImage(packed, { name: "bomb.tif" }))).message).toContain(
      "16 bytes cannot hold its 10000 x 10000 pixels",
    );
  });
});

describe("files made to keep a reader busy", () => {
  test("thousands of overlapping directories with a thousand tags each", async () => {
    // Every second byte starts a directory of 1,000 tags whose next pointer leads two bytes on.
    const bytes = new Uint8Array(2_000_000);
    const view = new DataView(bytes.buffer);
    bytes.set([0x49, 0x49, 42, 0]);
    view.setUint32(4, 8, true);
    const pattern = Uint8Array.of(0xe8, 3); // 1,000 as uint16, and as a tag type unknown
    for (let at = 8; at < bytes.length; at += 2) bytes.set(pattern, at);
    expect((await refusal(() => readImage(bytes, { name: "busy.tif" }))).code).toBe("format.tiff");
  });

  test("5,000 pages that share one list of 200,000 strip offsets", async () => {
    const tags: readonly Tag[] = [
      [256, 4, 1, 1],
      [257, 4, 1, 200_000],
      BITS,
      [278, 4, 1, 1],
      [273, 4, 200_000, 8],
      [279, 4, 200_000, 8],
    ];
    const one = tiff(tags).subarray(8, 8 + 2 + tags.length * 12 + 4);
    const start = 8 + 800_000;
    const bytes = new Uint8Array(start + 5_000 * one.length);
    const view = new DataView(bytes.buffer);
    bytes.set([0x49, 0x49, 42, 0]);
    view.setUint32(4, start, true);
    for (let at = 8; at < start; at += 4) view.setUint32(at, 8, true);
    for (let page = 0; page < 5_000; page++) {
      const at = start + page * one.length;
      bytes.set(one, at);
      view.setUint32(at + one.length - 4, page === 4_999 ? 0 : at + one.length, true);
    }
    const error = await refusal(() => readImage(bytes, { name: "busy.tif" }));
    expect(error.message).toMatch(/hold too many values in all|limit of/);
  });

  test("a description of megabytes that looks like attributes", async () => {
    const text = `<OME><Image><Pixels ${"a".repeat(3_000_000)} b="1">`;
    const tags: readonly Tag[] = [...SIZE, BITS, ...strips(98, 16), [270, 2, text.length, 114]];
    const bytes = tiff(tags, { extra: 16 + 32 + text.length });
    new TextEncoder().encodeInto(text, bytes.subarray(114));
    const { image } = await readImage(bytes, { name: "busy.tif" });
    expect(image.shape).toEqual([4, 4]);
  });
});
