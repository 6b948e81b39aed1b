/**
 * Elementwise arithmetic of two values with broadcasting (trailing axes aligned, length 1 stretches), as in NumPy.
 *
 * The gradient of a stretched operand is summed back to the operand's shape by `sumTo`.
 */
import { assert } from "#core/errors.ts";
import { sumTo } from "./broadcasting.ts";
import type { Operator, Shape, Value } from "./graph.ts";
import { addValue, scalar } from "./graph.ts";
import { blockedElementwise } from "./layouts.ts";

/** Shape after broadcasting; asserts that the two fit. */
function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    assert(x === y || x === 1 || y === 1, `shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    return Math.max(x, y);
  });
}

type BinaryGradient = (a: Value, b: Value, dy: Value, y: Value) => readonly [Value, Value];

function binary(onnxName: string, gradient: BinaryGradient): (a: Value, b: Value) => Value {
  const operator: Operator = {
    name: onnxName,
    emit: (_value, inputs, emitter) => emitter.node(onnxName, inputs),
    emitBlocked: (value, layouts, emitter) =>
      blockedElementwise(value, layouts, (inputs) => emitter.node(onnxName, inputs)),
    gradient: (value, dy) => {
      const [a, b] = value.inputs as [Value, Value];
      const [da, db] = gradient(a, b, dy, value);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
  };
  return (a, b) => addValue(operator, [a, b], {}, broadcastShape(a.shape, b.shape));
}

export const add = binary("Add", (_a, _b, dy) => [dy, dy]);
export const subtract = binary("Sub", (_a, _b, dy) => [dy, scale(dy, -1)]);
export const multiply: (a: Value, b: Value) => Value = binary("Mul", (a, b, dy) => [
  multiply(dy, b),
  multiply(dy, a),
]);
export const divide: (a: Value, b: Value) => Value = binary("Div", (_a, b, dy, y) => [
  divide(dy, b),
  scale(divide(multiply(dy, y), b), -1),
]);

/** The smaller of two values; where they are equal the gradient goes to the first. */
export const minimum: (a: Value, b: Value) => Value = (a, b) =>
  addValue(minimumOperator, [a, b], {}, broadcastShape(a.shape, b.shape));

const minimumOperator: Operator = {
  name: "Min",
  emit: (_value, inputs, emitter) => emitter.node("Min", inputs),
  gradient: (value, dy) => {
    const [a, b] = value.inputs as [Value, Value];
    const second = isPositive(subtract(a, b));
    const first = subtract(scalar(value.graph, 1), second);
    return [sumTo(multiply(dy, first), a.shape), sumTo(multiply(dy, second), b.shape)];
  },
};

/** 1 where x > 0, else 0. Its gradient is zero. */
export function isPositive(x: Value): Value {
  return addValue(isPositiveOperator, [x], {}, x.shape);
}

const isPositiveOperator: Operator = {
  name: "isPositive",
  emit: (_value, inputs, emitter) => emitter.node("Sign", [emitter.node("Relu", inputs)]),
  emitBlocked: (value, layouts, emitter) =>
    blockedElementwise(value, layouts, (inputs) => emitter.node("Sign", [emitter.node("Relu", inputs)])),
  gradient: () => [null],
};

/** x times a number. */
export function scale(x: Value, factor: number): Value {
  return multiply(x, scalar(x.graph, factor));
}

/** x plus a number. */
export function offset(x: Value, term: number): Value {
  return add(x, scalar(x.graph, term));
}
