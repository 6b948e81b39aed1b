/**
 * Losses between a map of logits or values and a target map, weighted per pixel.
 *
 * All return one number per channel: the mean over batch and pixels of weight times loss. A weight of 0 leaves a pixel
 * out, which is how partially labelled images are trained on.
 */
import type { Value } from "../graph/index.ts";
import { mean, multiply, reshape, softplus, square, subtract } from "../graph/index.ts";

/** Mean over batch, rows and columns of [n, c, h, w]: [c]. Pixels first, in one contiguous pass each. */
function meanPerChannel(x: Value): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return reshape(mean(mean(reshape(x, [n, c, h * w]), [2]), [0]), [c]);
}

/**
 * Binary cross-entropy between sigmoid(logits) and targets in [0, 1] (soft targets allowed): ln(1 + e^z) - z·t.
 *
 * @param logits, targets [n, c, h, w]; @param weights [n, 1 or c, h, w], 0 or more.
 */
export function crossEntropyWithLogits(logits: Value, targets: Value, weights: Value): Value {
  return meanPerChannel(multiply(subtract(softplus(logits), multiply(logits, targets)), weights));
}

/** Squared difference, weighted. Shapes as for `crossEntropyWithLogits`. */
export function squaredError(values: Value, targets: Value, weights: Value): Value {
  return meanPerChannel(multiply(square(subtract(values, targets)), weights));
}
