/**
 * Columns of a plane by index: how values travel along the edges of a graph that is data, not architecture.
 *
 * Indices are float32 like everything here (exact to 2^24) and are cast where they are used; a negative one gives zeros.
 * The gradient is again a gather, along the opposite table: for every column, the places it was copied to. Sums then have
 * an order of their own, so training repeats to the byte, which a scattered sum does not promise.
 */
import { assert } from "#core/errors.ts";
import { relu } from "./activation.ts";
import { isPositive, multiply, offset } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { int } from "./emitter.ts";
import type { Operator, Value } from "./graph.ts";
import { addValue } from "./graph.ts";
import { reshape } from "./shape.ts";

// Type number of 64-bit integers in ONNX.
const INT64 = 7;

const operator: Operator = {
  name: "gatherColumns",
  emit: (_value, inputs, emitter) => {
    const [x, indices] = inputs as [string, string];
    const whole = emitter.node("Cast", [indices], { to: int(INT64) });
    const flat = emitter.node("Squeeze", [x, emitter.integers([2])]);
    return emitter.node("Gather", [flat, whole], { axis: int(2) });
  },
  gradient: (value, dy) => {
    const [x, , back] = value.inputs as [Value, Value, Value | undefined];
    assert(back !== undefined, "gatherColumns: training needs the opposite table");
    const [, c, k, n] = dy.shape as [number, number, number, number];
    const flat = reshape(dy, [1, c, 1, k * n]);
    const gathered = sum(gatherColumns(flat, back, null), [2]);
    assert(gathered.shape[3] === x.shape[3], "gatherColumns: the opposite table has a column for each of x");
    return [gathered, null, null];
  },
};

/**
 * Column `indices[k, n]` of `x` [1, c, 1, columns], zeros where the index is negative.
 *
 * @param indices [k, n]. @param back [r, columns]: all flat places `k * n_count + n` that read a column, padded with -1;
 * `null` where no gradient is needed. Not read by the forward pass.
 * @returns [1, c, k, n].
 */
export function gatherColumns(x: Value, indices: Value, back: Value | null): Value {
  assert(
    x.shape.length === 4 && x.shape[0] === 1 && x.shape[2] === 1 && indices.shape.length === 2,
    "gatherColumns: x is [1, c, 1, columns], indices are [k, n]",
  );
  const [k, n] = indices.shape as [number, number];
  const inputs = back === null ? [x, relu(indices)] : [x, relu(indices), back];
  const copied = addValue(operator, inputs, {}, [1, x.shape[1] as number, k, n]);
  return multiply(copied, isPositive(offset(indices, 0.5)));
}
