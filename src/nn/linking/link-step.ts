/**
 * The training step of the linking network: one window in, losses and the next weights out.
 *
 * Losses are minus log likelihoods. Origins: per real detection, log of the sum over its ways in and "appears" minus the
 * logit of the true one, summed per way instead of per detection (a true division counts for both daughters). Fates and
 * masks: binary cross-entropy.
 */
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
import {
  type LinkingArchitecture,
  type LinkingOutputs,
  type LinkingSize,
  linkingInputs,
  linkingLayout,
  linkingOutputs,
} from "./link-network.ts";

export const linkLossNames = ["origin", "fate", "mask"] as const;

/** Targets of a window, [1, 1, 1, columns] each; see `window-targets.ts`. */
interface TargetValues {
  readonly wayTarget: Value;
  readonly appearsTarget: Value;
  readonly originWeight: Value;
  readonly vanishesTarget: Value;
  readonly vanishesWeight: Value;
  readonly realTarget: Value;
  readonly realWeight: Value;
}

function lossesOf(outputs: LinkingOutputs, into: Value, placeIn: Value, targets: TargetValues): Value[] {
  const arriving = sum(gatherColumns(exponential(outputs.ways), into, placeIn), [2]);
  const normaliser = logarithm(add(arriving, exponential(outputs.appears)));
  const mean = (value: Value, weight: Value): Value =>
    divide(sumOfAll(value), offset(sumOfAll(weight), 1e-6));
  const chosen = sumOfAll(multiply(outputs.ways, targets.wayTarget));
  const appearing = multiply(outputs.appears, targets.appearsTarget);
  const origin = divide(
    subtract(sumOfAll(subtract(multiply(normaliser, targets.originWeight), appearing)), chosen),
    offset(sumOfAll(targets.originWeight), 1e-6),
  );
  const binary = (logit: Value, target: Value, weight: Value): Value =>
    mean(multiply(subtract(softplus(logit), multiply(logit, target)), weight), weight);
  return [
    origin,
    binary(outputs.vanishes, targets.vanishesTarget, targets.vanishesWeight),
    binary(outputs.real, targets.realTarget, targets.realWeight),
  ];
}

/** @returns ONNX bytes of the step; standard operators on every engine. */
export function linkingStepModel(
  architecture: LinkingArchitecture,
  size: LinkingSize,
  optimiser: AdamWSettings,
): Uint8Array {
  const layout = linkingLayout(architecture);
  const graph = createGraph();
  const inputs = linkingInputs(graph, size, true);
  const wayCount = size.links + size.divisions;
  const row = (name: string, count: number): Value => inputValue(graph, name, [1, 1, 1, count]);
  const targets: TargetValues = {
    wayTarget: row("wayTarget", wayCount),
    appearsTarget: row("appearsTarget", size.detections),
    originWeight: row("originWeight", size.detections),
    vanishesTarget: row("vanishesTarget", size.detections),
    vanishesWeight: row("vanishesWeight", size.detections),
    realTarget: row("realTarget", size.detections),
    realWeight: row("realWeight", size.detections),
  };
  const step = optimiserStep(graph, layout, optimiser);
  const outputs = linkingOutputs(step.source, inputs, architecture);
  const losses = lossesOf(outputs, inputs.into, inputs.placeIn!, targets);
  const loss = losses.reduce(add);
  const terms = Object.fromEntries(linkLossNames.map((name, i) => [name, losses[i]!]));
  return encodeModel(emitModel(step.outputs(loss, terms), { graphName: "linking training step" }));
}
