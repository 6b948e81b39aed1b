/**
 * The training step of the prompt network.
 *
 * Loss: weighted cross-entropy of the pixels plus, of each example, one minus the soft Dice coefficient, so that a small
 * cell counts as much as a large one. The answer to the batch comes out as well: the next step corrects it.
 */
import type { Value } from "../graph/index.ts";
import {
  add,
  createGraph,
  divide,
  emitModel,
  inputValue,
  meanOfAll,
  multiply,
  offset,
  scale,
  sigmoid,
  sum,
  sumOfAll,
} from "../graph/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { type AdamWSettings, optimiserStep } from "../optimisers/index.ts";
import { type PromptArchitecture, promptLayout, promptLogits, promptPlanes } from "./prompt-network.ts";
import { viewSide } from "./prompt-view.ts";

export const promptLossNames = ["pixels", "overlap"] as const;

/** Mean over the batch of 1 - (2·Σpt + 1) / (Σp + Σt + 1) over weighted pixels. All [n, 1, s, s]. */
function diceLoss(cell: Value, target: Value, weight: Value): Value {
  const over = (value: Value): Value => sum(multiply(value, weight), [1, 2, 3]);
  const both = offset(scale(over(multiply(cell, target)), 2), 1);
  const either = offset(add(over(cell), over(target)), 1);
  return offset(scale(meanOfAll(divide(both, either)), -1), 1);
}

/**
 * Inputs: planes [n, 7, s, s], target and weight [n, 1, s, s], and those of the optimiser's step. Outputs: those of the
 * optimiser's step and "cell" [n, 1, s, s], the answer with the weights of before the step.
 */
export function promptStepModel(
  architecture: PromptArchitecture,
  batchSize: number,
  optimiser: AdamWSettings,
  channelBlock: number | undefined,
): Uint8Array {
  const graph = createGraph();
  const map = (name: string, channels: number): Value =>
    inputValue(graph, name, [batchSize, channels, viewSide, viewSide]);
  const planes = map("planes", promptPlanes.length);
  const [target, weight] = [map("target", 1), map("weight", 1)];
  const step = optimiserStep(graph, promptLayout(architecture), optimiser);
  const logits = promptLogits(step.source, planes, architecture);
  const cell = sigmoid(logits);
  const pixels = sumOfAll(crossEntropyWithLogits(logits, target, weight));
  const overlap = diceLoss(cell, target, weight);
  const outputs = { ...step.outputs(add(pixels, overlap), { pixels, overlap }), cell };
  return encodeModel(emitModel(outputs, { graphName: "prompt training step", channelBlock }));
}
