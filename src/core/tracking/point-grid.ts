/**
 * Points in square bins, so that a search looks at the bins around a place and never at all points.
 *
 * Built by one counting sort; about two points per bin when they are spread evenly. Answers are ordered by distance,
 * then by position, so that they do not depend on the size of the bins.
 */

/** Found points: `indices[k]` at squared distance `squares[k]`, nearest first, `count` of them. */
export interface Nearest {
  readonly indices: Int32Array;
  readonly squares: Float64Array;
  count: number;
}

export interface PointGrid {
  /** Calls back for each point at most `radius` away, in no particular order. */
  within(y: number, x: number, radius: number, visit: (index: number, square: number) => void): void;
  /**
   * Writes the nearest points at most `radius` away into `found` (as many as it has room for).
   *
   * @param except  position of a point to leave out; -1 for none.
   */
  nearest(y: number, x: number, radius: number, found: Nearest, except?: number): void;
}

export const nearestRoom = (k: number): Nearest => ({
  indices: new Int32Array(k),
  squares: new Float64Array(k),
  count: 0,
});

type Coordinates = Float32Array | Float64Array;

/** Points per bin aimed at. */
const pointsPerBin = 2;

/** Cost: O(points) to build; a search O(points found) when points are spread evenly. */
export function pointGrid(ys: Coordinates, xs: Coordinates): PointGrid {
  const count = ys.length;
  const bounds = boundsOf(ys, xs);
  const [top, left] = [bounds.y0, bounds.x0];
  const [spanY, spanX] = [bounds.y1 - top, bounds.x1 - left];
  const wanted = Math.max(1, count / pointsPerBin);
  // A line of points has no area: then bins follow its length alone.
  const side = Math.max(Math.sqrt((spanY * spanX) / wanted), Math.max(spanY, spanX) / wanted, 1e-6);
  const rows = Math.floor(spanY / side) + 1;
  const columns = Math.floor(spanX / side) + 1;
  const { starts, items } = sortIntoBins(ys, xs, { top, left, side, rows, columns });
  const clamp = (value: number, max: number): number => Math.max(0, Math.min(value, max));

  const within: PointGrid["within"] = (y, x, radius, visit) => {
    if (count === 0) return;
    const limit = radius * radius;
    const row1 = clamp(Math.floor((y + radius - top) / side), rows - 1);
    const column0 = clamp(Math.floor((x - radius - left) / side), columns - 1);
    const column1 = clamp(Math.floor((x + radius - left) / side), columns - 1);
    for (let row = clamp(Math.floor((y - radius - top) / side), rows - 1); row <= row1; row++) {
      for (let k = starts[row * columns + column0]; k < starts[row * columns + column1 + 1]; k++) {
        const at = items[k];
        const [dy, dx] = [ys[at] - y, xs[at] - x];
        const square = dy * dy + dx * dx;
        if (square <= limit) visit(at, square);
      }
    }
  };

  const nearest: PointGrid["nearest"] = (y, x, radius, found, except = -1) => {
    found.count = 0;
    const room = found.indices.length;
    // Wider and wider squares: the k-th distance of a complete square is final.
    const far = Math.hypot(
      Math.max(Math.abs(y - top), Math.abs(y - bounds.y1)),
      Math.max(Math.abs(x - left), Math.abs(x - bounds.x1)),
    );
    // A little more than the farthest corner, so that rounding never leaves out a point there.
    const limit = Math.min(radius, far * 1.0001 + side);
    for (let ring = side; ; ring *= 2) {
      const now = Math.min(ring, limit);
      found.count = 0;
      within(y, x, now, (at, square) => {
        if (at !== except) insertNearest(found, at, square);
      });
      if (found.count === room || now >= limit) return;
    }
  };
  return { within, nearest };
}

/** Keeps the list sorted by distance, then position; the farthest falls off a full list. */
export function insertNearest(found: Nearest, at: number, square: number): void {
  const { indices, squares } = found;
  let place = found.count;
  while (
    place > 0 &&
    (squares[place - 1] > square || (squares[place - 1] === square && indices[place - 1] > at))
  )
    place--;
  if (place === indices.length) return;
  const last = Math.min(found.count, indices.length - 1);
  for (let k = last; k > place; k--) {
    indices[k] = indices[k - 1];
    squares[k] = squares[k - 1];
  }
  indices[place] = at;
  squares[place] = square;
  found.count = last + 1;
}

function boundsOf(ys: Coordinates, xs: Coordinates): { y0: number; x0: number; y1: number; x1: number } {
  let [y0, x0, y1, x1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < ys.length; i++) {
    y0 = Math.min(y0, ys[i]);
    y1 = Math.max(y1, ys[i]);
    x0 = Math.min(x0, xs[i]);
    x1 = Math.max(x1, xs[i]);
  }
  return ys.length === 0 ? { y0: 0, x0: 0, y1: 0, x1: 0 } : { y0, x0, y1, x1 };
}

interface Bins {
  readonly top: number;
  readonly left: number;
  readonly side: number;
  readonly rows: number;
  readonly columns: number;
}

function sortIntoBins(
  ys: Coordinates,
  xs: Coordinates,
  { top, left, side, rows, columns }: Bins,
): { starts: Int32Array; items: Int32Array } {
  const starts = new Int32Array(rows * columns + 1);
  const bins = new Int32Array(ys.length);
  for (let i = 0; i < ys.length; i++) {
    bins[i] = Math.floor((ys[i] - top) / side) * columns + Math.floor((xs[i] - left) / side);
    starts[bins[i] + 1]++;
  }
  for (let b = 0; b < rows * columns; b++) starts[b + 1] += starts[b];
  const next = starts.slice();
  const items = new Int32Array(ys.length);
  for (let i = 0; i < ys.length; i++) items[next[bins[i]]++] = i;
  return { starts, items };
}
