/**
 * Means, and sums over everything.
 */
import { scale } from "./arithmetic.ts";
import { broadcastTo, reducedShape, sum } from "./broadcasting.ts";
import { int, ints } from "./emitter.ts";
import type { Operator, Value } from "./graph.ts";
import { addValue, elementCount } from "./graph.ts";
import { reshape } from "./shape.ts";

const meanOperator: Operator = {
  name: "mean",
  emit: (value, inputs, emitter) =>
    emitter.node("ReduceMean", inputs, {
      axes: ints(value.attributes["axes"] as readonly number[]),
      keepdims: int(1),
    }),
  gradient: (value, dy) => {
    const x = value.inputs[0] as Value;
    // Scaled before stretching, where it is cheap.
    return [broadcastTo(scale(dy, elementCount(dy.shape) / elementCount(x.shape)), x.shape)];
  },
};

/** Mean over `axes`; they keep length 1. */
export function mean(x: Value, axes: readonly number[]): Value {
  return addValue(meanOperator, [x], { axes }, reducedShape(x.shape, axes));
}

/** Sum over all elements, a scalar. Innermost axis first, which keeps float32 sums of large planes accurate. */
export function sumOfAll(x: Value): Value {
  let partial = x;
  for (let axis = x.shape.length - 1; axis >= 0; axis--) partial = sum(partial, [axis]);
  return reshape(partial, []);
}

/** Mean over all elements, a scalar. */
export function meanOfAll(x: Value): Value {
  return scale(sumOfAll(x), 1 / elementCount(x.shape));
}
