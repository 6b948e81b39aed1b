/**
 * Sum over axes and broadcasting along axes: each is the other's gradient, so they live together.
 *
 * Summed axes stay with length 1.
 */
import { assert } from "#core/errors.ts";
import { int } from "./emitter.ts";
import type { Operator, Shape, Value } from "./graph.ts";
import { addValue } from "./graph.ts";
import { reshape } from "./shape.ts";

/** Shape with `axes` reduced to length 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): Shape {
  assert(
    axes.length > 0 && axes.every((axis) => axis >= 0 && axis < shape.length),
    `axes [${axes.join(", ")}] do not fit [${shape.join(", ")}]`,
  );
  return shape.map((length, i) => (axes.includes(i) ? 1 : length));
}

const sumOperator: Operator = {
  name: "sum",
  emit: (value, inputs, emitter) =>
    emitter.node("ReduceSum", [...inputs, emitter.integers(value.attributes["axes"] as readonly number[])], {
      keepdims: int(1),
    }),
  gradient: (value, dy) => [broadcastTo(dy, (value.inputs[0] as Value).shape)],
};

/** Sum over `axes`; they keep length 1. */
export function sum(x: Value, axes: readonly number[]): Value {
  return addValue(sumOperator, [x], { axes }, reducedShape(x.shape, axes));
}

/** Sums `value` over the axes along which `shape` was stretched to it. */
export function sumTo(value: Value, shape: Shape): Value {
  const lead = value.shape.length - shape.length;
  const axes = value.shape.flatMap((length, i) =>
    i < lead || (shape[i - lead] === 1 && length !== 1) ? [i] : [],
  );
  const summed = axes.length === 0 ? value : sum(value, axes);
  return reshape(summed, shape);
}

const broadcastOperator: Operator = {
  name: "broadcast",
  emit: (value, inputs, emitter) => emitter.node("Expand", [...inputs, emitter.integers(value.shape)]),
  gradient: (value, dy) => [sumTo(dy, (value.inputs[0] as Value).shape)],
};

/** Stretches axes of length 1 to `shape`. */
export function broadcastTo(x: Value, shape: Shape): Value {
  return x.shape.join() === shape.join() ? x : addValue(broadcastOperator, [x], { shape }, shape);
}
