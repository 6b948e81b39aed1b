/**
 * Pooling and nearest-neighbour upsampling over the last two axes, by a whole factor, without overlap.
 *
 * Average pooling and upsampling are each other's gradient up to the factor's square. The gradient of max pooling is
 * shared equally between tied maxima.
 */
import { assert } from "#core/errors.ts";
import { divide, isPositive, multiply, offset, scale, subtract } from "./arithmetic.ts";
import { ints, string } from "./emitter.ts";
import type { Operator, Shape, Value } from "./graph.ts";
import { addValue } from "./graph.ts";
import type { Layouts, WrittenValue } from "./layouts.ts";
import { BLOCKED_DOMAIN, fitsBlocks } from "./layouts.ts";

const factorOf = (value: Value): number => value.attributes["factor"] as number;

function pooledShape(shape: Shape, factor: number): Shape {
  const [n, c, h, w] = shape as [number, number, number, number];
  assert(
    shape.length === 4 && h % factor === 0 && w % factor === 0,
    `pooling by ${factor} needs axes nchw with h and w multiples of it`,
  );
  return [n, c, h / factor, w / factor];
}

const windowAttributes = (value: Value) => ({
  kernel_shape: ints([factorOf(value), factorOf(value)]),
  strides: ints([factorOf(value), factorOf(value)]),
});

/** The form for channel blocks, where the input is in blocks. */
function writeBlocked(value: Value, layouts: Layouts, write: (x: string) => string): WrittenValue | null {
  const x = value.inputs[0] as Value;
  if (!fitsBlocks(x.shape, layouts.block) || !layouts.isBlocked(x)) return null;
  return { name: write(layouts.blocked(x)), layout: "blocked" };
}

const averageOperator: Operator = {
  name: "averagePool",
  emit: (value, inputs, emitter) => emitter.node("AveragePool", inputs, windowAttributes(value)),
  emitBlocked: (value, layouts, emitter) =>
    writeBlocked(value, layouts, (x) =>
      emitter.node("AveragePool", [x], windowAttributes(value), BLOCKED_DOMAIN),
    ),
  gradient: (value, dy) => [upsampleNearest(scale(dy, 1 / factorOf(value) ** 2), factorOf(value))],
};

/** Mean of each factor x factor window. */
export function averagePool(x: Value, factor: number): Value {
  return addValue(averageOperator, [x], { factor }, pooledShape(x.shape, factor));
}

const maxOperator: Operator = {
  name: "maxPool",
  emit: (value, inputs, emitter) => emitter.node("MaxPool", inputs, windowAttributes(value)),
  emitBlocked: (value, layouts, emitter) =>
    writeBlocked(value, layouts, (x) =>
      emitter.node("MaxPool", [x], windowAttributes(value), BLOCKED_DOMAIN),
    ),
  gradient: (value, dy) => {
    const x = value.inputs[0] as Value;
    const factor = factorOf(value);
    const below = isPositive(subtract(upsampleNearest(value, factor), x));
    const isMaximum = offset(scale(below, -1), 1);
    const tied = scale(averagePool(isMaximum, factor), factor ** 2);
    return [multiply(isMaximum, upsampleNearest(divide(dy, tied), factor))];
  },
};

/** Largest element of each factor x factor window. */
export function maxPool(x: Value, factor: number): Value {
  return addValue(maxOperator, [x], { factor }, pooledShape(x.shape, factor));
}

const upsampleOperator: Operator = {
  name: "upsampleNearest",
  emit: (value, inputs, emitter) => {
    const factor = factorOf(value);
    const scales = emitter.floats([4], new Float32Array([1, 1, factor, factor]));
    return emitter.node("Resize", [...inputs, "", scales], {
      mode: string("nearest"),
      coordinate_transformation_mode: string("asymmetric"),
      nearest_mode: string("floor"),
    });
  },
  emitBlocked: (value, layouts, emitter) =>
    writeBlocked(value, layouts, (x) => {
      const scales = ints([1, 1, factorOf(value), factorOf(value)]);
      return emitter.node("Upsample", [x], { scales, mode: string("nearest") }, BLOCKED_DOMAIN);
    }),
  gradient: (value, dy) => [scale(averagePool(dy, factorOf(value)), factorOf(value) ** 2)],
};

/** Repeats every element factor x factor times. */
export function upsampleNearest(x: Value, factor: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return addValue(upsampleOperator, [x], { factor }, [n, c, h * factor, w * factor]);
}
