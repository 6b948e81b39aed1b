/**
 * The two checksums that image and archive files carry.
 *
 * The inflating library skips them, so they are compared here: a file whose bytes rotted must be refused, not shown.
 * CRC-32 as in ISO 3309 (PNG, zip, gzip); Adler-32 as in RFC 1950 (zlib).
 */

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 of the bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  return continueCrc32(0, bytes);
}

/** CRC-32 of what `before` is the CRC-32 of (0 for nothing) followed by `bytes`. */
export function continueCrc32(before: number, bytes: Uint8Array): number {
  let crc = before ^ 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// Bytes whose sums stay below 2^31, so that the engine keeps them in machine integers.
const ADLER_BLOCK = 3800;

/** Adler-32 of the bytes, as an unsigned number. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < bytes.length; start += ADLER_BLOCK) {
    const end = Math.min(start + ADLER_BLOCK, bytes.length);
    for (let i = start; i < end; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
