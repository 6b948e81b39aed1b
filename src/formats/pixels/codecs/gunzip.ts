/**
 * A small gzip stream in memory to bytes of bounded number, CRC compared. Source: RFC 1952.
 */
import { crc32 } from "../../checksum.ts";
import { type InflateOutcome, inflateRaw } from "../../inflate.ts";

/** @param capacity  most bytes the stream may hold; more is a failure, fewer is not. Never throws for bad data. */
export function gunzip(stream: Uint8Array, capacity: number): InflateOutcome {
  const start = headerBytes(stream);
  if (start === null || start + 8 > stream.length)
    return { ok: false, reason: "the compressed data have no gzip header" };
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const inflated = inflateRaw(stream.subarray(start, stream.length - 8), capacity);
  if (!inflated.ok) return inflated;
  const { bytes } = inflated;
  const matches =
    view.getUint32(stream.length - 8, true) === crc32(bytes) &&
    view.getUint32(stream.length - 4, true) === bytes.length % 2 ** 32;
  return matches ? inflated : { ok: false, reason: "the checksum of the compressed data does not match" };
}

function headerBytes(stream: Uint8Array): number | null {
  if (stream.length < 18 || stream[0] !== 0x1f || stream[1] !== 0x8b || stream[2] !== 8) return null;
  const flags = stream[3]!;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (stream[at]! | (stream[at + 1]! << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = stream.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  return (flags & 2) === 0 ? at : at + 2;
}
