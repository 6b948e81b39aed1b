/**
 * AdamW on one flat parameter vector, as graph nodes.
 *
 * Gradient-norm clipping, bias-corrected moments, decoupled weight decay. What changes from step to step (learning rate,
 * bias corrections) enters as scalars, so one graph serves the whole run. Source: Loshchilov & Hutter 2019.
 */
import type { Value } from "../graph/index.ts";
import {
  add,
  constantValue,
  divide,
  minimum,
  multiply,
  offset,
  scalar,
  scale,
  square,
  squareRoot,
  subtract,
  sumOfAll,
} from "../graph/index.ts";

export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Pull towards zero per step, times the learning rate. */
  readonly weightDecay: number;
  /** Gradients with a larger Euclidean norm are shortened to it. */
  readonly clipNorm: number;
}

export interface AdamWState {
  readonly theta: Value;
  readonly firstMoment: Value;
  readonly secondMoment: Value;
}

/** Scalars of one step, as graph values of shape []. */
export interface AdamWScalars {
  readonly learningRate: Value;
  /** 1 / (1 - beta1^t) and 1 / (1 - beta2^t), t counted from 1. */
  readonly correction1: Value;
  readonly correction2: Value;
}

/** Numbers for the correction inputs at step `t` = 1, 2, … */
export function biasCorrections(
  settings: AdamWSettings,
  t: number,
): { correction1: number; correction2: number } {
  return { correction1: 1 / (1 - settings.beta1 ** t), correction2: 1 / (1 - settings.beta2 ** t) };
}

/**
 * The state after one step, and the norm of the gradient before clipping.
 *
 * @param gradient [p], like the three vectors of `state`; @param decays [p] of 0 and 1.
 */
export function adamW(
  state: AdamWState,
  gradient: Value,
  decays: Float32Array,
  scalars: AdamWScalars,
  settings: AdamWSettings,
): AdamWState & { readonly gradientNorm: Value } {
  const { theta, firstMoment, secondMoment } = state;
  const graph = theta.graph;
  const gradientNorm = squareRoot(sumOfAll(square(gradient)));
  // The small term only keeps 0/0 away when every gradient is zero.
  const shorten = minimum(
    scalar(graph, 1),
    divide(scalar(graph, settings.clipNorm), offset(gradientNorm, 1e-12)),
  );
  const clipped = multiply(gradient, shorten);
  const m = add(scale(firstMoment, settings.beta1), scale(clipped, 1 - settings.beta1));
  const v = add(scale(secondMoment, settings.beta2), scale(square(clipped), 1 - settings.beta2));
  const direction = divide(
    multiply(m, scalars.correction1),
    offset(squareRoot(multiply(v, scalars.correction2)), settings.epsilon),
  );
  const decay = multiply(
    theta,
    constantValue(
      graph,
      theta.shape,
      decays.map((on) => on * settings.weightDecay),
    ),
  );
  const moved = subtract(theta, multiply(add(direction, decay), scalars.learningRate));
  return { theta: moved, firstMoment: m, secondMoment: v, gradientNorm };
}
