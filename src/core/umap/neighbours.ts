/** Nearest neighbours of every row, found exactly: a map that is drawn once is worth the certainty. */

export interface NeighbourGraph {
  /** Row-major n x k: rows in order of distance, the row itself left out. */
  readonly index: Int32Array;
  /** Euclidean distances, the same order. */
  readonly distance: Float64Array;
  readonly k: number;
}

/**
 * @param data  n x d, row-major, finite. @param onProgress  hears a share of 0..1 now and then.
 * Ties go to the smaller row. Cost: O(n² d) time, O(n k) memory.
 */
export function nearestRows(
  data: Float64Array,
  n: number,
  d: number,
  k: number,
  onProgress: (share: number) => void = () => undefined,
): NeighbourGraph {
  const index = new Int32Array(n * k).fill(-1);
  const distance = new Float64Array(n * k).fill(Infinity);
  for (let i = 0; i < n; i++) {
    const from = i * k;
    let worst = Infinity;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      let sum = 0;
      for (let c = 0; c < d && sum < worst; c++) {
        const gap = (data[i * d + c] as number) - (data[j * d + c] as number);
        sum += gap * gap;
      }
      if (sum >= worst) continue;
      let at = k - 1;
      while (at > 0 && (distance[from + at - 1] as number) > sum) {
        distance[from + at] = distance[from + at - 1] as number;
        index[from + at] = index[from + at - 1] as number;
        at--;
      }
      distance[from + at] = sum;
      index[from + at] = j;
      worst = distance[from + k - 1] as number;
    }
    if (i % 256 === 0) onProgress(i / n);
  }
  for (let i = 0; i < distance.length; i++) distance[i] = Math.sqrt(distance[i] as number);
  return { index, distance, k };
}
