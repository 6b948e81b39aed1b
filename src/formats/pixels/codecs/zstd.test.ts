import { constants, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { xxh64 } from "./xxh64.ts";
import { decompressZstd } from "./zstd.ts";

const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => (i * i) >> 5);

test("XXH64 of known texts (xxHash's own test vectors)", () => {
  const hash = (text: string) => xxh64(new TextEncoder().encode(text)).toString(16);
  expect(hash("")).toBe("ef46db3751d8e999");
  expect(hash("a")).toBe("d24ec4f1a98c6e5b");
  expect(hash("abc")).toBe("44bc2cf5ad770999");
});

test.each([0, 1, 31, 32, 100, 5_000, 400_000])(
  "Node's zstd of %i bytes comes back, checksum compared",
  (length) => {
    const data = ramp(length);
    for (const checksum of [0, 1]) {
      const packed = new Uint8Array(
        zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: checksum } }),
      );
      const read = decompressZstd(packed, length);
      expect(read.ok && Buffer.from(read.bytes).equals(data)).toBe(true);
      if (checksum === 0) continue;
      packed[packed.length - 1]! ^= 1;
      expect(decompressZstd(packed, length)).toEqual({
        ok: false,
        reason: "the checksum of the compressed data does not match",
      });
    }
  },
);

test("a bomb, a cut and another format are refused before memory is taken", () => {
  const bomb = new Uint8Array(zstdCompressSync(new Uint8Array(50_000_000)));
  expect(bomb.length).toBeLessThan(10_000);
  expect(decompressZstd(bomb, 1000)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/more than the header announces/),
  });
  const packed = new Uint8Array(zstdCompressSync(ramp(5_000)));
  expect(decompressZstd(packed.subarray(0, 40), 5_000)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/cut short/),
  });
  expect(decompressZstd(ramp(100), 5_000)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/no Zstandard header/),
  });
});
