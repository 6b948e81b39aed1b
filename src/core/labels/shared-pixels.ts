/** How many pixels two objects have in common: runs of one are counted in the other, no pixel is looked at alone. */

import { clearBitFrom, setBitFrom } from "./bits.ts";
import type { ObjectShape } from "./object-shape.ts";

/** Pixels in both (same t and z), 0 when their boxes are apart. Cost: one step per run inside the common box. */
export function sharedPixels(a: ObjectShape, b: ObjectShape): number {
  if (a.t !== b.t || a.z !== b.z) return 0;
  const y0 = Math.max(a.bbox[0], b.bbox[0]);
  const x0 = Math.max(a.bbox[1], b.bbox[1]);
  const y1 = Math.min(a.bbox[2], b.bbox[2]);
  const x1 = Math.min(a.bbox[3], b.bbox[3]);
  if (y0 >= y1 || x0 >= x1) return 0;
  let shared = 0;
  for (let y = y0; y < y1; y++) {
    const inA = (y - a.bbox[0]) * (a.bbox[3] - a.bbox[1]) - a.bbox[1];
    const inB = (y - b.bbox[0]) * (b.bbox[3] - b.bbox[1]) - b.bbox[1];
    let start = setBitFrom(a.bits, inA + x0, inA + x1) - inA;
    while (start < x1) {
      const end = clearBitFrom(a.bits, inA + start, inA + x1) - inA;
      shared += countRun(b.bits, inB + start, inB + end);
      start = setBitFrom(a.bits, inA + end, inA + x1) - inA;
    }
  }
  return shared;
}

function countRun(bits: Uint8Array, from: number, end: number): number {
  let count = 0;
  let start = setBitFrom(bits, from, end);
  while (start < end) {
    const stop = clearBitFrom(bits, start, end);
    count += stop - start;
    start = setBitFrom(bits, stop, end);
  }
  return count;
}
