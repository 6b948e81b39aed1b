/**
 * Exact Euclidean distance inside objects, in linear time.
 *
 * One pass down and one up the columns, then the lower envelope of parabolas along each run of a row (Meijster, Roerdink
 * and Hesselink 2000; Felzenszwalb and Huttenlocher 2012). A parabola x -> height² + (x - foot)² lies on the envelope
 * exactly when the point (foot, height² + foot²) lies on a lower convex hull, so whole numbers decide and nothing is
 * divided. Extended to label images: an object's border is any pixel of another value, so touching objects need no gap.
 * That works row by row because the ends of a run of one label are themselves border pixels, nearer than anything
 * behind them.
 */

import type { LabelImage, Mask, Plane } from "../array/index.ts";
import { objectRuns, type RowRuns } from "./row-runs.ts";

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
  const rows = objectRuns(image);
  const edge = closed ? 1 : far;
  const out = distanceFromAbove(data, rows, width, edge);
  const columns = new Float64Array(width);
  const hull = new Hull(width + 2);
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    for (let r = rows.rowStarts[y] as number; r < (rows.rowStarts[y + 1] as number); r++) {
      const x0 = rows.runs[3 * r + 1] as number;
      const x1 = rows.runs[3 * r + 2] as number;
      if (y === height - 1) {
        for (let x = x0; x < x1; x++) columns[x] = Math.min(out[row + x] as number, edge);
      } else nearerBelow(data, out, columns, row, x0, x1, width);
      hull.build(columns, x0, x1, x0 > 0 || closed, x1 < width || closed);
      hull.writeDistances(out, row, x0, x1);
    }
  }
  return { dtype: "float32", height, width, data: out };
}

/** Distance up the column to the nearest pixel of another value; `edge` is the distance from the first row out. */
function distanceFromAbove(
  data: Uint8Array | Int32Array,
  { runs, values }: RowRuns,
  width: number,
  edge: number,
): Float32Array<ArrayBuffer> {
  const g = new Float32Array(data.length);
  for (let r = 0; r < values.length; r++) {
    const row = (runs[3 * r] as number) * width;
    const end = row + (runs[3 * r + 2] as number);
    const value = values[r] as number;
    for (let i = row + (runs[3 * r + 1] as number); i < end; i++) {
      if (row === 0) g[i] = edge;
      else g[i] = data[i - width] === value ? (g[i - width] as number) + 1 : 1;
    }
  }
  return g;
}

/** Makes `columns`, the distances of the row below along the column, those of the run [x0, x1) of the row at `row`. */
function nearerBelow(
  data: Uint8Array | Int32Array,
  fromAbove: Float32Array,
  columns: Float64Array,
  row: number,
  x0: number,
  x1: number,
  width: number,
): void {
  const value = data[row + x0] as number;
  for (let x = x0; x < x1; x++) {
    const i = row + x;
    const up = data[i + width] === value ? (columns[x] as number) + 1 : 1;
    const down = fromAbove[i] as number;
    columns[x] = Math.min(up, down);
  }
}

/** The parabolas that are lowest somewhere, left to right, as corners of a convex hull. */
class Hull {
  readonly #feet: Float64Array;
  /** Square of the height at the foot plus square of the foot. */
  readonly #levels: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#feet = new Float64Array(capacity);
    this.#levels = new Float64Array(capacity);
  }

  /** Hull of the run [x0, x1) of one row from its distances along the columns. */
  build(columns: Float64Array, x0: number, x1: number, leftBorder: boolean, rightBorder: boolean): void {
    const feet = this.#feet;
    const levels = this.#levels;
    let count = 0;
    let top = 0;
    let topLevel = 0;
    const last = rightBorder ? x1 : x1 - 1;
    for (let x = leftBorder ? x0 - 1 : x0; x <= last; x++) {
      const height = x < x0 || x === x1 ? 0 : (columns[x] as number);
      if (height >= far) continue;
      const level = height * height + x * x;
      while (count > 1) {
        const before = feet[count - 2] as number;
        const beforeLevel = levels[count - 2] as number;
        if ((topLevel - beforeLevel) * (x - top) < (level - topLevel) * (top - before)) break;
        count--;
        top = before;
        topLevel = beforeLevel;
      }
      feet[count] = x;
      levels[count] = level;
      count++;
      top = x;
      topLevel = level;
    }
    this.#count = count;
  }

  /** Root of the lowest parabola at each pixel of the run. */
  writeDistances(out: Float32Array, row: number, x0: number, x1: number): void {
    const count = this.#count;
    if (count === 0) {
      out.fill(Infinity, row + x0, row + x1);
      return;
    }
    const feet = this.#feet;
    const levels = this.#levels;
    let foot = feet[0] as number;
    let level = levels[0] as number;
    let k = 1;
    for (let x = x0; x < x1; x++) {
      let lowest = level - 2 * x * foot;
      for (; k < count; k++) {
        const next = (levels[k] as number) - 2 * x * (feet[k] as number);
        if (next > lowest) break;
        foot = feet[k] as number;
        level = levels[k] as number;
        lowest = next;
      }
      out[row + x] = Math.sqrt(lowest + x * x);
    }
  }
}
