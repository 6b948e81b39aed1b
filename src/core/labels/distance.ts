/**
 * Exact Euclidean distance inside objects, in linear time.
 *
 * One pass down and up the columns, then the lower envelope of parabolas along each row (Meijster, Roerdink and
 * Hesselink 2000, in integers; Felzenszwalb and Huttenlocher 2012). Extended to label images: an object's border is any
 * pixel of another value, so touching objects need no gap. That works row by row because the ends of a run of one
 * label are themselves border pixels, nearer than anything behind them.
 */

import type { LabelImage, Mask, Plane } from "../array/index.ts";

export interface DistanceOptions {
  /** Whether the image's edge counts as border ("closed") or objects go on behind it ("open"). Default "open". */
  readonly edge?: "open" | "closed";
}

/** Stands for "no border in this column": beyond any plane's side, and every distance below it is exact in float32. */
const far = 2 ** 23;

/**
 * Distance in pixels, centre to centre, from each object pixel to the nearest pixel that is not of its object.
 *
 * @param image  mask or label image, axes yx; each value that is not 0 is one object.
 * @returns float32, axes yx: 0 on background, at least 1 inside; `Infinity` where no border exists at all.
 *          Squared distances are exact integers before the square root. Cost: O(pixels).
 */
export function distanceTransform(image: Mask | LabelImage, options: DistanceOptions = {}): Plane<"float32"> {
  const { height, width, data } = image;
  const closed = options.edge === "closed";
  const out = columnDistance(data, height, width, closed ? 1 : far);
  const envelope = makeEnvelope(width + 2);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; ) {
      const label = data[row + x] as number;
      if (label === 0) {
        x++;
        continue;
      }
      const start = x++;
      while (x < width && data[row + x] === label) x++;
      const count = lowerEnvelope(out, row, start, x, start > 0 || closed, x < width || closed, envelope);
      writeEnvelope(out, row, start, x, count, envelope);
    }
  }
  return { dtype: "float32", height, width, data: out };
}

/** Distance along the column to the nearest pixel of another value; `edge` is the distance from the first row out. */
function columnDistance(data: ArrayLike<number>, height: number, width: number, edge: number): Float32Array {
  const g = new Float32Array(height * width);
  for (let i = 0; i < width; i++) if (data[i] !== 0) g[i] = edge;
  for (let i = width; i < g.length; i++) {
    const label = data[i] as number;
    if (label !== 0) g[i] = label === data[i - width] ? (g[i - width] as number) + 1 : 1;
  }
  const last = (height - 1) * width;
  for (let i = last; i < g.length; i++) if ((g[i] as number) > edge) g[i] = edge;
  for (let i = last - 1; i >= 0; i--) {
    const own = g[i] as number;
    if (own <= 1) continue;
    const up = data[i] === data[i + width] ? (g[i + width] as number) + 1 : 1;
    if (up < own) g[i] = up;
  }
  return g;
}

/** The parabolas that are lowest somewhere, left to right. */
interface Envelope {
  readonly feet: Int32Array;
  readonly squares: Float64Array;
  /** First x at which each is the lowest. */
  readonly starts: Int32Array;
}

function makeEnvelope(capacity: number): Envelope {
  return {
    feet: new Int32Array(capacity),
    squares: new Float64Array(capacity),
    starts: new Int32Array(capacity),
  };
}

/** Envelope of the run [start, end) of one row from its column distances; returns how many parabolas it has. */
function lowerEnvelope(
  columns: Float32Array,
  row: number,
  start: number,
  end: number,
  leftBorder: boolean,
  rightBorder: boolean,
  { feet, squares, starts }: Envelope,
): number {
  let count = 0;
  const last = rightBorder ? end : end - 1;
  for (let x = leftBorder ? start - 1 : start; x <= last; x++) {
    const height = x < start || x === end ? 0 : (columns[row + x] as number);
    if (height >= far) continue;
    const square = height * height;
    let from = -1;
    while (count > 0) {
      const foot = feet[count - 1] as number;
      const first = starts[count - 1] as number;
      const held = squares[count - 1] as number;
      // Where the last parabola begins to be the lowest, is the new one lower already?
      if (square + (first - x) * (first - x) < held + (first - foot) * (first - foot)) {
        count--;
        continue;
      }
      const rise = (x - foot) * (x + foot) + square - held;
      from = Math.floor(x - foot === 1 ? 0.5 * rise : rise / (2 * (x - foot))) + 1;
      break;
    }
    feet[count] = x;
    squares[count] = square;
    starts[count] = count === 0 ? -1 : from;
    count++;
  }
  return count;
}

function writeEnvelope(
  out: Float32Array,
  row: number,
  start: number,
  end: number,
  count: number,
  { feet, squares, starts }: Envelope,
): void {
  if (count === 0) {
    out.fill(Infinity, row + start, row + end);
    return;
  }
  for (let k = 0, x = start; x < end; k++) {
    const foot = feet[k] as number;
    const square = squares[k] as number;
    const stop = k + 1 < count ? Math.min(end, starts[k + 1] as number) : end;
    for (; x < stop; x++) out[row + x] = Math.sqrt((x - foot) * (x - foot) + square);
  }
}
