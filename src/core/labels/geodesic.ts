/**
 * Shortest ways inside each object from its centre, where every pixel has a price.
 *
 * Sweeps down and up the image pull the cheapest way from neighbours of the same label until nothing changes. The fixed
 * point is the exact shortest way over the 8-neighbour grid whatever the order of sweeps; usual cells need three or
 * four, a winding one a sweep more per turn. No queue, no allocation per pixel.
 */

import type { LabelImage } from "../array/index.ts";

/**
 * @param labels   int32, axes yx.
 * @param price    cost per pixel of length at each pixel, above 0; a step costs its length times the mean of its ends.
 * @param sources  pixel indexes at distance 0.
 * @returns float32 per pixel: cost of the cheapest way to a source of the same label; `Infinity` where there is none.
 * Cost: O(pixels x sweeps).
 */
export function geodesicCost(labels: LabelImage, price: Float32Array, sources: Int32Array): Float32Array {
  const { height, width, data } = labels;
  const cost = new Float32Array(data.length).fill(Infinity);
  for (const source of sources) cost[source] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let y = 0; y < height; y++) changed = pullRow(data, price, cost, width, y, y - 1) || changed;
    for (let y = height - 2; y >= 0; y--) changed = pullRow(data, price, cost, width, y, y + 1) || changed;
  }
  return cost;
}

const straight = 0.5;
const diagonal = Math.SQRT1_2;

/** Lets one row pull from the row `from` (when it exists) and then along itself in both directions. */
function pullRow(
  data: Int32Array,
  price: Float32Array,
  cost: Float32Array,
  width: number,
  y: number,
  from: number,
): boolean {
  const row = y * width;
  const other = from * width;
  let changed = false;
  for (let x = 0; x < width; x++) {
    const i = row + x;
    const label = data[i] as number;
    if (label <= 0) continue;
    const own = price[i] as number;
    const before = cost[i] as number;
    let best = before;
    if (from >= 0) {
      const j = other + x;
      if (data[j] === label)
        best = Math.min(best, (cost[j] as number) + straight * (own + (price[j] as number)));
      if (x > 0 && data[j - 1] === label) {
        best = Math.min(best, (cost[j - 1] as number) + diagonal * (own + (price[j - 1] as number)));
      }
      if (x + 1 < width && data[j + 1] === label) {
        best = Math.min(best, (cost[j + 1] as number) + diagonal * (own + (price[j + 1] as number)));
      }
    }
    if (x > 0 && data[i - 1] === label) {
      best = Math.min(best, (cost[i - 1] as number) + straight * (own + (price[i - 1] as number)));
    }
    // Compared as stored: in float64 the same sum would look like an improvement for ever.
    const stored = Math.fround(best);
    if (stored < before) {
      cost[i] = stored;
      changed = true;
    }
  }
  for (let x = width - 2; x >= 0; x--) {
    const i = row + x;
    const label = data[i] as number;
    if (label <= 0 || data[i + 1] !== label) continue;
    const way = Math.fround(
      (cost[i + 1] as number) + straight * ((price[i] as number) + (price[i + 1] as number)),
    );
    if (way < (cost[i] as number)) {
      cost[i] = way;
      changed = true;
    }
  }
  return changed;
}
