/**
 * Smoothing a boundary without changing topology.
 *
 * The mask is blurred, and where the blurred mask is at least one half is where it should be; then single pixels change
 * sides, the most certain first, each only while it is a simple point (`simple-point.ts`). So a thin bridge becomes as
 * thin as a bridge can be and never breaks, a hole never closes, two pieces never join.
 */

import type { Mask } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import { around, isSimple } from "./simple-point.ts";

/**
 * @param mask  uint8 0/1, axes yx; beyond its edge the edge pixels go on, so a cell cut by the image stays cut.
 * @param sigmaPx  standard deviation of the blur in pixels, above 0.
 * @param mayTake  uint8 0/1 of the same size: background that may become object.
 * @returns a new mask with as many 8-connected pieces and 4-connected holes. Cost: O(pixels x sigma).
 */
export function smoothMask(mask: Mask, sigmaPx: number, mayTake: Uint8Array): Mask {
  const { height, width } = mask;
  const blurred = gaussianBlur(mask, sigmaPx).data;
  const data = mask.data.slice();
  const wanted = (i: number): number => ((blurred[i] as number) >= 0.5 ? 1 : 0);
  const candidates: number[] = [];
  for (let i = 0; i < data.length; i++) {
    if (wanted(i) !== data[i] && (data[i] === 1 || mayTake[i] === 1)) candidates.push(i);
  }
  const certainty = (i: number): number => Math.abs((blurred[i] as number) - 0.5);
  candidates.sort((a, b) => certainty(b) - certainty(a) || a - b);
  // Each pass flips what has become simple; a candidate flips once at most, so the passes end.
  for (let left = candidates, before = -1; left.length !== before; ) {
    before = left.length;
    left = left.filter((i) => {
      if (!isSimple(neighbourhood(data, height, width, i))) return true;
      data[i] = 1 - (data[i] as number);
      return false;
    });
  }
  return { dtype: "uint8", height, width, data };
}

/** The eight neighbours as bits in the order of `around`; beyond the edge is background. */
function neighbourhood(data: Uint8Array, height: number, width: number, i: number): number {
  const x = i % width;
  const y = (i - x) / width;
  let bits = 0;
  for (let k = 0; k < 8; k++) {
    const [dy, dx] = around[k] as readonly [number, number];
    const [ny, nx] = [y + dy, x + dx];
    if (ny < 0 || nx < 0 || ny >= height || nx >= width) continue;
    bits |= (data[ny * width + nx] as number) << k;
  }
  return bits;
}
