/**
 * Graphs on channel blocks, WebAssembly and WebGPU against the same graphs of standard operators on the processor, whose
 * values and gradients the other tests check against finite differences and PyTorch.
 *
 * Tolerance 1e-4 of the largest element: float32 sums of at most some ten thousand products in another order.
 */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { gradients } from "../autodiff/index.ts";
import type { Tensor } from "../engine/engine.ts";
import { engines, evaluate } from "../fixtures/check-gradients.ts";
import type { Shape, Value } from "./index.ts";
import {
  add,
  averagePool,
  concatenate,
  constantValue,
  convolution,
  createGraph,
  elementCount,
  emitModel,
  inputValue,
  maxPool,
  multiply,
  relu,
  slice,
  sumOfAll,
  upsampleNearest,
} from "./index.ts";

const TOLERANCE = 1e-4;

const same = (kernel: number) => ({ stride: 1, padding: (kernel - 1) / 2 });

/** Values and gradients of sum(y · weights) by all inputs. */
function problemOf(
  shapes: readonly Shape[],
  build: (...inputs: Value[]) => Value,
): {
  outputs: Record<string, Value>;
  feeds: Record<string, Tensor>;
} {
  const random = rng(5, "channel blocks");
  const graph = createGraph();
  const inputs = shapes.map((shape, i) => inputValue(graph, `x${i}`, shape));
  const y = build(...inputs);
  const draw = (shape: Shape): Float32Array =>
    Float32Array.from({ length: elementCount(shape) }, () => random.normal());
  const found = gradients(sumOfAll(multiply(y, constantValue(graph, y.shape, draw(y.shape)))), inputs);
  return {
    outputs: { y, ...Object.fromEntries(found.map((value, i) => [`g${i}`, value])) },
    feeds: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, { shape, data: draw(shape) }])),
  };
}

const conv = (n: number, c: number, h: number, w: number, o: number, k: number) =>
  problemOf([[n, c, h, w], [o, c, k, k], [o]], (x, weights, bias) =>
    relu(convolution(x as Value, weights as Value, bias as Value, same(k))),
  );

const problems: Record<string, ReturnType<typeof problemOf>> = {
  "one image, blocks on both sides": conv(1, 32, 9, 7, 48, 3),
  "three images, blocks on both sides": conv(3, 32, 6, 5, 16, 3),
  "kernel of five": conv(2, 16, 8, 7, 32, 5),
  "kernel of one": conv(2, 32, 5, 6, 16, 1),
  "three plain inputs": conv(2, 3, 7, 6, 16, 3),
  "two plain outputs of a kernel of three": conv(2, 16, 7, 6, 2, 3),
  "as many images as channels of a block": conv(16, 16, 3, 4, 16, 3),
  "a batch that fits no groups": conv(20, 16, 3, 4, 16, 3),
  "channels that fit no blocks": conv(2, 12, 5, 4, 20, 3),
  "stride two": problemOf(
    [
      [2, 16, 8, 6],
      [16, 16, 3, 3],
    ],
    (x, weights) => convolution(x as Value, weights as Value, null, { stride: 2, padding: 1 }),
  ),
  "a network of pools, skips and joins": problemOf(
    [
      [2, 1, 8, 8],
      [16, 1, 3, 3],
      [16, 16, 3, 3],
      [16, 32, 3, 3],
      [2, 16, 1, 1],
    ],
    (x, first, second, third, head) => {
      const a = relu(convolution(x as Value, first as Value, null, same(3)));
      const b = relu(convolution(averagePool(a, 2), second as Value, null, same(3)));
      const c = add(upsampleNearest(maxPool(b, 2), 4), a);
      const joined = concatenate([upsampleNearest(b, 2), c], 1);
      const d = relu(convolution(joined, third as Value, null, same(3)));
      return convolution(add(d, slice(joined, 1, 16, 32)), head as Value, null, same(1));
    },
  ),
};

// A driver in software compiles a shader per operator and shape, most of a second each: WebGPU gets the whole network, and
// single operators in operators.test.ts.
const ON_WEBGPU = "a network of pools, skips and joins";

test.each(Object.entries(problems))("%s", async (problem, { outputs, feeds }) => {
  const [reference, ...rest] = await engines();
  const others = rest.filter(({ engine }) => engine.deviceClass !== "webgpu" || problem === ON_WEBGPU);
  const expected = await evaluate(outputs, feeds, reference?.engine);
  for (const { name, engine, tolerance } of others) {
    const found = await evaluate(outputs, feeds, engine);
    for (const [output, { data }] of Object.entries(expected)) {
      const values = data as Float32Array;
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - Number(found[output]?.data[i]))),
        0,
      );
      expect(scale).toBeGreaterThan(0.1);
      expect([name, output, worst / scale < TOLERANCE * tolerance, worst / scale]).toEqual([
        name,
        output,
        true,
        worst / scale,
      ]);
    }
  }
});

test("whole blocks are written for the runtime's own kernels, gradients included, and nothing is reordered in between", () => {
  const { outputs } = problems["three images, blocks on both sides"] as ReturnType<typeof problemOf>;
  const { nodes } = emitModel(outputs, { graphName: "test", channelBlock: 16 });
  const counts = (operator: string): number => nodes.filter((node) => node.operator === operator).length;
  const own = nodes.filter(({ domain }) => domain === "com.microsoft.nchwc");
  // Forward with its ReLU, gradient of the input, gradient of the weights; one pool is the gradient of the bias.
  expect(counts("Conv")).toBe(3);
  expect(own.filter(({ operator }) => operator === "Conv")).toHaveLength(3);
  expect([counts("Relu"), counts("GlobalAveragePool"), counts("FusedMatMul")]).toEqual([0, 1, 0]);
  // x and the given gradient come in plain; y and the gradient of x go out plain.
  expect([counts("ReorderInput"), counts("ReorderOutput")]).toEqual([2, 2]);
});
