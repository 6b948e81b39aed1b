/** Which cells lie inside a gate: a range of one feature, or a line drawn around points of two. Pure. */

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

/** Half-open at neither end: both limits belong to the range. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whether a value lies in a range; NaN lies in none. */
const inRange = (value: number, { from, to }: Range): boolean => value >= from && value <= to;

/**
 * Whether a point lies inside a closed line, by the rule of even and odd crossings; the ring closes itself.
 *
 * Cost: O(corners).
 */
export function insideRing(ring: readonly PlotPoint[], { x, y }: PlotPoint): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i] as PlotPoint, ring[j] as PlotPoint];
    if (a.y > y === b.y > y) continue;
    if (x < a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)) inside = !inside;
  }
  return inside;
}

/** Rows whose two values lie inside the line. Rows with an unknown value lie outside. */
export function rowsInRing(
  ring: readonly PlotPoint[],
  xs: Float64Array,
  ys: Float64Array,
  rows: Iterable<number>,
): number[] {
  if (ring.length < 3) return [];
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of ring) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const found: number[] = [];
  for (const row of rows) {
    const [x, y] = [xs[row] as number, ys[row] as number];
    if (x >= left && x <= right && y >= low && y <= high && insideRing(ring, { x, y })) found.push(row);
  }
  return found;
}

/** Rows of which every given feature lies in its range. */
export function rowsInRanges(
  gates: readonly { readonly values: Float64Array; readonly range: Range }[],
  rows: Iterable<number>,
): number[] {
  const found: number[] = [];
  for (const row of rows) {
    if (gates.every(({ values, range }) => inRange(values[row] as number, range))) found.push(row);
  }
  return found;
}
