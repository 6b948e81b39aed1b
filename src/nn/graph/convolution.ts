/**
 * Two-dimensional convolution (cross-correlation, as everywhere in deep learning) and its gradients.
 *
 * The gradient of the input is again a convolution, with the kernel turned round and its channels exchanged (measured
 * faster than ConvTranspose); only strided convolutions use ConvTranspose. The gradient of the weights is in
 * convolution-weight-gradient.ts.
 */
import { assert } from "#core/errors.ts";
import {
  blockedTurnedWeights,
  blockedWeights,
  convolvesInBlocks,
  writeBlockedBiasGradient,
  writeBlockedConvolution,
} from "./blocked-convolution.ts";
import { sum } from "./broadcasting.ts";
import type { ConvolutionGeometry } from "./convolution-geometry.ts";
import { convolutionWeightGradient } from "./convolution-weight-gradient.ts";
import type { Emitter } from "./emitter.ts";
import { ints } from "./emitter.ts";
import type { Operator, Value } from "./graph.ts";
import { addValue } from "./graph.ts";
import type { Layouts, WrittenValue } from "./layouts.ts";
import { fitsBlocks } from "./layouts.ts";
import { reshape, reverse, transpose } from "./shape.ts";

const geometryOf = (value: Value): ConvolutionGeometry => ({
  stride: value.attributes["stride"] as number,
  padding: value.attributes["padding"] as number,
});

function geometryAttributes({ stride, padding }: ConvolutionGeometry, kernel: readonly number[]) {
  return {
    kernel_shape: ints(kernel),
    strides: ints([stride, stride]),
    pads: ints([padding, padding, padding, padding]),
  };
}

const biasGradientOperator: Operator = {
  name: "biasGradient",
  emit: (_value, inputs) => inputs[0] as string,
  emitBlocked: (value, layouts, emitter) => {
    const dy = value.inputs[1] as Value;
    if (!fitsBlocks(dy.shape, layouts.block) || !layouts.isBlocked(dy)) return null;
    return { name: writeBlockedBiasGradient(dy, layouts, emitter), layout: "plain" };
  },
  gradient: (_value, outer) => [outer, null],
};

/** Sum over batch, rows and columns: rows and columns first, which the runtime does in one contiguous pass. */
function biasGradient(dy: Value, shape: readonly number[]): Value {
  const [n, o, h, w] = dy.shape as [number, number, number, number];
  const composed = reshape(sum(sum(reshape(dy, [n, o, h * w]), [2]), [0]), shape);
  return addValue(biasGradientOperator, [composed, dy], {}, shape);
}

/** Blocked form of a convolution, with a ReLU when `rectified`; null where the kernels do not fit. */
function writeInBlocks(
  value: Value,
  rectified: boolean,
  layouts: Layouts,
  emitter: Emitter,
): WrittenValue | null {
  const [x, weights, bias] = value.inputs as [Value, Value, Value | undefined];
  const { block } = layouts;
  if (!convolvesInBlocks(weights, block)) return null;
  const source = weights.operator === turnedOperator ? (weights.inputs[0] as Value) : weights;
  const write = source === weights ? blockedWeights : blockedTurnedWeights;
  const name = writeBlockedConvolution(
    {
      x,
      shape: weights.shape,
      weights: write(layouts.plain(source), source.shape, block, emitter),
      bias: bias ?? null,
      geometry: geometryOf(value),
      relu: rectified,
    },
    layouts,
    emitter,
  );
  return { name, layout: "blocked" };
}

/** ReLU of a convolution as one node; null when `value` is none, or not one for blocks. */
export function emitRectifiedConvolution(
  value: Value,
  layouts: Layouts,
  emitter: Emitter,
): WrittenValue | null {
  return value.operator === operator ? writeInBlocks(value, true, layouts, emitter) : null;
}

const operator: Operator = {
  name: "convolution",
  emit: (value, inputs, emitter) => {
    const weights = value.inputs[1] as Value;
    return emitter.node("Conv", inputs, geometryAttributes(geometryOf(value), weights.shape.slice(2)));
  },
  emitBlocked: (value, layouts, emitter) => writeInBlocks(value, false, layouts, emitter),
  gradient: (value, dy) => {
    const [x, weights, bias] = value.inputs as [Value, Value, Value | undefined];
    const geometry = geometryOf(value);
    const dx = convolutionInputGradient(dy, weights, geometry, x.shape);
    const dw = convolutionWeightGradient(x, dy, weights.shape, geometry);
    return bias === undefined ? [dx, dw] : [dx, dw, biasGradient(dy, bias.shape)];
  },
};

/**
 * Convolution of `x` [n, c, h, w] with `weights` [o, c, k, k], plus `bias` [o].
 *
 * @returns [n, o, floor((h + 2 padding - k) / stride) + 1, same for w].
 */
export function convolution(
  x: Value,
  weights: Value,
  bias: Value | null,
  geometry: ConvolutionGeometry,
): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [o, channels, kernelHeight, kernelWidth] = weights.shape as [number, number, number, number];
  assert(
    c === channels && kernelHeight === kernelWidth,
    `convolution: ${c} channels meet weights [${weights.shape.join(", ")}]`,
  );
  assert(
    bias === null || (bias.shape.length === 1 && bias.shape[0] === o),
    "convolution: one bias per output channel",
  );
  const extent = (length: number): number =>
    Math.floor((length + 2 * geometry.padding - kernelHeight) / geometry.stride) + 1;
  const inputs = bias === null ? [x, weights] : [x, weights, bias];
  return addValue(operator, inputs, { ...geometry }, [n, o, extent(h), extent(w)]);
}

const inputGradientOperator: Operator = {
  name: "convolutionInputGradient",
  emit: (value, inputs, emitter) => {
    const weights = value.inputs[1] as Value;
    return emitter.node("ConvTranspose", inputs, {
      ...geometryAttributes(geometryOf(value), weights.shape.slice(2)),
      output_padding: ints(value.attributes["outputPadding"] as readonly number[]),
    });
  },
  gradient: () => {
    throw new Error("internal: second derivatives of strided convolutions are not supported");
  },
};

const turnedOperator: Operator = {
  name: "turned",
  emit: (_value, inputs) => inputs[1] as string,
  gradient: (_value, outer) => [null, outer],
};

/** Kernels turned round, inputs and outputs exchanged: [o, c, k, k] to [c, o, k, k]. */
function turned(weights: Value): Value {
  const kernel = weights.shape[2] as number;
  const round = kernel === 1 ? weights : reverse(weights, [2, 3]);
  const composed = transpose(round, [1, 0, 2, 3]);
  return addValue(turnedOperator, [weights, composed], {}, composed.shape);
}

/** Gradient of a convolution's input, of shape `inputShape`. */
function convolutionInputGradient(
  dy: Value,
  weights: Value,
  geometry: ConvolutionGeometry,
  inputShape: readonly number[],
): Value {
  const kernel = weights.shape[2] as number;
  if (geometry.stride === 1 && geometry.padding < kernel) {
    return convolution(dy, turned(weights), null, {
      stride: 1,
      padding: kernel - 1 - geometry.padding,
    });
  }
  const missing = (axis: 2 | 3): number =>
    (inputShape[axis] as number) -
    (((dy.shape[axis] as number) - 1) * geometry.stride - 2 * geometry.padding + kernel);
  const attributes = { ...geometry, outputPadding: [missing(2), missing(3)] };
  return addValue(inputGradientOperator, [dy, weights], attributes, inputShape);
}
