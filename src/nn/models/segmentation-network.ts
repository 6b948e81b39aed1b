/**
 * The segmentation network: a U-Net with a head per compartment, as a training step and as a released model.
 *
 * Logits come in the order of compartments, for each the channels of the head's design.
 */
import type { Compartment } from "../contract/index.ts";
import type { Value } from "../graph/index.ts";
import {
  concatenate,
  createGraph,
  emitModel,
  inputValue,
  reshape,
  scale,
  slice,
  sumOfAll,
} from "../graph/index.ts";
import type { HeadDesign, HeadName } from "../heads/index.ts";
import { headDesign } from "../heads/index.ts";
import type { NamedTensor, ParameterLayout, ParameterSource } from "../layers/index.ts";
import { foldingSource, layoutOf, parametersOfTensors, parametersOfVector } from "../layers/index.ts";
import { encodeModel } from "../onnx/index.ts";
import type { AdamWSettings } from "../optimisers/index.ts";
import { optimiserStep } from "../optimisers/index.ts";
import type { UnetArchitecture } from "./unet.ts";
import { strideOf, unet } from "./unet.ts";

export interface SegmentationArchitecture extends Omit<UnetArchitecture, "outputs"> {
  readonly head: HeadName;
  /** In the order of their heads. */
  readonly compartments: readonly Compartment[];
}

export interface StepSettings {
  readonly architecture: SegmentationArchitecture;
  readonly batchSize: number;
  readonly cropSize: number;
  readonly optimiser: AdamWSettings;
  /** Of the engine that runs the step (`Engine.channelBlock`). */
  readonly channelBlock?: number | undefined;
}

/** Name of a released output: "nuclear.innerDistance". */
export const outputName = (compartment: Compartment, name: string): string => `${compartment}.${name}`;

/** Names of the loss terms, in the order of the network's output channels: "nuclear.foreground". */
export function lossTermNames({ head, compartments }: SegmentationArchitecture): string[] {
  const { channels } = headDesign(head);
  return compartments.flatMap((compartment) => channels.map((name) => outputName(compartment, name)));
}

/** The U-Net below the heads, with the channels they need. */
export function trunkOf({ head, compartments, ...trunk }: SegmentationArchitecture): UnetArchitecture {
  return { ...trunk, outputs: compartments.length * headDesign(head).channels.length };
}

const logitsOf = (source: ParameterSource, image: Value, architecture: SegmentationArchitecture): Value =>
  unet(source, image, trunkOf(architecture));

/** Channels of the compartment at `index` out of maps with `channels` each. */
const partOf = (maps: Value, index: number, channels: number): Value =>
  maps.shape[1] === channels ? maps : slice(maps, 1, index * channels, (index + 1) * channels);

/** Parameters of the network, in order. */
export function segmentationLayout(architecture: SegmentationArchitecture): ParameterLayout {
  const graph = createGraph();
  const side = strideOf(architecture);
  return layoutOf(graph, (source) => {
    logitsOf(source, inputValue(graph, "image", [1, architecture.channels, side, side]), architecture);
  });
}

/** Loss terms of all compartments, [compartments x channels]. A compartment without weight in a crop adds nothing there. */
function lossTerms(design: HeadDesign, compartments: number, [logits, targets, weights]: readonly Value[]) {
  const k = design.channels.length;
  const terms = Array.from({ length: compartments }, (_, i) =>
    design.loss(
      partOf(logits as Value, i, k),
      partOf(targets as Value, i, k),
      partOf(weights as Value, i, 1),
    ),
  );
  return terms.length === 1 ? (terms[0] as Value) : concatenate(terms, 0);
}

/**
 * One training step as an ONNX file.
 *
 * With C compartments and K channels per head: inputs image [n, c, s, s], targets [n, C·K, s, s], weights [n, C, s, s],
 * theta, firstMoment, secondMoment [p], and the scalars learningRate, correction1, correction2. Outputs: theta, moments
 * after the step (same names with "next."), loss, one "loss.<compartment>.<channel>" per term, gradientNorm.
 */
export function segmentationStepModel(settings: StepSettings): Uint8Array {
  const { architecture, batchSize, cropSize, optimiser } = settings;
  const design = headDesign(architecture.head);
  const count = architecture.compartments.length;
  const layout = segmentationLayout(architecture);
  const graph = createGraph();
  const map = (name: string, channels: number): Value =>
    inputValue(graph, name, [batchSize, channels, cropSize, cropSize]);
  const image = map("image", architecture.channels);
  const targets = map("targets", count * design.channels.length);
  const weights = map("weights", count);
  const step = optimiserStep(graph, layout, optimiser);
  const logits = logitsOf(step.source, image, architecture);
  const terms = lossTerms(design, count, [logits, targets, weights]);
  const named = lossTermNames(architecture).map(
    (name, i) => [name, reshape(slice(terms, 0, i, i + 1), [])] as const,
  );
  const outputs = step.outputs(sumOfAll(terms), Object.fromEntries(named));
  return encodeModel(
    emitModel(outputs, { graphName: "segmentation training step", channelBlock: settings.channelBlock }),
  );
}

const dynamicMap = (channels: number): (number | string)[] => ["batch", channels, "height", "width"];

/**
 * The released model: image [batch, c, height, width] to "<compartment>.<output>", each [batch, 1, height, width].
 *
 * @param tensors parameters, or better the results of `foldedTensors`. @param metadata written into the file.
 */
export function segmentationInferenceModel(
  architecture: SegmentationArchitecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = createGraph();
  const side = strideOf(architecture) * 2;
  const image = inputValue(graph, "image", [1, architecture.channels, side, side]);
  const logits = logitsOf(parametersOfTensors(graph, tensors), image, architecture);
  const design = headDesign(architecture.head);
  const outputs: Record<string, Value> = {};
  const declaredShapes: Record<string, (number | string)[]> = { image: dynamicMap(architecture.channels) };
  architecture.compartments.forEach((compartment, i) => {
    const named = design.outputs(partOf(logits, i, design.channels.length));
    for (const name of design.outputNames) {
      outputs[outputName(compartment, name)] = named[name] as Value;
      declaredShapes[outputName(compartment, name)] = dynamicMap(1);
    }
  });
  return encodeModel(emitModel(outputs, { graphName: "segmentation", metadata, declaredShapes }));
}

/** ONNX file that turns the parameter vector into the tensors a released model stores (derived weights, biases). */
export function segmentationFoldModel(architecture: SegmentationArchitecture): Uint8Array {
  const layout = segmentationLayout(architecture);
  const graph = createGraph();
  const slices = parametersOfVector(inputValue(graph, "theta", [layout.total]), layout);
  const { source, stored } = foldingSource(slices);
  const side = strideOf(architecture);
  const image = scale(inputValue(graph, "unused", [1, architecture.channels, side, side]), 1);
  logitsOf(source, image, architecture);
  return encodeModel(emitModel(stored, { graphName: "segmentation weights" }));
}
