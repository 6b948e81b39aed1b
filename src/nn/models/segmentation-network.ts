/**
 * The segmentation network: a U-Net with a deep-watershed head, as a training step and as a released model.
 *
 * Two logits per pixel: inner distance (1 at a cell's centre, falling to 0 at its border) and foreground. Both are trained
 * by cross-entropy against soft targets, which keeps gradients alive where a sigmoid with squared error would stall.
 */
import { gradients } from "../autodiff/index.ts";
import type { Value } from "../graph/index.ts";
import {
  concatenate,
  createGraph,
  emitModel,
  inputValue,
  reshape,
  scale,
  sigmoid,
  slice,
  sumOfAll,
} from "../graph/index.ts";
import type { NamedTensor, ParameterLayout, ParameterSource } from "../layers/index.ts";
import { decayMask, layoutOf, parametersOfTensors, parametersOfVector } from "../layers/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import { encodeModel } from "../onnx/index.ts";
import type { AdamWSettings } from "../optimisers/index.ts";
import { adamW } from "../optimisers/index.ts";
import type { UnetArchitecture } from "./unet.ts";
import { strideOf, unet } from "./unet.ts";

/** Channels of the head, in order. */
export const headNames = ["innerDistance", "foreground"] as const;

export interface StepSettings {
  readonly architecture: UnetArchitecture;
  readonly batchSize: number;
  readonly cropSize: number;
  readonly optimiser: AdamWSettings;
}

/** Parameters of the network, in order. */
export function segmentationLayout(architecture: UnetArchitecture): ParameterLayout {
  const graph = createGraph();
  const side = strideOf(architecture);
  return layoutOf(graph, (source) => {
    unet(source, inputValue(graph, "image", [1, architecture.channels, side, side]), architecture);
  });
}

/**
 * One training step as an ONNX file.
 *
 * Inputs: image [n, c, s, s], targets [n, 2, s, s], weights [n, 1, s, s], theta, firstMoment, secondMoment [p], and the
 * scalars learningRate, correction1, correction2. Outputs: theta, moments after the step (same names with "next."),
 * loss, one loss per head channel, gradientNorm.
 */
export function segmentationStepModel(settings: StepSettings): Uint8Array {
  const { architecture, batchSize, cropSize, optimiser } = settings;
  const layout = segmentationLayout(architecture);
  const graph = createGraph();
  const map = (name: string, channels: number): Value =>
    inputValue(graph, name, [batchSize, channels, cropSize, cropSize]);
  const image = map("image", architecture.channels);
  const targets = map("targets", headNames.length);
  const weights = map("weights", 1);
  const vector = (name: string): Value => inputValue(graph, name, [layout.total]);
  const state = {
    theta: vector("theta"),
    firstMoment: vector("firstMoment"),
    secondMoment: vector("secondMoment"),
  };
  const number = (name: string): Value => inputValue(graph, name, []);
  const scalars = {
    learningRate: number("learningRate"),
    correction1: number("correction1"),
    correction2: number("correction2"),
  };
  // Differentiating by each parameter, then joining, keeps the backward pass free of scattered sums into the vector.
  const used = new Map<string, Value>();
  const slices = parametersOfVector(state.theta, layout);
  const source: ParameterSource = {
    parameter(spec) {
      const value = slices.parameter(spec);
      used.set(spec.name, value);
      return value;
    },
    derived: (_name, make) => make(),
  };
  const logits = unet(source, image, architecture);
  const terms = crossEntropyWithLogits(logits, targets, weights);
  const loss = sumOfAll(terms);
  const parameters = layout.specs.map((spec) => used.get(spec.name) as Value);
  const parts = gradients(loss, parameters).map((g) => reshape(g, [g.shape.reduce((a, b) => a * b, 1)]));
  const next = adamW(state, concatenate(parts, 0), decayMask(layout), scalars, optimiser);
  const term = (i: number): Value => reshape(slice(terms, 0, i, i + 1), []);
  const outputs = {
    "next.theta": next.theta,
    "next.firstMoment": next.firstMoment,
    "next.secondMoment": next.secondMoment,
    loss,
    "loss.innerDistance": term(0),
    "loss.foreground": term(1),
    gradientNorm: next.gradientNorm,
  };
  return encodeModel(emitModel(outputs, { graphName: "segmentation training step" }));
}

const dynamicMap = (channels: number): (number | string)[] => ["batch", channels, "height", "width"];

/**
 * The released model: image [batch, c, height, width] to innerDistance and foreground, each [batch, 1, height, width], 0..1.
 *
 * @param tensors parameters, or better the results of `foldedTensors`. @param metadata written into the file.
 */
export function segmentationInferenceModel(
  architecture: UnetArchitecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = createGraph();
  const side = strideOf(architecture) * 2;
  const image = inputValue(graph, "image", [1, architecture.channels, side, side]);
  const probabilities = sigmoid(unet(parametersOfTensors(graph, tensors), image, architecture));
  const outputs = Object.fromEntries(headNames.map((name, i) => [name, slice(probabilities, 1, i, i + 1)]));
  const declaredShapes = {
    image: dynamicMap(architecture.channels),
    innerDistance: dynamicMap(1),
    foreground: dynamicMap(1),
  };
  return encodeModel(emitModel(outputs, { graphName: "segmentation", metadata, declaredShapes }));
}

/** ONNX file that turns the parameter vector into the tensors a released model stores (derived weights, biases). */
export function segmentationFoldModel(architecture: UnetArchitecture): Uint8Array {
  const layout = segmentationLayout(architecture);
  const graph = createGraph();
  const slices = parametersOfVector(inputValue(graph, "theta", [layout.total]), layout);
  const outputs: Record<string, Value> = {};
  // Parameters that only feed a derived value are not stored.
  let insideDerived = 0;
  const source: ParameterSource = {
    parameter(spec) {
      const value = slices.parameter(spec);
      if (insideDerived === 0) outputs[spec.name] = value;
      return value;
    },
    derived(name, make) {
      insideDerived++;
      const value = make();
      insideDerived--;
      outputs[name] = value;
      return value;
    },
  };
  const side = strideOf(architecture);
  unet(source, scale(inputValue(graph, "unused", [1, architecture.channels, side, side]), 1), architecture);
  return encodeModel(emitModel(outputs, { graphName: "segmentation weights" }));
}
