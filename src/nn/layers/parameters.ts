/**
 * Where layers get their parameters from.
 *
 * A model is one function of a `ParameterSource`. The same function serves three ends by three sources: listing the
 * parameters, the training step (all parameters are slices of one flat vector, so the optimiser is a dozen nodes whatever
 * the model), and the released model (parameters are constants).
 */
import { assert } from "#core/errors.ts";
import type { Rng } from "#core/rng.ts";
import type { Graph, Shape, Value } from "../graph/index.ts";
import { constantValue, elementCount, inputValue, reshape, slice } from "../graph/index.ts";

export interface ParameterSpec {
  /** Unique, dotted path: "encoder.0.first.weights". */
  readonly name: string;
  readonly shape: Shape;
  /** Starting values: all equal to `constant`, or normally distributed with this standard deviation around 0. */
  readonly initial: { readonly constant: number } | { readonly deviation: number };
  /** Whether weight decay pulls it towards 0 (weights: yes; biases and gains: no). */
  readonly decays: boolean;
}

export interface ParameterSource {
  parameter(spec: ParameterSpec): Value;
  /** A value made of parameters alone. Released models store its result under `name` instead of computing it. */
  derived(name: string, build: () => Value): Value;
}

export interface NamedTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Parameters in order of use, with their place in the flat vector. */
export interface ParameterLayout {
  readonly specs: readonly ParameterSpec[];
  readonly offsets: readonly number[];
  readonly total: number;
}

/** Lists the parameters `build` asks for, in order. `build` is run on a graph that is thrown away. */
export function layoutOf(graph: Graph, build: (source: ParameterSource) => void): ParameterLayout {
  const specs: ParameterSpec[] = [];
  const offsets: number[] = [];
  let total = 0;
  build({
    parameter(spec) {
      assert(!specs.some((known) => known.name === spec.name), `two parameters are called ${spec.name}`);
      specs.push(spec);
      offsets.push(total);
      total += elementCount(spec.shape);
      return inputValue(graph, `parameter.${spec.name}`, spec.shape);
    },
    derived: (_name, make) => make(),
  });
  return { specs, offsets, total };
}

/** Parameters as slices of the vector `theta` [layout.total]. */
export function parametersOfVector(theta: Value, layout: ParameterLayout): ParameterSource {
  return {
    parameter(spec) {
      const at = layout.specs.findIndex((known) => known.name === spec.name);
      assert(at >= 0, `parameter ${spec.name} is not in the layout`);
      const start = layout.offsets[at] as number;
      return reshape(slice(theta, 0, start, start + elementCount(spec.shape)), spec.shape);
    },
    derived: (_name, make) => make(),
  };
}

/** Parameters and derived values as named constants. */
export function parametersOfTensors(
  graph: Graph,
  tensors: ReadonlyMap<string, NamedTensor>,
): ParameterSource {
  const constant = (name: string): Value | undefined => {
    const tensor = tensors.get(name);
    return tensor === undefined ? undefined : constantValue(graph, tensor.shape, tensor.data, name);
  };
  return {
    parameter(spec) {
      const value = constant(spec.name);
      assert(value !== undefined, `no tensor for parameter ${spec.name}`);
      return value;
    },
    derived: (name, make) => constant(name) ?? make(),
  };
}

/**
 * A source that passes on what `inner` gives and keeps, by name, what a released model stores: derived values, and the
 * parameters that are used as they are.
 */
export function foldingSource(inner: ParameterSource): {
  readonly source: ParameterSource;
  /** Grows while a network is built with the source. */
  readonly stored: Readonly<Record<string, Value>>;
} {
  const stored: Record<string, Value> = {};
  // Parameters that only feed a derived value are not stored.
  let insideDerived = 0;
  const source: ParameterSource = {
    parameter(spec) {
      const value = inner.parameter(spec);
      if (insideDerived === 0) stored[spec.name] = value;
      return value;
    },
    derived(name, make) {
      insideDerived++;
      const value = make();
      insideDerived--;
      stored[name] = value;
      return value;
    },
  };
  return { source, stored };
}

/** Starting values of all parameters, in layout order. Each parameter has its own random stream, named after it. */
export function initialParameters(layout: ParameterLayout, random: Rng): Float32Array {
  const theta = new Float32Array(layout.total);
  layout.specs.forEach((spec, i) => {
    const start = layout.offsets[i] as number;
    const end = start + elementCount(spec.shape);
    if ("constant" in spec.initial) {
      theta.fill(spec.initial.constant, start, end);
      return;
    }
    const stream = random.stream(spec.name);
    for (let at = start; at < end; at++) theta[at] = stream.normal() * spec.initial.deviation;
  });
  return theta;
}

/** 1 where weight decay applies, else 0, in layout order. */
export function decayMask(layout: ParameterLayout): Float32Array {
  const mask = new Float32Array(layout.total);
  layout.specs.forEach((spec, i) => {
    const start = layout.offsets[i] as number;
    if (spec.decays) mask.fill(1, start, start + elementCount(spec.shape));
  });
  return mask;
}
