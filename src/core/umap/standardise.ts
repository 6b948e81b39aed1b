/** Features made comparable before cells are, and the two main axes of what they span. */

import { rng as startRng } from "../rng.ts";

/**
 * Each feature with mean 0 and standard deviation 1; NaN becomes the mean, features that do not differ are left out.
 *
 * @returns n x features, row-major.
 */
export function standardised(
  columns: readonly Float64Array[],
  n: number,
): { readonly data: Float64Array; readonly features: number } {
  const kept = columns.flatMap((column) => {
    const known = column.filter(Number.isFinite);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
    // Rounding of a constant is no difference.
    if (!(spread > 1e-9 * Math.abs(mean)) || spread === 0) return [];
    return [column.map((value) => (Number.isFinite(value) ? (value - mean) / spread : 0))];
  });
  const data = new Float64Array(n * kept.length);
  for (const [c, column] of kept.entries()) {
    for (let i = 0; i < n; i++) data[i * kept.length + c] = column[i] as number;
  }
  return { data, features: kept.length };
}

const powerSteps = 100;
/** Half of the side of the square in which the map begins. */
const extent = 10;

/**
 * Rows on the two main axes of the data (power iteration), scaled to ±10, with a little chance so that no two lie on one spot.
 *
 * @returns n x 2, row-major. Cost: O(100 x n x d).
 */
export function mainAxes(data: Float64Array, n: number, d: number, seed: number): Float64Array {
  const rng = startRng(seed, "umap axes");
  const places = new Float64Array(2 * n);
  const axes: Float64Array[] = [];
  for (let a = 0; a < 2; a++) {
    let axis = Float64Array.from({ length: d }, () => rng.normal());
    for (let step = 0; step < powerSteps; step++) axis = turned(data, n, d, axis, axes);
    axes.push(axis);
    let most = 0;
    const along = Float64Array.from({ length: n }, (_, i) => dot(data, i * d, axis, d));
    for (const value of along) most = Math.max(most, Math.abs(value));
    for (let i = 0; i < n; i++)
      places[2 * i + a] = (most === 0 ? 0 : (extent * (along[i] as number)) / most) + 1e-4 * rng.normal();
  }
  return places;
}

/** One step of power iteration, at right angles to the axes that are known. */
function turned(
  data: Float64Array,
  n: number,
  d: number,
  axis: Float64Array,
  known: readonly Float64Array[],
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const along = dot(data, i * d, axis, d);
    for (let c = 0; c < d; c++) next[c] = (next[c] as number) + along * (data[i * d + c] as number);
  }
  for (const other of known) {
    const along = dot(next, 0, other, d);
    for (let c = 0; c < d; c++) next[c] = (next[c] as number) - along * (other[c] as number);
  }
  const length = Math.sqrt(dot(next, 0, next, d));
  return length === 0 ? next : next.map((value) => value / length);
}

function dot(a: Float64Array, from: number, b: Float64Array, d: number): number {
  let sum = 0;
  for (let c = 0; c < d; c++) sum += (a[from + c] as number) * (b[c] as number);
  return sum;
}
