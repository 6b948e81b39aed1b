/**
 * Writing small PNG files: thumbnails, samples, label previews.
 */
import { encode } from "fast-png";
import { assert } from "#core/errors.ts";

export interface PngPixels {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB, 4 RGB with opacity, interleaved (axes yxc). */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
}

/** Encodes 8- or 16-bit pixels without loss. The same pixels give the same bytes. */
export function writePng({ height, width, channels, data }: PngPixels): Uint8Array {
  assert(
    data.length === height * width * channels,
    `PNG pixels ${data.length} are not ${height} x ${width} x ${channels}`,
  );
  const depth = data instanceof Uint16Array ? 16 : 8;
  return Uint8Array.from(encode({ width, height, channels, depth, data }, { zlib: { level: 9 } }));
}
