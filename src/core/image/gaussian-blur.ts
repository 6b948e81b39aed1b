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
  const source = new Float32Array(data);
  if (!(sigmaPx > 0)) return { dtype: "float32", height, width, data: source };
  const kernel = gaussianKernel(Math.min(sigmaPx, sigmaPxMax));
  const across = new Float32Array(source.length);
  const isShort = kernel.length === 5;
  const padded = new Float32Array(width + 2 * (kernel.length - 1));
  for (let y = 0; y < height; y++) {
    padRow(source, y * width, width, padded);
    if (isShort) blurRowShort(padded, kernel, across, y * width, width);
    else blurRow(padded, kernel, across, y * width, width);
  }
  // Down the columns a whole row at a time, so that memory is read in order.
  if (isShort) for (let y = 0; y < height; y++) blurColumnsShort(across, kernel, source, y, height, width);
  else blurColumns(across, kernel, source, height, width);
  return { dtype: "float32", height, width, data: source };
}

/** One row with its edge pixels repeated on both sides. */
function padRow(source: Float32Array, row: number, width: number, padded: Float32Array): void {
  const radius = (padded.length - width) / 2;
  padded.fill(source[row] as number, 0, radius);
  padded.set(source.subarray(row, row + width), radius);
  padded.fill(source[row + width - 1] as number, radius + width);
}

function blurRow(
  padded: Float32Array,
  kernel: Float64Array,
  out: Float32Array,
  row: number,
  width: number,
): void {
  const radius = kernel.length - 1;
  for (let x = 0; x < width; x++) {
    let sum = (kernel[0] as number) * (padded[x + radius] as number);
    for (let k = 1; k <= radius; k++) {
      sum +=
        (kernel[k] as number) * ((padded[x + radius - k] as number) + (padded[x + radius + k] as number));
    }
    out[row + x] = sum;
  }
}

function blurColumns(
  across: Float32Array,
  kernel: Float64Array,
  out: Float32Array,
  height: number,
  width: number,
): void {
  const radius = kernel.length - 1;
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
}

/**
 * As `blurRow` for a kernel of radius 4 (a standard deviation of about 1, that of post-processing), written out: the same
 * sums in the same order, three times as fast.
 */
function blurRowShort(
  padded: Float32Array,
  kernel: Float64Array,
  out: Float32Array,
  row: number,
  width: number,
): void {
  const [k0, k1, k2, k3, k4] = kernel as unknown as readonly [number, number, number, number, number];
  for (let x = 0; x < width; x++) {
    out[row + x] =
      k0 * (padded[x + 4] as number) +
      k1 * ((padded[x + 3] as number) + (padded[x + 5] as number)) +
      k2 * ((padded[x + 2] as number) + (padded[x + 6] as number)) +
      k3 * ((padded[x + 1] as number) + (padded[x + 7] as number)) +
      k4 * ((padded[x] as number) + (padded[x + 8] as number));
  }
}

/** One row of `blurColumns` for a kernel of radius 4. */
function blurColumnsShort(
  across: Float32Array,
  kernel: Float64Array,
  out: Float32Array,
  y: number,
  height: number,
  width: number,
): void {
  const [k0, k1, k2, k3, k4] = kernel as unknown as readonly [number, number, number, number, number];
  const up = (k: number): number => Math.max(0, y - k) * width;
  const down = (k: number): number => Math.min(height - 1, y + k) * width;
  const [u1, u2, u3, u4] = [up(1), up(2), up(3), up(4)];
  const [d1, d2, d3, d4] = [down(1), down(2), down(3), down(4)];
  const row = y * width;
  for (let x = 0; x < width; x++) {
    out[row + x] =
      k0 * (across[row + x] as number) +
      k1 * ((across[u1 + x] as number) + (across[d1 + x] as number)) +
      k2 * ((across[u2 + x] as number) + (across[d2 + x] as number)) +
      k3 * ((across[u3 + x] as number) + (across[d3 + x] as number)) +
      k4 * ((across[u4 + x] as number) + (across[d4 + x] as number));
  }
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
