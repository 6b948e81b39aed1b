import { encode } from "fast-png";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../checksum.ts";
import { fixture, refusal } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";
import { writePng } from "./write-png.ts";

const name = "a.png";

function chunk(type: string, body: Uint8Array): number[] {
  const typed = new Uint8Array([...new TextEncoder().encode(type), ...body]);
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, body.length);
  view.setUint32(4, crc32(typed));
  const numbers = new Uint8Array(view.buffer);
  return [...numbers.subarray(0, 4), ...typed, ...numbers.subarray(4)];
}

function png(header: readonly number[], scanlines: Uint8Array, extra: readonly number[] = []): Uint8Array {
  const signature = [137, 80, 78, 71, 13, 10, 26, 10];
  return Uint8Array.from([
    ...signature,
    ...chunk("IHDR", Uint8Array.from(header)),
    ...extra,
    ...chunk("IDAT", zlibSync(scanlines)),
    ...chunk("IEND", new Uint8Array(0)),
  ]);
}

const header = (width: number, height: number, depth: number, type: number, interlace = 0) => [
  0,
  0,
  width >> 8,
  width & 255,
  0,
  0,
  height >> 8,
  height & 255,
  depth,
  type,
  0,
  0,
  interlace,
];

test("all five filters, by hand", async () => {
  // Rows of 3 grey pixels that decode to 10 20 30 each time.
  const lines = [
    [0, 10, 20, 30], // none
    [1, 10, 10, 10], // left
    [2, 0, 0, 0], // up
    [3, 5, 5, 5], // mean of left and up: 10 = 5 + (0 + 10) / 2; 20 = 5 + (10 + 20) / 2; 30 = 5 + (20 + 30) / 2
    [4, 0, 0, 0], // Paeth: the nearest of left, up, corner is up each time
  ];
  const { image } = await readImage(png(header(3, 5, 8, 0), Uint8Array.from(lines.flat())), { name });
  expect([...image.data]).toEqual(lines.flatMap(() => [10, 20, 30]));
});

test("bits below a byte keep their stored values", async () => {
  const { image } = await readImage(png(header(5, 1, 2, 0), Uint8Array.of(0, 0b00011011, 0b10000000)), {
    name,
  });
  expect([...image.data]).toEqual([0, 1, 2, 3, 2]);
});

test("interlaced and plain files of another encoder agree", async () => {
  for (const [channels, depth] of [
    [1, 8],
    [3, 8],
    [1, 16],
    [4, 16],
  ] as const) {
    const length = 13 * 11 * channels;
    const values = Array.from({ length }, (_, i) => (i * 7919) % (depth === 8 ? 256 : 65_536));
    const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    const picture = { width: 13, height: 11, channels, depth, data };
    const plain = await readImage(encode(picture), { name });
    const interlaced = await readImage(encode(picture, { interlace: "Adam7" }), { name });
    expect(interlaced.image).toEqual(plain.image);
    const colours = channels === 1 ? 1 : 3;
    const planar = Array.from({ length: colours }, (_, c) =>
      values.filter((_, i) => i % channels === c),
    ).flat();
    expect([...plain.image.data]).toEqual(planar);
  }
});

test("what is written is read", async () => {
  const rgb = Uint16Array.of(1, 2, 3, 60_000, 5, 6);
  const { image } = await readImage(writePng({ height: 1, width: 2, channels: 3, data: rgb }), { name });
  expect([image.axes, [...image.data]]).toEqual(["cyx", [1, 60_000, 2, 5, 3, 6]]);
  const grey = { height: 2, width: 2, channels: 1, data: Uint8Array.of(0, 128, 255, 7) } as const;
  expect([...(await readImage(writePng(grey), { name })).image.data]).toEqual([0, 128, 255, 7]);
  expect(writePng(grey)).toEqual(writePng(grey));
});

describe("damage is refused", () => {
  test("every flipped bit of a file is noticed", async () => {
    const good = writePng({ height: 2, width: 3, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = good.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      const error = await refusal(() => readImage(bad, { name }));
      expect(error.code).toMatch(/^format\.(png|detect)$/);
    }
  });

  test.each([
    ["a bomb", png(header(2, 2, 8, 0), new Uint8Array(5_000_000)), /more than the header announces/],
    ["too few pixels", png(header(9, 9, 8, 0), new Uint8Array(20)), /hold 20 of the 90 bytes/],
    [
      "a filter that does not exist",
      png(header(1, 1, 8, 0), Uint8Array.of(5, 0)),
      /row 0: filter 5 does not exist/,
    ],
    [
      "a depth that does not exist",
      png(header(1, 1, 4, 2), Uint8Array.of(0, 0)),
      /colour type 2 with 4 bits/,
    ],
    ["no width", png(header(0, 1, 8, 0), Uint8Array.of(0)), /the size is 1 x 0/],
    ["no palette", png(header(1, 1, 8, 3), Uint8Array.of(0, 0)), /the palette is missing/],
    [
      "a colour outside the palette",
      png(header(1, 1, 8, 3), Uint8Array.of(0, 1), chunk("PLTE", Uint8Array.of(1, 2, 3))),
      /colour 1 is not in the palette/,
    ],
    [
      "an unknown essential chunk",
      png(header(1, 1, 8, 0), Uint8Array.of(0, 0), chunk("ABCD", Uint8Array.of(1))),
      /chunk ABCD: it is unknown/,
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(() => readImage(bytes, { name }));
    expect(error.code).toBe("format.png");
    expect(error.message).toMatch(message);
  });

  test("a header that announces 10^12 pixels", async () => {
    const boast = png([0, 15, 66, 64, 0, 15, 66, 64, 8, 0, 0, 0, 0], new Uint8Array(1));
    expect((await refusal(() => readImage(boast, { name }))).code).toBe("limit.pixels");
  });

  test("a file cut anywhere", async () => {
    const whole = fixture("rgba.png");
    for (let length = 0; length < whole.length; length += 7) {
      const error = await refusal(() => readImage(whole.slice(0, length), { name }));
      expect(error.code).toMatch(/^format\.(png|detect)$/);
    }
  });
});
