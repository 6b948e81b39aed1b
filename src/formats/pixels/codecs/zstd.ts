/**
 * Zstandard into a buffer of known size.
 *
 * The library trusts the sizes a frame announces and does not compare its checksum. So the frame is walked here first
 * (announced content and window must fit, the end must be there), the pieces are counted while they come, and XXH64 is
 * ours. One frame per stream, as TIFF and Zarr writers make them. Source: RFC 8878.
 */
import { Decompress } from "fzstd";
import type { InflateOutcome } from "../../inflate.ts";
import { xxh64 } from "./xxh64.ts";

const MAGIC = 0xfd2fb528;
// A slice of 4 KiB holds at most 1,024 blocks of 128 KiB; after that the total is looked at.
const SLICE_BYTES = 4 * 1024;
// The decoder allocates the announced window; 8 MiB is what every decoder must accept, 128 MiB what level 22 asks for.
const WINDOW_MAX = 128 * 1024 * 1024;

/**
 * @param capacity  most bytes the stream may hold; more is a failure, fewer is not.
 * @returns the bytes, or why not. Never throws for bad data.
 */
export function decompressZstd(stream: Uint8Array, capacity: number): InflateOutcome {
  const frame = walkFrame(stream, capacity);
  if (typeof frame === "string") return { ok: false, reason: frame };
  const out = new Uint8Array(capacity);
  let filled = 0;
  let overflow = false;
  try {
    const decoder = new Decompress((piece) => {
      overflow ||= filled + piece.length > capacity;
      if (overflow) return;
      out.set(piece, filled);
      filled += piece.length;
    });
    for (let at = 0; at < frame.end && !overflow; at += SLICE_BYTES) {
      const end = Math.min(at + SLICE_BYTES, frame.end);
      // A copy, because the library keeps and changes what it is given.
      decoder.push(stream.slice(at, end), end === frame.end);
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `the compressed data are damaged (${text.slice(0, 80)})` };
  }
  if (overflow) return { ok: false, reason: "the compressed data hold more than the header announces" };
  const bytes = out.subarray(0, filled);
  const matches = frame.checksum === null || frame.checksum === Number(xxh64(bytes) & 0xffffffffn);
  return matches
    ? { ok: true, bytes }
    : { ok: false, reason: "the checksum of the compressed data does not match" };
}

interface Frame {
  /** Where the frame ends. */
  readonly end: number;
  /** Low 32 bits of the content's XXH64, when the frame carries it. */
  readonly checksum: number | null;
}

/** Header and block headers of the frame, or why it is refused. */
function walkFrame(stream: Uint8Array, capacity: number): Frame | string {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < 9 || view.getUint32(0, true) !== MAGIC) {
    return "the compressed data have no Zstandard header";
  }
  const flags = stream[4]!;
  const single = (flags & 32) !== 0;
  if ((flags & 3) !== 0) return "the compressed data need a dictionary";
  const window = single ? 0 : windowBytes(stream[5]!);
  if (window > WINDOW_MAX) return `the compressed data ask for a window of ${window} bytes`;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  let at = single ? 5 : 6;
  if (at + sizeBytes > stream.length) return "the compressed data are cut short";
  if (contentSize(view, at, sizeBytes) > capacity)
    return "the compressed data hold more than the header announces";
  at += sizeBytes;
  for (let last = false; !last; ) {
    if (at + 3 > stream.length) return "the compressed data are cut short";
    const header = stream[at]! | (stream[at + 1]! << 8) | (stream[at + 2]! << 16);
    last = (header & 1) === 1;
    // A block of type 1 is one byte, repeated.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  const hasChecksum = (flags & 4) !== 0;
  const end = at + (hasChecksum ? 4 : 0);
  if (end > stream.length) return "the compressed data are cut short";
  return { end, checksum: hasChecksum ? view.getUint32(at, true) : null };
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 0) return 0;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
