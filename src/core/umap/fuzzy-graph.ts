/**
 * How strongly cells belong together: UMAP's fuzzy graph over nearest neighbours.
 *
 * Each row sees its neighbours through a scale of its own, so that sparse and dense parts count alike; where two rows see each
 * other differently the union of both views holds. McInnes, Healy and Melville 2018, algorithms 2 and 3.
 */

import type { NeighbourGraph } from "./neighbours.ts";

export interface FuzzyEdges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 0..1, the same in both directions; each pair is there twice. */
  readonly weight: Float64Array;
}

const searchSteps = 64;
const searchTolerance = 1e-5;
/** No scale is below this share of the mean distance, or one row with copies of itself would see nobody. */
const scaleFloor = 1e-3;

export function fuzzyEdges({ index, distance, k }: NeighbourGraph, n: number): FuzzyEdges {
  const mean = distance.reduce((sum, value) => sum + value, 0) / Math.max(1, distance.length);
  const seen = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const own = distance.subarray(i * k, (i + 1) * k);
    const nearest = own.find((value) => value > 0) ?? 0;
    const ownMean = own.reduce((sum, value) => sum + value, 0) / k;
    const scale = Math.max(scaleOf(own, nearest, Math.log2(k)), scaleFloor * (nearest > 0 ? ownMean : mean));
    for (let at = 0; at < k; at++) {
      const gap = Math.max(0, (own[at] as number) - nearest);
      const weight = gap === 0 || scale === 0 ? 1 : Math.exp(-gap / scale);
      seen.set(i * n + (index[i * k + at] as number), weight);
    }
  }
  return union(seen, n);
}

/** The scale at which the memberships of a row's neighbours sum up to `target`. */
function scaleOf(distances: Float64Array, nearest: number, target: number): number {
  let [low, high, scale] = [0, Infinity, 1];
  for (let step = 0; step < searchSteps; step++) {
    let sum = 0;
    for (const value of distances) sum += value > nearest ? Math.exp(-(value - nearest) / scale) : 1;
    if (Math.abs(sum - target) < searchTolerance) break;
    if (sum > target) high = scale;
    else low = scale;
    scale = high === Infinity ? scale * 2 : (low + high) / 2;
  }
  return scale;
}

function union(seen: ReadonlyMap<number, number>, n: number): FuzzyEdges {
  const pairs: [i: number, j: number, weight: number][] = [];
  for (const [key, weight] of seen) {
    const [i, j] = [Math.floor(key / n), key % n];
    const other = seen.get(j * n + i);
    // A pair that both see is made once, from its smaller row.
    if (other !== undefined && j < i) continue;
    pairs.push([i, j, other === undefined ? weight : weight + other - weight * other]);
  }
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const both = pairs.flatMap(([i, j, weight]) => [[i, j, weight] as const, [j, i, weight] as const]);
  return {
    from: Int32Array.from(both, ([i]) => i),
    to: Int32Array.from(both, ([, j]) => j),
    weight: Float64Array.from(both, ([, , weight]) => weight),
  };
}
