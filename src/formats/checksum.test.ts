import { zlibSync } from "fflate";
import { expect, test } from "vitest";
import { adler32, crc32 } from "./checksum.ts";
import { inflateRaw, inflateZlib } from "./inflate.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

test("published check values", () => {
  expect(crc32(ascii("123456789"))).toBe(0xcbf43926); // ISO 3309
  expect(adler32(ascii("Wikipedia"))).toBe(0x11e60398);
  expect(adler32(new Uint8Array(100_000).fill(255))).toBe(0x149a302c); // Python's zlib
  expect([crc32(new Uint8Array(0)), adler32(new Uint8Array(0))]).toEqual([0, 1]);
});

test("a stream comes back whole, also through the slices that long ones take", () => {
  for (const size of [0, 1, 1_000, 3_000_000]) {
    // Bytes of a quadratic sequence: hardly compressible, so the long stream exceeds one slice.
    const bytes = Uint8Array.from({ length: size }, (_, i) => ((i * i * 2654435761) / 65_536) & 255);
    const outcome = inflateZlib(zlibSync(bytes), size);
    expect(
      outcome.ok && outcome.bytes.length === size && outcome.bytes.every((byte, i) => byte === bytes[i]),
    ).toBe(true);
  }
});

test("a bomb stops at the announced size, in one slice or many", () => {
  const bomb = zlibSync(new Uint8Array(70_000_000)); // 68 kB
  expect(bomb.length).toBeGreaterThan(65_536);
  expect(inflateZlib(bomb, 1000)).toEqual({
    ok: false,
    reason: "the compressed data hold more than the header announces",
  });
  expect(inflateRaw(zlibSync(new Uint8Array(9000)).subarray(2), 1000).ok).toBe(false);
});

test("one flipped bit of the checksum, or of the data, is noticed", () => {
  const text = ascii("a label image is not a photograph");
  const good = zlibSync(text);
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = good.slice();
    bad[bit >> 3]! ^= 1 << (bit & 7);
    const outcome = inflateZlib(bad, 33);
    // A few bits carry nothing (effort of the compressor, padding): then the bytes are the same.
    if (outcome.ok) expect(outcome.bytes).toEqual(text);
  }
});

test("bytes after the end of the stream do not hide its checksum", () => {
  const padded = new Uint8Array([...zlibSync(ascii("cells")), 0, 0, 0]);
  expect(inflateZlib(padded, 5)).toEqual({ ok: true, bytes: ascii("cells") });
});
