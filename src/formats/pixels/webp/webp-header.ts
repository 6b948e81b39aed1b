/**
 * What a WebP file announces, read before the decoder sees it. Source: RFC 9649.
 */

export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
  readonly lossless: boolean;
}

const CHUNKS_MAX = 1_000; // metadata come in a handful of chunks

/** @returns `null` when there is no picture in the first chunks. */
export function readWebpHeader(bytes: Uint8Array): WebpHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let canvas: { width: number; height: number; animated: boolean } | null = null;
  let at = 12;
  for (let i = 0; i < CHUNKS_MAX && at + 8 <= bytes.length; i++) {
    const kind = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const data = at + 8;
    if (kind === "VP8X" && data + 10 <= bytes.length) {
      const [width, height] = [1 + uint24(view, data + 4), 1 + uint24(view, data + 7)];
      canvas = { width, height, animated: (bytes[data]! & 2) !== 0 };
      if (canvas.animated) return { ...canvas, lossless: false };
    }
    const frame = kind === "VP8 " || kind === "VP8L" ? frameSize(view, data, kind) : null;
    if (frame !== null) return { ...frame, ...canvas, animated: false, lossless: kind === "VP8L" };
    at = data + length + (length & 1);
  }
  return null;
}

function frameSize(view: DataView, at: number, kind: string): { width: number; height: number } | null {
  if (kind === "VP8L") {
    if (at + 5 > view.byteLength || view.getUint8(at) !== 0x2f) return null;
    const bits = view.getUint32(at + 1, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (at + 10 > view.byteLength || uint24(view, at + 3) !== 0x2a019d) return null;
  return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
