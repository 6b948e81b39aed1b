/**
 * The training step for windows of which only some links are judged: minus the log of the probability that one of the
 * possible origins is the true one, by detection and weight.
 *
 * With one possible origin that is the loss of full training; with all of them it is nothing. Fates and masks are as there.
 */
import type { Tensor } from "../engine/engine.ts";
import type { Value } from "../graph/index.ts";
import {
  add,
  createGraph,
  divide,
  emitModel,
  exponential,
  gatherColumns,
  inputValue,
  logarithm,
  multiply,
  offset,
  softplus,
  subtract,
  sum,
  sumOfAll,
} from "../graph/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { type AdamWSettings, optimiserStep } from "../optimisers/index.ts";
import type { PartialTargets } from "./judged-window.ts";
import {
  type LinkingArchitecture,
  type LinkingSize,
  linkingInputs,
  linkingLayout,
  linkingOutputs,
} from "./link-network.ts";
import { waysMax } from "./link-tables.ts";

/** @returns ONNX bytes; inputs as of `linkingStepModel` with other targets. */
export function partialStepModel(
  architecture: LinkingArchitecture,
  size: LinkingSize,
  optimiser: AdamWSettings,
): Uint8Array {
  const layout = linkingLayout(architecture);
  const graph = createGraph();
  const inputs = linkingInputs(graph, size, true);
  const row = (name: string): Value => inputValue(graph, name, [1, 1, 1, size.detections]);
  const possible = inputValue(graph, "possible", [1, 1, waysMax, size.detections]);
  const [mayAppear, originWeight] = [row("mayAppear"), row("originWeight")];
  const [vanishes, vanishesWeight] = [row("vanishes"), row("vanishesWeight")];
  const [real, realWeight] = [row("real"), row("realWeight")];
  const step = optimiserStep(graph, layout, optimiser);
  const outputs = linkingOutputs(step.source, inputs, architecture);
  const mean = (value: Value, weight: Value): Value =>
    divide(sumOfAll(multiply(value, weight)), offset(sumOfAll(weight), 1e-6));
  const arriving = gatherColumns(exponential(outputs.ways), inputs.into, inputs.placeIn);
  const appearing = exponential(outputs.appears);
  const all = add(sum(arriving, [2]), appearing);
  const true_ = add(sum(multiply(arriving, possible), [2]), multiply(appearing, mayAppear));
  const origin = mean(subtract(logarithm(all), logarithm(offset(true_, 1e-9))), originWeight);
  const binary = (logit: Value, target: Value, weight: Value): Value =>
    mean(subtract(softplus(logit), multiply(logit, target)), weight);
  const fate = binary(outputs.vanishes, vanishes, vanishesWeight);
  const mask = binary(outputs.real, real, realWeight);
  const loss = add(add(origin, fate), mask);
  return encodeModel(
    emitModel(step.outputs(loss, { origin, fate, mask }), { graphName: "linking fine-tuning step" }),
  );
}

export function partialFeeds(targets: PartialTargets, room: LinkingSize): Record<string, Tensor> {
  const row = (values: Float32Array): Tensor => {
    const data = new Float32Array(room.detections);
    data.set(values);
    return { shape: [1, 1, 1, room.detections], data };
  };
  const count = targets.mayAppear.length;
  const possible = new Float32Array(waysMax * room.detections);
  for (let k = 0; k < waysMax; k++)
    possible.set(targets.possible.subarray(k * count, (k + 1) * count), k * room.detections);
  const { mayAppear, originWeight, vanishes, vanishesWeight, real, realWeight } = targets;
  return {
    possible: { shape: [1, 1, waysMax, room.detections], data: possible },
    mayAppear: row(mayAppear),
    originWeight: row(originWeight),
    vanishes: row(vanishes),
    vanishesWeight: row(vanishesWeight),
    real: row(real),
    realWeight: row(realWeight),
  };
}
