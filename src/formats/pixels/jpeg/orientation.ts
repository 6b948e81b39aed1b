/**
 * The orientation that a camera notes in EXIF instead of turning the pixels.
 *
 * Most programs show such an image turned, so outlines drawn elsewhere refer to the turned one; we turn it and say so.
 * Source: EXIF 2.32, tag 274.
 */

/** 1 as stored; 2-4 mirrored or upside down; 5-8 with x and y exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const TAGS_MAX = 256; // cameras write below 60 into the first directory

/** @param exif  payload of the EXIF marker, a small TIFF. @returns 1 when it says nothing or is damaged. */
export function readOrientation(exif: Uint8Array | null): Orientation {
  if (exif === null || exif.length < 14) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const at = view.getUint32(4, little);
  if (at + 2 > exif.length) return 1;
  const count = Math.min(view.getUint16(at, little), TAGS_MAX);
  for (let i = 0; i < count; i++) {
    const tag = at + 2 + 12 * i;
    if (tag + 12 > exif.length) return 1;
    if (view.getUint16(tag, little) !== 274) continue;
    const value = view.getUint16(tag + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/**
 * Turns planes as the orientation asks.
 *
 * @param data  axes cyx. @returns axes cyx with the turned height and width; `data` itself when nothing is to be done.
 */
export function turned(
  data: Uint8Array,
  { planes, height, width }: { readonly planes: number; readonly height: number; readonly width: number },
  orientation: Orientation,
): { readonly data: Uint8Array; readonly height: number; readonly width: number } {
  if (orientation === 1) return { data, height, width };
  const exchanged = orientation >= 5;
  const [outHeight, outWidth] = exchanged ? [width, height] : [height, width];
  // Position in the stored plane of the shown pixel (0, 0), and the steps for one pixel to the right and down.
  const last = { y: (height - 1) * width, x: width - 1 };
  const starts = [0, last.x, last.y + last.x, last.y, 0, last.y, last.y + last.x, last.x];
  const right = [1, -1, -1, 1, width, -width, -width, width];
  const down = [width, width, -width, -width, 1, 1, -1, -1];
  const [start, dx, dy] = [starts, right, down].map((list) => list[orientation - 1]!) as [
    number,
    number,
    number,
  ];
  const out = new Uint8Array(data.length);
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < outHeight; y++) {
      let from = plane * height * width + start + y * dy;
      for (let x = 0; x < outWidth; x++, from += dx) out[to++] = data[from]!;
    }
  }
  return { data: out, height: outHeight, width: outWidth };
}
