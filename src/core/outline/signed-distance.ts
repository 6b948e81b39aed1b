/** Signed distance to the boundary of a mask: negative inside, 0 half-way between pixel centres, positive outside. */

import type { Mask, Plane } from "../array/index.ts";
import { nearestSource } from "./nearest-source.ts";

/**
 * @param mask  uint8 0/1, axes yx, with at least one pixel of each kind, else all is `Infinity` or `-Infinity`.
 * @returns float64, axes yx, in pixels: the distance to the nearest pixel of the other kind, less the half pixel by which
 *          the boundary lies before its centre. Exact. Cost: O(pixels).
 */
export function signedDistance(mask: Mask): Plane<"float64"> {
  const { height, width, data } = mask;
  const inside = nearestSource({ dtype: "int32", height, width, data: Int32Array.from(data) });
  const outside = nearestSource({
    dtype: "int32",
    height,
    width,
    data: Int32Array.from(data, (value) => 1 - value),
  });
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] =
      data[i] === 0
        ? Math.sqrt(inside.squared.data[i] as number) - 0.5
        : 0.5 - Math.sqrt(outside.squared.data[i] as number);
  }
  return { dtype: "float64", height, width, data: out };
}
