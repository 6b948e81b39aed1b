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

/**
 * Intensities at another size.
 *
 * @param image  any dtype, axes yx.
 * @param height, width  new size in pixels, at least 1.
 * @returns float32, axes yx. Cost: O(input + output pixels) per axis.
 */
export function resamplePlane(image: Plane, height: number, width: number): Plane<"float32"> {
  const out = makePlane("float32", height, width);
  const across = makeTaps(image.width, width);
  const down = makeTaps(image.height, height);
  const rows = new Float32Array(image.height * width);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const weights = across.weights[x] as Float64Array;
      const start = y * image.width + (across.first[x] as number);
      let sum = 0;
      for (let k = 0; k < weights.length; k++)
        sum += (weights[k] as number) * (image.data[start + k] as number);
      rows[y * width + x] = sum;
    }
  }
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const weights = down.weights[y] as Float64Array;
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const row = ((down.first[y] as number) + k) * width;
      const weight = weights[k] as number;
      for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + weight * (rows[row + x] as number);
    }
    out.data.set(sums, y * width);
  }
  return out;
}

/** Labels at another size: each new pixel takes the label under its centre. Small objects may vanish. */
export function resampleLabels(labels: LabelImage, height: number, width: number): LabelImage {
  const out = makePlane("int32", height, width);
  const columns = Int32Array.from({ length: width }, (_, x) => nearest(x, labels.width, width));
  for (let y = 0; y < height; y++) {
    const row = nearest(y, labels.height, height) * labels.width;
    for (let x = 0; x < width; x++)
      out.data[y * width + x] = labels.data[row + (columns[x] as number)] as number;
  }
  return out;
}

const nearest = (index: number, from: number, to: number): number => Math.floor(((index + 0.5) * from) / to);
