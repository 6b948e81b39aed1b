/**
 * Rays of the grid points that propose something, all rays of a point side by side.
 *
 * A network answers a plane per ray. Planes of a power of two in bytes put the rays of a point into one place of the cache,
 * where they push each other out; packed once, a polygon is one trip to memory.
 */

import type { StarTargets } from "./star-polygon-targets.ts";

export interface PackedRays {
  /** `rays` lengths per chosen grid point, in scan order; what was negative is 0. */
  readonly lengths: Float32Array;
  /** Place of each grid point's first length; 0 for points not chosen. */
  readonly starts: Int32Array;
}

/** Grid points whose rays are copied plane by plane before the next ones: they fit the nearest cache. */
const blockLength = 256;

/** @param left  grid points that are left out have 1. Cost: O(grid points + chosen x rays); 4 bytes per ray of a chosen one. */
export function packRays({ distances, rays }: StarTargets, left: Uint8Array, chosen: number): PackedRays {
  const size = left.length;
  const lengths = new Float32Array(chosen * rays);
  const starts = new Int32Array(size);
  const points = new Int32Array(blockLength);
  for (let from = 0, slot = 0; from < size; from += blockLength) {
    let count = 0;
    for (let at = from; at < Math.min(size, from + blockLength); at++) {
      if (left[at] !== 0) continue;
      starts[at] = (slot + count) * rays;
      points[count++] = at;
    }
    for (let k = 0; k < rays; k++) {
      const plane = k * size;
      for (let i = 0, to = slot * rays + k; i < count; i++, to += rays) {
        const length = distances[plane + points[i]!]!;
        if (length > 0) lengths[to] = length;
      }
    }
    slot += count;
  }
  return { lengths, starts };
}
