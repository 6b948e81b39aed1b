/**
 * Convolution layers with their parameters.
 *
 * Weight standardisation normalises the weights of every output channel instead of the activations: nearly free on a
 * CPU, independent of the batch, and the released model is a plain convolution. Sources: Qiao et al. 2019 (weight
 * standardisation); Brock et al. 2021 (scaled by 1/sqrt(fan-in) and a learned gain, so that variance is kept).
 */
import type { Value } from "../graph/index.ts";
import {
  add,
  convolution,
  divide,
  mean,
  multiply,
  offset,
  reshape,
  scale,
  square,
  squareRoot,
  subtract,
} from "../graph/index.ts";
import type { ParameterSource } from "./parameters.ts";

// 1 / standard deviation of ReLU(x) for normal x: sqrt(2 / (1 - 1/pi)); keeps the variance of activations at one.
const RELU_GAIN = 1.7128585504496627;

// Added to variance times fan-in (about 1 for fresh weights), so it acts only when a filter is nearly constant.
const VARIANCE_FLOOR = 1e-4;

export interface ConvolutionSettings {
  readonly name: string;
  readonly outputs: number;
  /** Odd side of the kernel. Output size = input size / stride. */
  readonly kernel: number;
  readonly stride?: number;
}

/**
 * Weights with mean 0 and variance 1/fan-in per output channel, times ReLU's gain.
 *
 * @param weights [o, c, k, k].
 */
export function standardiseWeights(weights: Value): Value {
  const [o, c, k] = weights.shape as [number, number, number];
  const fanIn = c * k * k;
  const rows = reshape(weights, [o, fanIn]);
  const centred = subtract(rows, mean(rows, [1]));
  const variance = mean(square(centred), [1]);
  const deviation = squareRoot(offset(scale(variance, fanIn), VARIANCE_FLOOR));
  return reshape(divide(scale(centred, RELU_GAIN), deviation), weights.shape);
}

/** Convolution with standardised weights, a gain and a bias per output channel; "same" padding. x: [n, c, h, w]. */
export function standardisedConvolution(
  source: ParameterSource,
  x: Value,
  settings: ConvolutionSettings,
): Value {
  const { name, outputs, kernel, stride = 1 } = settings;
  const inputs = x.shape[1] as number;
  const shape = [outputs, inputs, kernel, kernel];
  const fanIn = inputs * kernel * kernel;
  const weights = source.derived(`${name}.standardised`, () => {
    const raw = source.parameter({
      name: `${name}.weights`,
      shape,
      initial: { deviation: 1 / Math.sqrt(fanIn) },
      decays: true,
    });
    const gain = source.parameter({
      name: `${name}.gain`,
      shape: [outputs, 1, 1, 1],
      initial: { constant: 1 },
      decays: false,
    });
    return multiply(standardiseWeights(raw), gain);
  });
  const bias = source.parameter({
    name: `${name}.bias`,
    shape: [outputs],
    initial: { constant: 0 },
    decays: false,
  });
  return convolution(x, weights, bias, { stride, padding: (kernel - 1) / 2 });
}

/** Plain convolution with bias; for the last layer, whose scale the loss decides. Starts near zero. */
export function plainConvolution(source: ParameterSource, x: Value, settings: ConvolutionSettings): Value {
  const { name, outputs, kernel, stride = 1 } = settings;
  const inputs = x.shape[1] as number;
  const shape = [outputs, inputs, kernel, kernel];
  const deviation = 0.1 / Math.sqrt(inputs * kernel * kernel);
  const weights = source.parameter({ name: `${name}.weights`, shape, initial: { deviation }, decays: true });
  const bias = source.parameter({
    name: `${name}.bias`,
    shape: [outputs],
    initial: { constant: 0 },
    decays: false,
  });
  return convolution(x, weights, bias, { stride, padding: (kernel - 1) / 2 });
}

/**
 * Normalisation of activations per image over channels and pixels (one group), with gain and bias per channel.
 *
 * For networks where weight standardisation is not enough. Costs several passes over the activations. x: [n, c, h, w].
 */
export function layerNormalisation(source: ParameterSource, x: Value, name: string): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const flat = reshape(x, [n, c * h * w]);
  const centred = subtract(flat, mean(flat, [1]));
  const deviation = squareRoot(offset(mean(square(centred), [1]), 1e-5));
  const normal = reshape(divide(centred, deviation), [n, c, h, w]);
  const gain = source.parameter({
    name: `${name}.gain`,
    shape: [c, 1, 1],
    initial: { constant: 1 },
    decays: false,
  });
  const bias = source.parameter({
    name: `${name}.bias`,
    shape: [c, 1, 1],
    initial: { constant: 0 },
    decays: false,
  });
  return add(multiply(normal, gain), bias);
}
