/**
 * Gradient of a convolution's weights as one large matrix product.
 *
 * dW[o, c, i, j] = sum over pixels of dY[o, y, x] · X[c, y + i - p, x + j - p]. The runtime has no operator for it, and a
 * convolution with a kernel as large as the image is slow. So delayed copies of the images are laid side by side and
 * multiplied at once. Three plans, by geometry: `delayedGradient` for the usual "same" convolution, `shiftedGradient`
 * when x has few channels, `slicedGradient` for everything else.
 */
import { writeBlockedWeightGradient } from "./blocked-convolution.ts";
import { broadcastTo, sum } from "./broadcasting.ts";
import type { ConvolutionGeometry } from "./convolution-geometry.ts";
import type { Operator, Shape, Value } from "./graph.ts";
import { addValue, constantValue } from "./graph.ts";
import { matrixProduct } from "./matrix-product.ts";
import { concatenate, pad, reshape, slice, transpose } from "./shape.ts";

/** dY·Xᵀ summed over the batch: [rows of dY, rows of X]. Both are [n, rows, k]. */
function correlate(dy: Value, x: Value): Value {
  const product = matrixProduct(dy, x, { transposeA: false, transposeB: true });
  const [, rows, columns] = product.shape as [number, number, number];
  return reshape(sum(product, [0]), [rows, columns]);
}

const zeros = (like: Value, shape: Shape): Value =>
  broadcastTo(
    constantValue(
      like.graph,
      shape.map(() => 1),
      [0],
    ),
    shape,
  );

/**
 * Copies of each channel, delayed by growing numbers of elements, as rows: [n, c·copies, length].
 *
 * Row k of a channel is `delays[k]` zeros, the channel, and zeros up to `length`. Because delays differ by a constant, the
 * rows follow from one concatenation of the channel with blocks of zeros, cut into rows afterwards: no shifted
 * intermediate is ever written. (Concatenation runs on all threads in long copies; padding does neither.)
 */
function delayedCopies(flat: Value, delays: readonly number[], length: number): Value {
  const [n, c, pixels] = flat.shape as [number, number, number];
  const parts: Value[] = [];
  const gap = (count: number): void => {
    if (count > 0) parts.push(zeros(flat, [n, c, count]));
  };
  let end = 0;
  delays.forEach((delay, k) => {
    const start = k * length + delay;
    gap(start - end);
    parts.push(flat);
    end = start + pixels;
  });
  gap(delays.length * length - end);
  return reshape(concatenate(parts, 2), [n, c * delays.length, length]);
}

/**
 * Rows of pixels with `guard` zeros behind each, flattened: [n, c, h·(w + guard)].
 *
 * With the guard, a shift by some columns is a shift of the flat image: what leaves a row lands among zeros.
 */
function guarded(x: Value, guard: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return reshape(concatenate([x, zeros(x, [n, c, h, guard])], 3), [n, c, h * (w + guard)]);
}

/**
 * For stride 1 and "same" padding. Kernel rows are delays of dY, kernel columns are delays of X, so a kxk kernel needs k + k
 * copies instead of k², and the product of k·O by k·C rows gives all k² offsets at once.
 */
function delayedGradient(x: Value, dy: Value, weightShape: Shape): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const [, , h, w] = x.shape as [number, number, number, number];
  const reach = (k - 1) / 2;
  const pitch = w + reach;
  const length = (h + 2 * reach) * pitch;
  const offsets = Array.from({ length: k }, (_, i) => i);
  // Element t of row i of dY meets element t of row j of X at a distance of (i - p) rows and (j - p) columns.
  const dyDelays = offsets.map((i) => i * pitch);
  const xDelays = offsets.map((j) => reach * pitch + reach - j);
  const product = correlate(
    delayedCopies(guarded(dy, reach), dyDelays, length),
    delayedCopies(guarded(x, reach), xDelays, length),
  );
  return transpose(reshape(product, [o, k, c, k]), [0, 2, 1, 3]);
}

/** As `delayedGradient`, but all k² shifts are made of X: cheaper when X has few channels, as in a first layer. */
function shiftedGradient(x: Value, dy: Value, weightShape: Shape): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const [n, , h, w] = x.shape as [number, number, number, number];
  const offsets = Array.from({ length: k }, (_, i) => i - (k - 1) / 2);
  const copies = offsets.flatMap((row) =>
    offsets.map((column) => pad(x, [0, 0, -row, -column], [0, 0, row, column])),
  );
  const product = correlate(
    reshape(dy, [n, o, h * w]),
    reshape(concatenate(copies, 1), [n, k * k * c, h * w]),
  );
  return transpose(reshape(product, [o, k, k, c]), [0, 3, 1, 2]);
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

const operator: Operator = {
  name: "convolutionWeightGradient",
  emit: (_value, inputs) => inputs[0] as string,
  emitBlocked: (value, layouts, emitter) => {
    const [, x, dy] = value.inputs as [Value, Value, Value];
    const geometry = {
      stride: value.attributes["stride"] as number,
      padding: value.attributes["padding"] as number,
    };
    const name = writeBlockedWeightGradient(x, dy, { shape: value.shape, geometry }, layouts, emitter);
    return name === null ? null : { name, layout: "plain" };
  },
  gradient: (_value, outer) => [outer, null, null],
};

/**
 * dW, of shape `weightShape` [o, c, k, k], for `x` [n, c, h, w] and `dy` [n, o, h', w'].
 *
 * The value knows both ways to compute it: composed of standard operators, and on channel blocks.
 */
export function convolutionWeightGradient(
  x: Value,
  dy: Value,
  weightShape: Shape,
  geometry: ConvolutionGeometry,
): Value {
  const composed = composedGradient(x, dy, weightShape, geometry);
  return addValue(operator, [composed, x, dy], { ...geometry }, weightShape);
}

function composedGradient(x: Value, dy: Value, weightShape: Shape, geometry: ConvolutionGeometry): Value {
  const [o, c, k] = weightShape as [number, number, number];
  const [n, , h, w] = x.shape as [number, number, number, number];
  if (k === 1 && geometry.stride === 1 && geometry.padding === 0) {
    return reshape(correlate(reshape(dy, [n, o, h * w]), reshape(x, [n, c, h * w])), weightShape);
  }
  if (geometry.stride === 1 && k % 2 === 1 && geometry.padding === (k - 1) / 2) {
    // Written elements: k² shifted and k² joined channels of x, against a guarded and k joined ones of both.
    const fewChannels = 2 * k * k * c < (k + 1) * (c + o);
    return (fewChannels ? shiftedGradient : delayedGradient)(x, dy, weightShape);
  }
  return slicedGradient(x, dy, weightShape, geometry);
}
