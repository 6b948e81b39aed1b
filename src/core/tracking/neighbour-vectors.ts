/** The surroundings of each point: vectors to its nearest neighbours, which a moving crowd carries along. */
import { nearestRoom, pointGrid } from "./point-grid.ts";

/**
 * @returns row-major, points x (2 * k): (dy, dx) to the k nearest other points, nearest first; 0 beyond the last.
 * Cost: O(points) when they are spread evenly.
 */
export function neighbourVectors(ys: Float32Array, xs: Float32Array, k: number): Float32Array {
  const vectors = new Float32Array(ys.length * 2 * k);
  const grid = pointGrid(ys, xs);
  const found = nearestRoom(k);
  for (let i = 0; i < ys.length; i++) {
    grid.nearest(ys[i], xs[i], Infinity, found, i);
    for (let n = 0; n < found.count; n++) {
      vectors[(i * k + n) * 2] = ys[found.indices[n]] - ys[i];
      vectors[(i * k + n) * 2 + 1] = xs[found.indices[n]] - xs[i];
    }
  }
  return vectors;
}
