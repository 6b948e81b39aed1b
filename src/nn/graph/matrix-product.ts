/**
 * Batched matrix product `[batch, m, k] x [batch, k, n]`, either side optionally transposed.
 *
 * Uses ONNX Runtime's `FusedMatMul`, which transposes while packing instead of in memory. Only training graphs need the
 * transposed forms, so released models stay within the standard operators.
 */
import { assert } from "#core/errors.ts";
import { int } from "./emitter.ts";
import type { Operator, Value } from "./graph.ts";
import { addValue } from "./graph.ts";

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const sides = (value: Value): Transposed => ({
  transposeA: value.attributes["transposeA"] === true,
  transposeB: value.attributes["transposeB"] === true,
});

const operator: Operator = {
  name: "matrixProduct",
  emit: (value, inputs, emitter) => {
    const { transposeA, transposeB } = sides(value);
    if (!transposeA && !transposeB) return emitter.node("MatMul", inputs);
    return emitter.node(
      "FusedMatMul",
      inputs,
      { transA: int(Number(transposeA)), transB: int(Number(transposeB)) },
      "com.microsoft",
    );
  },
  gradient: (value, dy) => {
    const [a, b] = value.inputs as [Value, Value];
    const { transposeA, transposeB } = sides(value);
    const da = transposeA
      ? matrixProduct(b, dy, { transposeA: transposeB, transposeB: true })
      : matrixProduct(dy, b, { transposeA: false, transposeB: !transposeB });
    const db = transposeB
      ? matrixProduct(dy, a, { transposeA: true, transposeB: transposeA })
      : matrixProduct(a, dy, { transposeA: !transposeA, transposeB: false });
    return [da, db];
  },
};

/** a·b over the last two axes; all three values have the axes [batch, row, column]. */
export function matrixProduct(a: Value, b: Value, { transposeA, transposeB }: Transposed): Value {
  const [batchA, a1, a2] = a.shape as [number, number, number];
  const [batchB, b1, b2] = b.shape as [number, number, number];
  const [m, k] = transposeA ? [a2, a1] : [a1, a2];
  const [k2, n] = transposeB ? [b2, b1] : [b1, b2];
  assert(
    a.shape.length === 3 && b.shape.length === 3 && batchA === batchB && k === k2,
    "matrixProduct: [batch, m, k] x [batch, k, n]",
  );
  return addValue(operator, [a, b], { transposeA, transposeB }, [batchA, m, n]);
}
