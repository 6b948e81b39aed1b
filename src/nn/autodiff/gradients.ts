/**
 * Reverse-mode differentiation: gradients of one scalar with respect to any values it depends on.
 *
 * Walks the graph once from the result to the leaves and asks each operator for its gradient, which is built of ordinary
 * graph operators. Values that do not lie between the wanted ones and the result are not visited.
 */
import { assert } from "#core/errors.ts";
import type { Value } from "../graph/index.ts";
import { add, constantValue, elementCount, scalar } from "../graph/index.ts";

/** Ids of the values that depend on one of `sources` and that `result` depends on, largest id first. */
function valuesBetween(result: Value, sources: readonly Value[]): Value[] {
  const found = new Map<number, Value>();
  const open = [result];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (found.has(value.id)) continue;
    found.set(value.id, value);
    open.push(...value.inputs);
  }
  const wanted = new Set(sources.map((source) => source.id));
  const dependent = new Set<number>();
  const ordered = [...found.values()].sort((a, b) => a.id - b.id);
  for (const value of ordered) {
    if (wanted.has(value.id) || value.inputs.some((input) => dependent.has(input.id)))
      dependent.add(value.id);
  }
  return ordered.filter((value) => dependent.has(value.id)).reverse();
}

/**
 * d result / d source for each of `sources`, in their order and shapes. Zero where there is no dependence.
 *
 * @param result a scalar (shape []).
 */
export function gradients(result: Value, sources: readonly Value[]): Value[] {
  assert(result.shape.length === 0, "gradients are taken of a scalar");
  const collected = new Map<number, Value>([[result.id, scalar(result.graph, 1)]]);
  const path = valuesBetween(result, sources);
  const onPath = new Set(path.map((value) => value.id));
  for (const value of path) {
    const outputGradient = collected.get(value.id);
    if (outputGradient === undefined || value.inputs.length === 0) continue;
    const inputGradients = value.operator.gradient(value, outputGradient);
    value.inputs.forEach((input, i) => {
      const gradient = inputGradients[i];
      if (gradient === null || gradient === undefined || !onPath.has(input.id)) return;
      assert(
        gradient.shape.join() === input.shape.join(),
        `${value.operator.name}: gradient [${gradient.shape.join(", ")}] of an input [${input.shape.join(", ")}]`,
      );
      const before = collected.get(input.id);
      collected.set(input.id, before === undefined ? gradient : add(before, gradient));
    });
  }
  return sources.map(
    (source) =>
      collected.get(source.id) ??
      constantValue(source.graph, source.shape, new Float32Array(elementCount(source.shape))),
  );
}
