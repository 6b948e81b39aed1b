/**
 * Shortest ways inside each object from its centre, where every pixel has a price.
 *
 * Sweeps down and up the image pull the cheapest way from neighbours of the same label until nothing changes. The fixed
 * point is the exact shortest way over the 8-neighbour grid whatever the order of sweeps; usual cells need two or
 * three, a winding one a sweep more per turn. Rows whose source row has not changed since they last pulled from it are
 * skipped, so a single winding cell costs its own rows only. No queue, no allocation per pixel.
 */

import type { LabelImage } from "../array/index.ts";

/**
 * @param labels   int32, axes yx; 0 is background.
 * @param price    cost per pixel of length at each pixel, above 0; a step costs its length times the mean of its ends.
 * @param sources  pixel indexes at distance 0.
 * @returns float32 per pixel: cost of the cheapest way to a source of the same label; `Infinity` where there is none.
 * Cost: O(pixels x sweeps).
 */
export function geodesicCost(labels: LabelImage, price: Float32Array, sources: Int32Array): Float32Array {
  const { height, width, data } = labels;
  const cost = new Float32Array(data.length).fill(Infinity);
  const marked = new Uint8Array(height);
  for (const source of sources) {
    cost[source] = 0;
    marked[Math.floor(source / width)] = 1;
  }
  for (let y = 0; y < height; y++) if (marked[y] === 1) pullAlong(data, price, cost, y * width, width);
  // news[y]: row y has changed and the row below (bit 1) or above (bit 2) has not pulled from it since.
  const news = marked.map((isSource) => (isSource === 1 ? 3 : 0));
  const pull = (y: number, from: number, bit: 1 | 2): boolean => {
    if (((news[from] as number) & bit) === 0) return false;
    news[from] = (news[from] as number) & ~bit;
    if (!pullAcross(data, price, cost, y * width, from * width, width)) return false;
    pullAlong(data, price, cost, y * width, width);
    news[y] = 3;
    return true;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let y = 1; y < height; y++) changed = pull(y, y - 1, 1) || changed;
    for (let y = height - 2; y >= 0; y--) changed = pull(y, y + 1, 2) || changed;
  }
  return cost;
}

const straight = 0.5;
const diagonal = Math.SQRT1_2;

/** Lets the row at `row` pull from the row at `other`; true when anything became cheaper. */
function pullAcross(
  data: Int32Array,
  price: Float32Array,
  cost: Float32Array,
  row: number,
  other: number,
  width: number,
): boolean {
  let changed = false;
  for (let x = 0; x < width; x++) {
    const i = row + x;
    const label = data[i] as number;
    if (label === 0) continue;
    const own = price[i] as number;
    const j = other + x;
    let best = Infinity;
    if (data[j] === label) best = (cost[j] as number) + straight * (own + (price[j] as number));
    if (x > 0 && data[j - 1] === label) {
      best = Math.min(best, (cost[j - 1] as number) + diagonal * (own + (price[j - 1] as number)));
    }
    if (x + 1 < width && data[j + 1] === label) {
      best = Math.min(best, (cost[j + 1] as number) + diagonal * (own + (price[j + 1] as number)));
    }
    // Compared as stored: in float64 the same sum would look cheaper for ever.
    best = Math.fround(best);
    if (best >= (cost[i] as number)) continue;
    cost[i] = best;
    changed = true;
  }
  return changed;
}

/** Carries the cheapest ways along one row, to the right and to the left: exact on a line after both. */
function pullAlong(
  data: Int32Array,
  price: Float32Array,
  cost: Float32Array,
  row: number,
  width: number,
): void {
  for (let i = row + 1; i < row + width; i++) {
    if (data[i] === 0 || data[i] !== data[i - 1]) continue;
    const way = (cost[i - 1] as number) + straight * ((price[i] as number) + (price[i - 1] as number));
    if (way < (cost[i] as number)) cost[i] = way;
  }
  for (let i = row + width - 2; i >= row; i--) {
    if (data[i] === 0 || data[i] !== data[i + 1]) continue;
    const way = (cost[i + 1] as number) + straight * ((price[i] as number) + (price[i + 1] as number));
    if (way < (cost[i] as number)) cost[i] = way;
  }
}
