/**
 * One step of the optimiser around any network: weights in one vector, the gradient of a loss by each, the vector after.
 *
 * Inputs that it adds to the graph: theta, firstMoment, secondMoment [p], and the scalars learningRate, correction1,
 * correction2. Outputs: the vectors after the step (same names with "next."), the loss, "loss.<term>" per
 * term, and the gradient's norm.
 */
import { gradients } from "../autodiff/index.ts";
import type { Graph, Value } from "../graph/index.ts";
import { concatenate, elementCount, inputValue, reshape } from "../graph/index.ts";
import {
  decayMask,
  type ParameterLayout,
  type ParameterSource,
  parametersOfVector,
} from "../layers/index.ts";
import { type AdamWSettings, adamW } from "./adamw.ts";

export interface OptimiserStep {
  /** Where the network takes its weights from; every parameter of the layout is to be taken before `outputs`. */
  readonly source: ParameterSource;
  /** Values to emit for a scalar loss, with the terms it is made of, by name. */
  outputs(loss: Value, terms: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
}

/** @param graph gets the inputs of the step, after those it has. */
export function optimiserStep(
  graph: Graph,
  layout: ParameterLayout,
  optimiser: AdamWSettings,
): OptimiserStep {
  const vector = (name: string): Value => inputValue(graph, name, [layout.total]);
  const state = {
    theta: vector("theta"),
    firstMoment: vector("firstMoment"),
    secondMoment: vector("secondMoment"),
  };
  const number = (name: string): Value => inputValue(graph, name, []);
  const scalars = {
    learningRate: number("learningRate"),
    correction1: number("correction1"),
    correction2: number("correction2"),
  };
  // Differentiating by each parameter, then joining, keeps the backward pass free of scattered sums into the vector.
  const used = new Map<string, Value>();
  const slices = parametersOfVector(state.theta, layout);
  const source: ParameterSource = {
    parameter(spec) {
      const value = slices.parameter(spec);
      used.set(spec.name, value);
      return value;
    },
    derived: (_name, make) => make(),
  };
  return {
    source,
    outputs(loss, terms) {
      const parameters = layout.specs.map((spec) => used.get(spec.name) as Value);
      const parts = gradients(loss, parameters).map((g) => reshape(g, [elementCount(g.shape)]));
      const next = adamW(state, concatenate(parts, 0), decayMask(layout), scalars, optimiser);
      return {
        "next.theta": next.theta,
        "next.firstMoment": next.firstMoment,
        "next.secondMoment": next.secondMoment,
        loss,
        ...Object.fromEntries(Object.entries(terms).map(([name, term]) => [`loss.${name}`, term])),
        gradientNorm: next.gradientNorm,
      };
    },
  };
}
