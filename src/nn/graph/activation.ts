/**
 * Functions of one value, element by element.
 *
 * Gradients use the result where that is cheaper than the argument (sigmoid, square root, ReLU), which also lets the
 * runtime free the argument early.
 */
import { divide, isPositive, multiply, offset, scale, subtract } from "./arithmetic.ts";
import { emitRectifiedConvolution } from "./convolution.ts";
import type { Emitter } from "./emitter.ts";
import { float } from "./emitter.ts";
import type { Operator, Value } from "./graph.ts";
import { addValue, scalar } from "./graph.ts";
import { blockedElementwise } from "./layouts.ts";

function unary(onnxName: string, gradient: (x: Value, dy: Value, y: Value) => Value): (x: Value) => Value {
  const operator: Operator = {
    name: onnxName,
    emit: (_value, inputs, emitter) => emitter.node(onnxName, inputs),
    emitBlocked: (value, layouts, emitter) =>
      blockedElementwise(value, layouts, (inputs) => emitter.node(onnxName, inputs)),
    gradient: (value, dy) => [gradient(value.inputs[0] as Value, dy, value)],
  };
  return (x) => addValue(operator, [x], {}, x.shape);
}

const reluOperator: Operator = {
  name: "Relu",
  emit: (_value, inputs, emitter) => emitter.node("Relu", inputs),
  // A convolution that nobody else reads applies it while its results are still in registers.
  emitBlocked: (value, layouts, emitter) => {
    const x = value.inputs[0] as Value;
    const fused = layouts.isReadOnce(x) ? emitRectifiedConvolution(x, layouts, emitter) : null;
    return fused ?? blockedElementwise(value, layouts, (inputs) => emitter.node("Relu", inputs));
  },
  gradient: (value, dy) => [multiply(dy, maskOfRelu(value))],
};

/** max(x, 0). */
export const relu = (x: Value): Value => addValue(reluOperator, [x], {}, x.shape);

// 0/1 mask of a ReLU's result y >= 0, as clamp(y·1e30, 0, 1): HardSigmoid runs on all threads, where Sign or a comparison
// with a cast does not (6 against 2.5 ms on 4 x 16 x 256²). Results below 1e-30, which no activation reaches, would count
// in part.
const MASK_SLOPE = 1e30;
const writeMask = (inputs: readonly string[], emitter: Emitter): string =>
  emitter.node("HardSigmoid", inputs, { alpha: float(MASK_SLOPE), beta: float(0) });
const maskOperator: Operator = {
  name: "maskOfRelu",
  emit: (_value, inputs, emitter) => writeMask(inputs, emitter),
  emitBlocked: (value, layouts, emitter) =>
    blockedElementwise(value, layouts, (inputs) => writeMask(inputs, emitter)),
  gradient: () => [null],
};
const maskOfRelu = (y: Value): Value => addValue(maskOperator, [y], {}, y.shape);

/** 1 / (1 + e^-x). */
export const sigmoid = unary("Sigmoid", (_x, dy, y) =>
  multiply(dy, multiply(y, subtract(scalar(y.graph, 1), y))),
);

/** ln(1 + e^x), computed by the runtime without overflow. */
export const softplus = unary("Softplus", (x, dy) => multiply(dy, sigmoid(x)));

export const squareRoot = unary("Sqrt", (_x, dy, y) => divide(scale(dy, 0.5), y));

export const exponential = unary("Exp", (_x, dy, y) => multiply(dy, y));

export const logarithm = unary("Log", (x, dy) => divide(dy, x));

/** |x|; the gradient at 0 is -1, which no loss here depends on. */
export const absolute = unary("Abs", (x, dy) => multiply(dy, offset(scale(isPositive(x), 2), -1)));

/** x². */
export const square = (x: Value): Value => multiply(x, x);
