/**
 * Exact Euclidean distance from every pixel of a box to the nearest marked one, with a length per pixel for each axis.
 *
 * Distances between outlines need a field around marked pixels, where `core/labels` measures depth inside objects; and
 * they need micrometres, where pixels may be taller than wide. Columns by two passes, rows by the lower envelope of
 * parabolas (Meijster, Roerdink and Hesselink 2000; Felzenszwalb and Huttenlocher 2012). Scratch is kept between calls,
 * because a field is made for each of thousands of small boxes.
 */

export interface PixelLengths {
  readonly y: number;
  readonly x: number;
}

export interface DistanceField {
  /**
   * @param marked  1 where distance is 0; row-major, at least height x width long. Not changed.
   * @returns distances in the unit of `lengths`, row-major; `Infinity` when nothing is marked. Valid until the next call.
   */
  measure(marked: Uint8Array, height: number, width: number, lengths: PixelLengths): Float64Array;
}

/** Cost of a call: O(height x width). */
export function createDistanceField(): DistanceField {
  let distance = new Float64Array(0);
  let squares = new Float64Array(0);
  let site = new Int32Array(0);
  let start = new Float64Array(0);
  return {
    measure(marked, height, width, lengths) {
      if (distance.length < height * width) distance = new Float64Array(height * width);
      if (squares.length < width) {
        squares = new Float64Array(width);
        site = new Int32Array(width);
        start = new Float64Array(width + 1);
      }
      measureColumns(marked, height, width, lengths.y, distance);
      for (let y = 0; y < height; y++) {
        const row = y * width;
        for (let x = 0; x < width; x++) squares[x] = (distance[row + x] as number) ** 2;
        lowerEnvelope(squares, width, lengths.x, site, start, distance, row);
      }
      return distance.subarray(0, height * width);
    },
  };
}

function measureColumns(
  marked: Uint8Array,
  height: number,
  width: number,
  length: number,
  out: Float64Array,
): void {
  for (let i = 0; i < height * width; i++) {
    out[i] = marked[i] === 1 ? 0 : i < width ? Infinity : (out[i - width] as number) + length;
  }
  for (let i = (height - 1) * width - 1; i >= 0; i--) {
    const below = (out[i + width] as number) + length;
    if (below < (out[i] as number)) out[i] = below;
  }
}

/** Writes sqrt(min over x' of squares[x'] + (length (x - x'))²) into a row of `out`. */
function lowerEnvelope(
  squares: Float64Array,
  width: number,
  length: number,
  site: Int32Array,
  start: Float64Array,
  out: Float64Array,
  row: number,
): void {
  let last = -1;
  for (let x = 0; x < width; x++) {
    const f = squares[x] as number;
    if (f === Infinity) continue;
    let from = -Infinity;
    while (last >= 0) {
      const other = site[last] as number;
      from = (x + other) / 2 + (f - (squares[other] as number)) / (2 * length * length * (x - other));
      if (from > (start[last] as number)) break;
      last--;
    }
    if (last < 0) from = -Infinity;
    last++;
    site[last] = x;
    start[last] = from;
  }
  if (last < 0) return;
  start[last + 1] = Infinity;
  for (let x = 0, k = 0; x < width; x++) {
    while ((start[k + 1] as number) < x) k++;
    const other = site[k] as number;
    out[row + x] = Math.sqrt((squares[other] as number) + (length * (x - other)) ** 2);
  }
}
