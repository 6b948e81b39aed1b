/**
 * Gaussian smoothing, separable, with the edge pixel repeated beyond the edge.
 *
 * The kernel is cut at four standard deviations, as in SciPy's `gaussian_filter` with mode "nearest".
 */

import type { Plane } from "../array/index.ts";

/** Wider than this is background estimation, for which resampling first is the right way. */
const sigmaPxMax = 100;

/**
 * @param image  any dtype, axes yx.
 * @param sigmaPx  standard deviation in pixels, 0..100; 0 copies.
 * @returns float32, axes yx. Cost: O(pixels x sigma).
 */
export function gaussianBlur(image: Plane, sigmaPx: number): Plane<"float32"> {
  const { height, width, data } = image;
  const source = Float32Array.from(data);
  if (!(sigmaPx > 0)) return { dtype: "float32", height, width, data: source };
  const kernel = gaussianKernel(Math.min(sigmaPx, sigmaPxMax));
  const across = new Float32Array(source.length);
  const radius = kernel.length - 1;
  const padded = new Float32Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    padded.fill(source[row] as number, 0, radius);
    padded.set(source.subarray(row, row + width), radius);
    padded.fill(source[row + width - 1] as number, radius + width);
    for (let x = 0; x < width; x++) {
      let sum = (kernel[0] as number) * (padded[x + radius] as number);
      for (let k = 1; k <= radius; k++) {
        sum +=
          (kernel[k] as number) * ((padded[x + radius - k] as number) + (padded[x + radius + k] as number));
      }
      across[row + x] = sum;
    }
  }
  // Down the columns a whole row at a time, so that memory is read in order.
  const out = source;
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) sums[x] = (kernel[0] as number) * (across[row + x] as number);
    for (let k = 1; k <= radius; k++) {
      const up = Math.max(0, y - k) * width;
      const down = Math.min(height - 1, y + k) * width;
      const weight = kernel[k] as number;
      for (let x = 0; x < width; x++) {
        sums[x] = (sums[x] as number) + weight * ((across[up + x] as number) + (across[down + x] as number));
      }
    }
    out.set(sums, row);
  }
  return { dtype: "float32", height, width, data: out };
}

/** Right half of the normalised kernel, centre first. */
function gaussianKernel(sigmaPx: number): Float64Array {
  const radius = Math.max(1, Math.floor(4 * sigmaPx + 0.5));
  const kernel = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp(-(k * k) / (2 * sigmaPx * sigmaPx)),
  );
  let total = kernel[0] as number;
  for (let k = 1; k <= radius; k++) total += 2 * (kernel[k] as number);
  return kernel.map((value) => value / total);
}
