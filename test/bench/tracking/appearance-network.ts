/**
 * A small network that turns the crop of a cell into sixteen numbers: near for one cell in two frames, far for rivals.
 *
 * Trained by choosing the true one among rivals of the next frame: softmax over minus squared distances (InfoNCE with
 * the nearest cells as negatives, van den Oord et al. 2018).
 */

import { rng } from "#core/rng.ts";
import { createOrtNodeEngine } from "../../../src/nn/engine/ort-node.ts";
import { openStateSession } from "../../../src/nn/engine/state-session.ts";
import {
  add,
  concatenate,
  convolution,
  createGraph,
  emitModel,
  exponential,
  inputValue,
  logarithm,
  meanOfAll,
  offset,
  relu,
  reshape,
  scale,
  slice,
  square,
  subtract,
  sum,
  type Value,
} from "../../../src/nn/graph/index.ts";
import {
  initialParameters,
  layoutOf,
  type NamedTensor,
  type ParameterLayout,
  type ParameterSource,
  parametersOfTensors,
  standardisedConvolution,
} from "../../../src/nn/layers/index.ts";
import { encodeModel } from "../../../src/nn/onnx/index.ts";
import { biasCorrections, learningRateAt, optimiserStep } from "../../../src/nn/optimisers/index.ts";
import { cropLength, cropSide } from "./appearance-crops.ts";

export const embeddingLength = 16;

/** Cells of a step, and cells of the next frame each is compared with: the true one first. */
export const batch = { anchors: 48, choices: 4 };

const optimiser = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 1e-3, clipNorm: 1 };

function embed(source: ParameterSource, crops: Value): Value {
  const layer = (x: Value, name: string, outputs: number, kernel: number): Value =>
    relu(standardisedConvolution(source, x, { name, outputs, kernel, stride: 2 }));
  const seen = layer(layer(layer(crops, "first", 16, 5), "second", 24, 3), "third", 32, 3);
  const [n, c, h, w] = seen.shape as [number, number, number, number];
  const flat = reshape(seen, [n, c * h * w, 1, 1]);
  const inputs = c * h * w;
  const weights = source.parameter({
    name: "last.weights",
    shape: [embeddingLength, inputs, 1, 1],
    initial: { deviation: 1 / Math.sqrt(inputs) },
    decays: true,
  });
  const bias = source.parameter({
    name: "last.bias",
    shape: [embeddingLength],
    initial: { constant: 0 },
    decays: false,
  });
  return convolution(flat, weights, bias, { stride: 1, padding: 0 });
}

function embeddingLayout(): ParameterLayout {
  const graph = createGraph();
  return layoutOf(graph, (source) => {
    embed(source, inputValue(graph, "crops", [1, 2, cropSide, cropSide]));
  });
}

/** Crops of a step: anchors, then for each place among the choices a block of as many. */
function stepModel(layout: ParameterLayout): Uint8Array {
  const graph = createGraph();
  const { anchors, choices } = batch;
  const crops = inputValue(graph, "crops", [anchors * (1 + choices), 2, cropSide, cropSide]);
  // 0, or a large number where a cell has fewer rivals than there are places.
  const missing = inputValue(graph, "missing", [anchors, choices]);
  const step = optimiserStep(graph, layout, optimiser);
  const all = embed(step.source, crops);
  const block = (k: number): Value => slice(all, 0, k * anchors, (k + 1) * anchors);
  const gaps = Array.from({ length: choices }, (_, k) =>
    reshape(sum(square(subtract(block(0), block(k + 1))), [1]), [anchors, 1]),
  );
  const away = add(concatenate(gaps, 1), missing);
  const near = sum(exponential(scale(away, -1)), [1]);
  const chosen = slice(away, 1, 0, 1);
  const loss = meanOfAll(add(logarithm(offset(near, 1e-9)), chosen));
  return encodeModel(emitModel(step.outputs(loss, {}), { graphName: "appearance training step" }));
}

export interface Batch {
  readonly crops: Float32Array;
  readonly missing: Float32Array;
}

/** @returns weights after `steps`, in layout order. */
export async function trainEmbedding(
  steps: number,
  seed: number,
  batchAt: (step: number) => Batch,
  onStep: (step: number, loss: number) => void,
): Promise<Float32Array> {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const layout = embeddingLayout();
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  const number = (value: number) => ({ shape: [], data: new Float32Array([value]) });
  const session = await openStateSession(engine, stepModel(layout), {
    initial: {
      theta: vector(initialParameters(layout, rng(seed, "appearance weights"))),
      firstMoment: vector(new Float32Array(layout.total)),
      secondMoment: vector(new Float32Array(layout.total)),
    },
    next: { theta: "next.theta", firstMoment: "next.firstMoment", secondMoment: "next.secondMoment" },
  });
  const { anchors, choices } = batch;
  for (let step = 0; step < steps; step++) {
    const { crops, missing } = batchAt(step);
    const { correction1, correction2 } = biasCorrections(optimiser, step + 1);
    const outputs = await session.step({
      crops: { shape: [anchors * (1 + choices), 2, cropSide, cropSide], data: crops },
      missing: { shape: [anchors, choices], data: missing },
      learningRate: number(learningRateAt({ learningRate: 2e-3, warmupSteps: 50, steps }, step)),
      correction1: number(correction1),
      correction2: number(correction2),
    });
    onStep(step, Number(outputs["loss"]!.data[0]));
  }
  const state = await session.readState();
  await session.release();
  return state["theta"]!.data as Float32Array;
}

/** Embeds crops, some hundred at a time. */
export async function openEmbedding(
  theta: Float32Array,
): Promise<(crops: Float32Array) => Promise<Float32Array>> {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const layout = embeddingLayout();
  const tensors = new Map<string, NamedTensor>();
  layout.specs.forEach((spec, i) => {
    const data = theta.slice(layout.offsets[i], layout.offsets[i + 1] ?? layout.total);
    tensors.set(spec.name, { shape: spec.shape, data });
  });
  const room = 64;
  const graph = createGraph();
  const crops = inputValue(graph, "crops", [room, 2, cropSide, cropSide]);
  const output = embed(parametersOfTensors(graph, tensors), crops);
  const session = await engine.createSession(
    encodeModel(emitModel({ embedding: output }, { graphName: "appearance" })),
  );
  return async (all) => {
    const count = all.length / cropLength;
    const embedded = new Float32Array(count * embeddingLength);
    for (let first = 0; first < count; first += room) {
      const part = new Float32Array(room * cropLength);
      part.set(all.subarray(first * cropLength, Math.min(count, first + room) * cropLength));
      const outputs = await session.run({
        crops: { shape: [room, 2, cropSide, cropSide], data: part },
      });
      const data = outputs["embedding"]!.data as Float32Array;
      embedded.set(
        data.subarray(0, Math.min(room, count - first) * embeddingLength),
        first * embeddingLength,
      );
    }
    return embedded;
  };
}
