/**
 * Gradient of a convolution's weights as one large matrix product.
 *
 * dW[o, c, i, j] = sum over pixels of dY[o, y, x] · X[c, y + i - p, x + j - p]. The runtime has no operator for it, and a
 * convolution with a kernel as large as the image is slow. Instead shifted copies are laid side by side as channels. The
 * trick: columns are shifted in X and rows (the opposite way) in dY, so a 3x3 kernel needs 3 + 3 copies instead of 9, and
 * the product of 3·O by 3·C rows gives all nine offsets at once. Which side is shifted is chosen by the fewest copies.
 */
import { sum } from "./broadcasting.ts";
import type { ConvolutionGeometry } from "./convolution-geometry.ts";
import type { Shape, Value } from "./graph.ts";
import { matrixProduct } from "./matrix-product.ts";
import { concatenate, pad, reshape, slice, transpose } from "./shape.ts";

/** x[.., h + rows, w + columns] with zeros from outside; same shape as x. */
function shifted(x: Value, rows: number, columns: number): Value {
  return pad(x, [0, 0, -rows, -columns], [0, 0, rows, columns]);
}

/** Channels of `x` at every offset, offset-major: [n, rows·columns·c, h·w]. */
function shiftedChannels(x: Value, rowOffsets: readonly number[], columnOffsets: readonly number[]): Value {
  const [n, , h, w] = x.shape as [number, number, number, number];
  const copies = rowOffsets.flatMap((row) => columnOffsets.map((column) => shifted(x, row, column)));
  const joined = concatenate(copies, 1);
  return reshape(joined, [n, joined.shape[1] as number, h * w]);
}

/** dY·Xᵀ summed over the batch: [rows of dY, rows of X]. */
function correlate(dy: Value, x: Value): Value {
  const product = matrixProduct(dy, x, { transposeA: false, transposeB: true });
  const [, rows, columns] = product.shape as [number, number, number];
  return reshape(sum(product, [0]), [rows, columns]);
}

/** For stride 1 and "same" padding: shifts split between X and dY so that the fewest pixels are copied. */
function sameSizeGradient(x: Value, dy: Value, weightShape: Shape): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const offsets = Array.from({ length: k }, (_, i) => i - (k - 1) / 2);
  // dY is shifted the other way, so kernel row i appears where dY's row offset is -(i - p).
  const opposite = offsets.map((i) => -i);
  const none = [0];
  const copied = (factor: number, channels: number): number => (factor === 1 ? 0 : factor * channels);
  const plans = [
    { cost: copied(k, c) + copied(k, o), xRows: none, xColumns: offsets, dyRows: opposite },
    { cost: copied(k * k, c), xRows: offsets, xColumns: offsets, dyRows: none },
  ].sort((a, b) => a.cost - b.cost);
  const { xRows, xColumns, dyRows } = plans[0] as (typeof plans)[number];
  const product = correlate(shiftedChannels(dy, dyRows, none), shiftedChannels(x, xRows, xColumns));
  // Either dyRows or xRows carries the kernel rows; the other has length 1.
  const split = reshape(product, [dyRows.length, o, xRows.length, xColumns.length, c]);
  return reshape(transpose(split, [1, 4, 0, 2, 3]), weightShape);
}

/** Any stride and padding: one slice of the padded input per kernel position. */
function slicedGradient(
  x: Value,
  dy: Value,
  weightShape: Shape,
  { stride, padding }: ConvolutionGeometry,
): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const [n, , h, w] = dy.shape as [number, number, number, number];
  const rest = (axis: 2 | 3, outputs: number): number => {
    // Slices of `stride` phases need whole periods behind the last offset.
    const needed = (outputs - 1) * stride + k + (stride - 1);
    return needed - (x.shape[axis] as number) - padding;
  };
  const padded = pad(x, [0, 0, padding, padding], [0, 0, rest(2, h), rest(3, w)]);
  const strided = (from: Value, axis: 2 | 3, start: number, outputs: number): Value => {
    const part = slice(from, axis, start, start + outputs * stride);
    const shape = [...part.shape.slice(0, axis), outputs, stride, ...part.shape.slice(axis + 1)];
    const kept = slice(reshape(part, shape), axis + 1, 0, 1);
    return reshape(kept, [...part.shape.slice(0, axis), outputs, ...part.shape.slice(axis + 1)]);
  };
  const flat = reshape(dy, [n, o, h * w]);
  const positions: Value[] = [];
  for (let i = 0; i < k; i++) {
    const rows = strided(padded, 2, i, h);
    for (let j = 0; j < k; j++) {
      const pixels = reshape(strided(rows, 3, j, w), [n, c, h * w]);
      positions.push(reshape(correlate(flat, pixels), [o, c, 1]));
    }
  }
  return reshape(concatenate(positions, 2), weightShape);
}

/** dW, of shape `weightShape` [o, c, k, k], for `x` [n, c, h, w] and `dy` [n, o, h', w']. */
export function convolutionWeightGradient(
  x: Value,
  dy: Value,
  weightShape: Shape,
  geometry: ConvolutionGeometry,
): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const [n, , h, w] = x.shape as [number, number, number, number];
  if (k === 1 && geometry.stride === 1 && geometry.padding === 0) {
    return reshape(correlate(reshape(dy, [n, o, h * w]), reshape(x, [n, c, h * w])), weightShape);
  }
  if (geometry.stride === 1 && k % 2 === 1 && geometry.padding === (k - 1) / 2) {
    return sameSizeGradient(x, dy, weightShape);
  }
  return slicedGradient(x, dy, weightShape, geometry);
}
