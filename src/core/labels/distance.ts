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

/** Stands for "no border in this column": its square is still exact in float64 and beyond any plane. */
const far = 2 ** 26;

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
  const column = columnDistance(data, height, width, closed ? 1 : far);
  const out = new Float32Array(height * width);
  const envelope = makeEnvelope(width + 2);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; ) {
      const label = data[row + x] as number;
      const start = x++;
      while (x < width && data[row + x] === label) x++;
      if (label === 0) continue;
      envelope.clear();
      if (start > 0 || closed) envelope.add(start - 1, 0);
      for (let i = start; i < x; i++) {
        const g = column[row + i] as number;
        if (g < far) envelope.add(i, g * g);
      }
      if (x < width || closed) envelope.add(x, 0);
      envelope.write(start, x, out, row);
    }
  }
  return { dtype: "float32", height, width, data: out };
}

/** Distance along the column to the nearest pixel of another value; `edge` is the distance from the first row out. */
function columnDistance(data: ArrayLike<number>, height: number, width: number, edge: number): Int32Array {
  const g = new Int32Array(height * width);
  g.fill(edge, 0, width);
  for (let i = width; i < g.length; i++) {
    g[i] = data[i] === data[i - width] ? Math.min(far, (g[i - width] as number) + 1) : 1;
  }
  const last = (height - 1) * width;
  for (let i = last; i < g.length; i++) if ((g[i] as number) > edge) g[i] = edge;
  for (let i = last - 1; i >= 0; i--) {
    const up = data[i] === data[i + width] ? (g[i + width] as number) + 1 : 1;
    if (up < (g[i] as number)) g[i] = up;
  }
  return g;
}

interface Envelope {
  clear(): void;
  /** Adds a parabola with its foot at x, of height `square`; x must grow from call to call. */
  add(x: number, square: number): void;
  write(from: number, end: number, out: Float32Array, row: number): void;
}

function makeEnvelope(capacity: number): Envelope {
  const feet = new Int32Array(capacity);
  const squares = new Float64Array(capacity);
  /** First x at which parabola k is the lowest. */
  const starts = new Int32Array(capacity);
  let count = 0;
  return {
    clear: () => {
      count = 0;
    },
    add: (x, square) => {
      let start = -1;
      while (count > 0) {
        const foot = feet[count - 1] as number;
        const rise = x * x - foot * foot + square - (squares[count - 1] as number);
        start = Math.floor(rise / (2 * (x - foot))) + 1;
        if (start > (starts[count - 1] as number)) break;
        count--;
      }
      feet[count] = x;
      squares[count] = square;
      starts[count] = count === 0 ? -1 : start;
      count++;
    },
    write: (from, end, out, row) => {
      if (count === 0) {
        out.fill(Infinity, row + from, row + end);
        return;
      }
      let k = 0;
      for (let x = from; x < end; x++) {
        while (k + 1 < count && (starts[k + 1] as number) <= x) k++;
        const dx = x - (feet[k] as number);
        out[row + x] = Math.sqrt(dx * dx + (squares[k] as number));
      }
    },
  };
}
