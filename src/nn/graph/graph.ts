/**
 * The graph that models and training steps are written in.
 *
 * A `Value` is the result of one operator applied to other values: its shape is known when it is made, all elements are
 * float32. Making a value twice from the same parts returns the first one, so gradients share work with the forward pass
 * without anyone arranging it. Values never change; ONNX is written from them by emit.ts.
 */
import { assert } from "#core/errors.ts";
import type { Emitter } from "./emitter.ts";
import type { Layouts, WrittenValue } from "./layouts.ts";

/** Lengths of the axes, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

export type Attributes = Readonly<Record<string, number | string | boolean | readonly number[]>>;

export interface Graph {
  /** Number of values made so far; also the next id. Ids rise from inputs to results. */
  valueCount: number;
  /** Values by operator, inputs and attributes. */
  readonly known: Map<string, Value>;
}

export interface Value {
  readonly graph: Graph;
  readonly id: number;
  readonly shape: Shape;
  readonly operator: Operator;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  /** Elements of a constant. */
  readonly constant: Float32Array | null;
}

export interface Operator {
  readonly name: string;
  /** Writes the ONNX nodes of `value`; returns the name of the tensor that holds the result. */
  emit(value: Value, inputs: readonly string[], emitter: Emitter): string;
  /** Writes `value` for the runtime's kernels on channel blocks; null where it has no such form. */
  emitBlocked?(value: Value, layouts: Layouts, emitter: Emitter): WrittenValue | null;
  /** Gradients with respect to each input, `null` where there is none, given the gradient of the result. */
  gradient(value: Value, outputGradient: Value): readonly (Value | null)[];
}

export function createGraph(): Graph {
  return { valueCount: 0, known: new Map() };
}

export const elementCount = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Adds the result of an operator. `shape` is what the operator's own shape rule gave. */
export function addValue(
  operator: Operator,
  inputs: readonly Value[],
  attributes: Attributes,
  shape: Shape,
): Value {
  const first = inputs[0];
  assert(first !== undefined, `${operator.name}: no input`);
  const graph = first.graph;
  assert(
    inputs.every((input) => input.graph === graph),
    `${operator.name}: inputs belong to different graphs`,
  );
  assert(
    shape.every((length) => Number.isInteger(length) && length > 0),
    `${operator.name}: result would have shape [${shape.join(", ")}]`,
  );
  const key = `${operator.name}(${inputs.map((input) => input.id).join(",")})${JSON.stringify(attributes)}`;
  const known = graph.known.get(key);
  if (known !== undefined) return known;
  const value: Value = { graph, id: graph.valueCount++, shape, operator, inputs, attributes, constant: null };
  graph.known.set(key, value);
  return value;
}

const leaf = (name: string): Operator => ({
  name,
  emit: (value) => {
    throw new Error(`internal: ${name} ${value.id} is written by the emitter itself`);
  },
  gradient: () => [],
});

const inputOperator = leaf("input");
const constantOperator = leaf("constant");

/** A named input of the graph, given at run time. Names are unique within a graph. */
export function inputValue(graph: Graph, name: string, shape: Shape): Value {
  const key = `input:${name}`;
  assert(!graph.known.has(key), `input "${name}" exists already`);
  const value: Value = {
    graph,
    id: graph.valueCount++,
    shape,
    operator: inputOperator,
    inputs: [],
    attributes: { name },
    constant: null,
  };
  graph.known.set(key, value);
  return value;
}

/** A fixed tensor, stored in the model. `name` is what other tools see; default: made from its number. */
export function constantValue(graph: Graph, shape: Shape, data: ArrayLike<number>, name = ""): Value {
  assert(elementCount(shape) === data.length, `constant ${name}: shape does not fit the data`);
  const constant = Float32Array.from(data);
  // Small unnamed constants are shared: the factors 2, 1/n and the like appear everywhere.
  const key = name === "" && constant.length <= 8 ? `constant:${shape.join("x")}:${constant.join(",")}` : "";
  const known = key === "" ? undefined : graph.known.get(key);
  if (known !== undefined) return known;
  const value: Value = {
    graph,
    id: graph.valueCount++,
    shape,
    operator: constantOperator,
    inputs: [],
    attributes: { name },
    constant,
  };
  if (key !== "") graph.known.set(key, value);
  return value;
}

export const scalar = (graph: Graph, number: number): Value => constantValue(graph, [], [number]);

export const isInput = (value: Value): boolean => value.operator === inputOperator;
export const isConstant = (value: Value): boolean => value.operator === constantOperator;
