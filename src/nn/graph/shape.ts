/**
 * Operators that move elements without changing them: reshape, transpose, slice, pad, reverse, concatenate.
 *
 * Each one's gradient is another of them: slice <-> pad, concatenate <-> slices. (Broadcast and sum are in broadcasting.ts.)
 */
import { assert } from "#core/errors.ts";
import { int, ints } from "./emitter.ts";
import type { Operator, Shape, Value } from "./graph.ts";
import { addValue, elementCount } from "./graph.ts";

const first = (value: Value): Value => value.inputs[0] as Value;
const list = (value: Value, name: string): readonly number[] => value.attributes[name] as readonly number[];
const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

const reshapeOperator: Operator = {
  name: "reshape",
  emit: (value, inputs, emitter) => emitter.node("Reshape", [...inputs, emitter.integers(value.shape)]),
  gradient: (value, dy) => [reshape(dy, first(value).shape)],
};

export function reshape(x: Value, shape: Shape): Value {
  assert(
    elementCount(x.shape) === elementCount(shape),
    `cannot reshape [${x.shape.join(", ")}] to [${shape.join(", ")}]`,
  );
  return sameShape(x.shape, shape) ? x : addValue(reshapeOperator, [x], { shape }, shape);
}

const transposeOperator: Operator = {
  name: "transpose",
  emit: (value, inputs, emitter) => emitter.node("Transpose", inputs, { perm: ints(list(value, "order")) }),
  gradient: (value, dy) => {
    const order = list(value, "order");
    return [
      transpose(
        dy,
        order.map((_, i) => order.indexOf(i)),
      ),
    ];
  },
};

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Value, order: readonly number[]): Value {
  assert(
    [...order].sort((a, b) => a - b).every((axis, i) => axis === i) && order.length === x.shape.length,
    "order is a permutation of the axes",
  );
  return addValue(
    transposeOperator,
    [x],
    { order },
    order.map((axis) => x.shape[axis] ?? 0),
  );
}

const padOperator: Operator = {
  name: "pad",
  emit: (value, inputs, emitter) =>
    emitter.node("Pad", [...inputs, emitter.integers([...list(value, "before"), ...list(value, "after")])]),
  gradient: (value, dy) => [
    pad(
      dy,
      list(value, "before").map((n) => -n),
      list(value, "after").map((n) => -n),
    ),
  ],
};

/** Adds zeros before and after each axis; negative numbers cut instead. Its gradient is the pad with opposite signs. */
export function pad(x: Value, before: readonly number[], after: readonly number[]): Value {
  if ([...before, ...after].every((n) => n === 0)) return x;
  const shape = x.shape.map((length, i) => length + (before[i] ?? 0) + (after[i] ?? 0));
  return addValue(padOperator, [x], { before, after }, shape);
}

const sliceOperator: Operator = {
  name: "slice",
  emit: (value, inputs, emitter) => {
    const [axis, start, end] = list(value, "range") as [number, number, number];
    return emitter.node("Slice", [
      ...inputs,
      emitter.integers([start]),
      emitter.integers([end]),
      emitter.integers([axis]),
    ]);
  },
  gradient: (value, dy) => {
    const x = first(value);
    const [axis, start, end] = list(value, "range") as [number, number, number];
    const at = (n: number): number[] => x.shape.map((_, i) => (i === axis ? n : 0));
    return [pad(dy, at(start), at((x.shape[axis] ?? 0) - end))];
  },
};

/** Elements `start <= i < end` along one axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const length = x.shape[axis] ?? 0;
  assert(start >= 0 && end <= length && start < end, `slice ${start}..${end} of an axis of ${length}`);
  if (start === 0 && end === length) return x;
  return addValue(
    sliceOperator,
    [x],
    { range: [axis, start, end] },
    x.shape.map((n, i) => (i === axis ? end - start : n)),
  );
}

const reverseOperator: Operator = {
  name: "reverse",
  emit: (value, inputs, emitter) => {
    const axes = list(value, "axes");
    const all = (n: number): string => emitter.integers(axes.map(() => n));
    // A start of -1 is the last element; the end lies before the first one, whatever the length.
    return emitter.node("Slice", [...inputs, all(-1), all(-(2 ** 31)), emitter.integers(axes), all(-1)]);
  },
  gradient: (value, dy) => [reverse(dy, list(value, "axes"))],
};

/** Turns the order of elements along `axes` round. */
export function reverse(x: Value, axes: readonly number[]): Value {
  return addValue(reverseOperator, [x], { axes }, x.shape);
}

const concatenateOperator: Operator = {
  name: "concatenate",
  emit: (value, inputs, emitter) =>
    emitter.node("Concat", inputs, { axis: int(value.attributes["axis"] as number) }),
  gradient: (value, dy) => {
    const axis = value.attributes["axis"] as number;
    let start = 0;
    return value.inputs.map((input) => {
      const end = start + (input.shape[axis] ?? 0);
      const part = slice(dy, axis, start, end);
      start = end;
      return part;
    });
  },
};

/** Joins values along one axis; all other axes must agree. */
export function concatenate(values: readonly Value[], axis: number): Value {
  const [head] = values;
  assert(head !== undefined, "concatenate needs a value");
  if (values.length === 1) return head;
  assert(
    values.every(
      (v) =>
        v.shape.length === head.shape.length && v.shape.every((n, i) => i === axis || n === head.shape[i]),
    ),
    "concatenate: the other axes agree",
  );
  const length = values.reduce((total, value) => total + (value.shape[axis] ?? 0), 0);
  return addValue(
    concatenateOperator,
    values,
    { axis },
    head.shape.map((n, i) => (i === axis ? length : n)),
  );
}
