/**
 * Inflating zlib streams into a buffer of known size.
 *
 * The output buffer is allocated once from the size the image header implies; long streams are fed in slices and
 * stopped at the first byte too many, so a bomb costs neither memory nor time. The Adler-32 at the end of the stream is
 * compared here, because the library does not.
 */
import { Inflate, inflateSync } from "fflate";
import { adler32 } from "./checksum.ts";

// Enough to see that a stream goes on; nothing depends on the exact number.
const SPARE_BYTES = 64;
// DEFLATE reaches 1032:1, so a slice of this size inflates to at most 66 MiB before the total is looked at.
const SLICE_BYTES = 64 * 1024;
// Some writers pad a stream to an even or 4-byte length; its checksum then lies a few bytes before the end.
const PADDING_MAX = 16;

export type InflateOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * Inflates one whole zlib stream of at most `capacity` bytes and compares its checksum.
 *
 * @returns the bytes and how much of the stream they took, or `null` for anything unusual; never throws.
 */
export type NativeInflate = (
  stream: Uint8Array,
  capacity: number,
) => { readonly bytes: Uint8Array; readonly consumed: number } | null;

let native: NativeInflate | null = null;

/**
 * Lets a platform inflate what is in order, several times faster than this module.
 *
 * Only success counts: whatever it refuses is looked at here, so that a damaged stream gets the same words everywhere.
 */
export function provideInflate(inflate: NativeInflate | null): void {
  native = inflate;
}

/**
 * Inflates one zlib stream (RFC 1950).
 *
 * @param capacity  most bytes the stream may hold; more is a failure, fewer is not.
 * @returns the bytes, or why not. Never throws for bad data. Allocates `capacity` plus 64 bytes.
 */
export function inflateZlib(stream: Uint8Array, capacity: number): InflateOutcome {
  const quick = native?.(stream, capacity) ?? null;
  if (quick !== null && stream.length - quick.consumed <= PADDING_MAX)
    return { ok: true, bytes: quick.bytes };
  if (stream.length < 6) return { ok: false, reason: "the compressed data are missing" };
  const header = (stream[0]! << 8) | stream[1]!;
  if ((stream[0]! & 15) !== 8 || header % 31 !== 0)
    return { ok: false, reason: "the compressed data have no zlib header" };
  if ((stream[1]! & 32) !== 0) return { ok: false, reason: "the compressed data need a preset dictionary" };
  const inflated = inflateRaw(stream.subarray(2), capacity);
  if (!inflated.ok) return inflated;
  if (!endsWithChecksum(stream, adler32(inflated.bytes))) {
    return { ok: false, reason: "the checksum of the compressed data does not match" };
  }
  return inflated;
}

/** Inflates one raw DEFLATE stream (RFC 1951); the caller compares a checksum of its own. */
export function inflateRaw(stream: Uint8Array, capacity: number): InflateOutcome {
  try {
    const bytes =
      stream.length <= SLICE_BYTES ? inflateAtOnce(stream, capacity) : inflateInSlices(stream, capacity);
    if (bytes !== null && bytes.length <= capacity) return { ok: true, bytes };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `the compressed data are damaged (${text})` };
  }
  return { ok: false, reason: "the compressed data hold more than the header announces" };
}

function inflateAtOnce(stream: Uint8Array, capacity: number): Uint8Array {
  return inflateSync(stream, { out: new Uint8Array(capacity + SPARE_BYTES) });
}

function inflateInSlices(stream: Uint8Array, capacity: number): Uint8Array | null {
  const out = new Uint8Array(capacity);
  let filled = 0;
  let overflow = false;
  const inflator = new Inflate((piece) => {
    overflow ||= filled + piece.length > capacity;
    if (overflow) return;
    out.set(piece, filled);
    filled += piece.length;
  });
  for (let at = 0; at < stream.length && !overflow; at += SLICE_BYTES) {
    inflator.push(stream.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= stream.length);
  }
  return overflow ? null : out.subarray(0, filled);
}

function endsWithChecksum(stream: Uint8Array, checksum: number): boolean {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const last = stream.length - 4;
  for (let at = last; at >= Math.max(2, last - PADDING_MAX); at--) {
    if (view.getUint32(at) === checksum) return true;
  }
  return false;
}
