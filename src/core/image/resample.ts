/**
 * Planes at another size. Pixel areas are kept aligned: the corners of the first and last pixels stay where they are.
 *
 * Shrinking averages over the area a new pixel covers, since picking single pixels would alias; enlarging is bilinear.
 */

import { type LabelImage, plane as makePlane, type Plane } from "../array/index.ts";

/** Where one output position reads: weights over input positions `first` to `first + weights.length - 1`. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Triangle of the width of an output pixel when shrinking, of an input pixel when enlarging; edge repeated. */
function makeTaps(from: number, to: number): Taps {
  const step = from / to;
  const support = Math.max(1, step);
  const first = new Int32Array(to);
  const weights: Float64Array[] = [];
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.floor(centre - support) + 1;
    const end = Math.ceil(centre + support);
    const low = Math.max(0, start);
    const high = Math.min(from, end);
    const row = new Float64Array(Math.max(1, high - low));
    let total = 0;
    for (let j = start; j < end; j++) {
      const weight = 1 - Math.abs(j - centre) / support;
      if (weight <= 0) continue;
      const at = Math.min(Math.max(j, low), high - 1) - low;
      row[at] = (row[at] as number) + weight;
      total += weight;
    }
    first[i] = low;
    weights.push(row.map((weight) => weight / total));
  }
  return { first, weights };
}

/** Height and width in pixels. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/** Brings a plane that comes in bands of rows to another size. */
export interface Resampler {
  /** Rows of the source, half-open, that new rows [y0, y1) are made of. */
  sourceRows(y0: number, y1: number): readonly [from: number, to: number];
  /**
   * New rows [y0, y1), the same numbers as `resamplePlane` gives of the whole plane.
   *
   * @param band  rows of the source from row `bandY0` on, at least those `sourceRows` names.
   */
  rows(band: Plane, bandY0: number, y0: number, y1: number): Plane<"float32">;
}

/** @param from  size of the source, pixels. @param to  new size, at least 1 x 1. Cost: one table of weights per axis. */
export function createResampler(from: Size, to: Size): Resampler {
  const across = makeTaps(from.width, to.width);
  const down = makeTaps(from.height, to.height);
  const sourceRows = (y0: number, y1: number): readonly [number, number] => {
    let end = 0;
    for (let y = y0; y < y1; y++)
      end = Math.max(end, (down.first[y] as number) + (down.weights[y] as Float64Array).length);
    return [down.first[y0] as number, end];
  };
  return {
    sourceRows,
    rows(band, bandY0, y0, y1) {
      const [start, end] = sourceRows(y0, y1);
      const rows = resampleAcross(band, start - bandY0, end - bandY0, across, to.width);
      return resampleDown(rows, start, down, y0, y1, to.width);
    },
  };
}

/** Rows [from, to) of a plane, each at a new width. */
function resampleAcross(image: Plane, from: number, to: number, across: Taps, width: number): Float32Array {
  const rows = new Float32Array((to - from) * width);
  for (let y = from; y < to; y++) {
    for (let x = 0; x < width; x++) {
      const weights = across.weights[x] as Float64Array;
      const start = y * image.width + (across.first[x] as number);
      let sum = 0;
      for (let k = 0; k < weights.length; k++)
        sum += (weights[k] as number) * (image.data[start + k] as number);
      rows[(y - from) * width + x] = sum;
    }
  }
  return rows;
}

/** New rows [y0, y1) from rows of the source that begin with row `start`. */
function resampleDown(
  rows: Float32Array,
  start: number,
  down: Taps,
  y0: number,
  y1: number,
  width: number,
): Plane<"float32"> {
  const out = makePlane("float32", y1 - y0, width);
  const sums = new Float64Array(width);
  for (let y = y0; y < y1; y++) {
    const weights = down.weights[y] as Float64Array;
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const row = ((down.first[y] as number) - start + k) * width;
      const weight = weights[k] as number;
      for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + weight * (rows[row + x] as number);
    }
    out.data.set(sums, (y - y0) * width);
  }
  return out;
}

/**
 * Intensities at another size.
 *
 * @param image  any dtype, axes yx.
 * @param height, width  new size in pixels, at least 1.
 * @returns float32, axes yx. Cost: O(input + output pixels) per axis.
 */
export function resamplePlane(image: Plane, height: number, width: number): Plane<"float32"> {
  return createResampler(image, { height, width }).rows(image, 0, 0, height);
}

/** Labels at another size: each new pixel takes the label under its centre. Small objects may vanish. */
export function resampleLabels(labels: LabelImage, height: number, width: number): LabelImage {
  return resampleLabelRows(labels, labels, { height, width }, { bandY0: 0, y0: 0, y1: height });
}

/**
 * Rows [y0, y1) of `resampleLabels` of a plane of size `from`, of which `band` holds the rows from `bandY0` on.
 *
 * New row y comes from the source row floor((y + 0.5) * from.height / to.height), which the band must hold.
 */
export function resampleLabelRows(
  band: LabelImage,
  from: Size,
  to: Size,
  { bandY0, y0, y1 }: { readonly bandY0: number; readonly y0: number; readonly y1: number },
): LabelImage {
  const out = makePlane("int32", y1 - y0, to.width);
  const columns = Int32Array.from({ length: to.width }, (_, x) => nearest(x, from.width, to.width));
  for (let y = y0; y < y1; y++) {
    const row = (nearest(y, from.height, to.height) - bandY0) * from.width;
    const at = (y - y0) * to.width;
    for (let x = 0; x < to.width; x++) out.data[at + x] = band.data[row + (columns[x] as number)] as number;
  }
  return out;
}

const nearest = (index: number, from: number, to: number): number => Math.floor(((index + 0.5) * from) / to);
