/**
 * Smooth random fields: values at the knots of a coarse grid, interpolated in between (value noise).
 *
 * One field costs a few operations per pixel whatever its scale, so that a picture can have a dozen: borders that wander,
 * regions of tissue, chromatin, uneven staining, light that falls off.
 */

import type { Rng } from "../rng.ts";

/**
 * @param scalePx  distance of the knots in pixels, at least 1.
 * @returns values in -1..1, mean about 0, row-major. Cost: O(pixels).
 */
export function smoothNoise(height: number, width: number, scalePx: number, random: Rng): Float32Array {
  const step = Math.max(1, scalePx);
  const rows = Math.ceil(height / step) + 2;
  const columns = Math.ceil(width / step) + 2;
  const knots = new Float32Array(rows * columns);
  for (let k = 0; k < knots.length; k++) knots[k] = random.uniform(-1, 1);
  // The grid lies at a random place, so that no field has its knots in the corner.
  const [offsetY, offsetX] = [random.next(), random.next()];
  const left = new Int32Array(width);
  const share = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const at = x / step + offsetX;
    left[x] = Math.floor(at);
    share[x] = ease(at - Math.floor(at));
  }
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const at = y / step + offsetY;
    const top = Math.floor(at) * columns;
    const down = ease(at - Math.floor(at));
    for (let x = 0; x < width; x++) {
      const k = top + (left[x] as number);
      const s = share[x] as number;
      const above = (knots[k] as number) * (1 - s) + (knots[k + 1] as number) * s;
      const below = (knots[k + columns] as number) * (1 - s) + (knots[k + columns + 1] as number) * s;
      out[y * width + x] = above * (1 - down) + below * down;
    }
  }
  return out;
}

/** Flat at both ends, so that the field has no creases at its knots. */
function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
