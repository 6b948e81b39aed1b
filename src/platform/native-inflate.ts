/**
 * Inflating zlib streams by the runtime's own zlib: three to five times faster than in JavaScript, checksum included.
 *
 * The output is bounded before it is made. Used where files are decoded (`provideInflate`), in processes that may be
 * killed; the page has the slower way.
 */

import { inflateSync, type ZlibOptions } from "node:zlib";

/** The runtime accepts no smaller piece. */
const CHUNK_BYTES_MIN = 64;

/** With `info`, the runtime also tells how far it read; its types do not know. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * @param capacity  most bytes the stream may hold.
 * @returns `null` when the stream is damaged, holds more, or has no end. Allocates `capacity` plus at most 64 bytes.
 */
export function inflateNatively(
  stream: Uint8Array,
  capacity: number,
): { readonly bytes: Uint8Array; readonly consumed: number } | null {
  const options: ZlibOptions & { readonly info: true } = {
    maxOutputLength: Math.max(1, capacity),
    chunkSize: Math.max(CHUNK_BYTES_MIN, capacity),
    info: true,
  };
  try {
    const { buffer, engine } = inflateSync(stream, options) as unknown as Inflated;
    // A plain view, because a Buffer's `slice` does not copy.
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    return { bytes, consumed: engine.bytesWritten };
  } catch {
    return null;
  }
}
