/**
 * The prompt network: a small U-Net that answers which pixels of a view belong to the cell that was pointed at.
 *
 * Beside the picture it sees what the person gave (clicks on the cell, clicks beside it, a box), its own answer of before
 * when that is being corrected, and the pixels that other cells have already. One logit per pixel.
 */
import type { Value } from "../graph/index.ts";
import { createGraph, emitModel, inputValue, sigmoid } from "../graph/index.ts";
import type { NamedTensor, ParameterLayout, ParameterSource } from "../layers/index.ts";
import { foldingSource, layoutOf, parametersOfTensors, parametersOfVector } from "../layers/index.ts";
import { type UnetArchitecture, unet } from "../models/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { viewSide } from "./prompt-view.ts";

/** Planes of the input, in order. */
export const promptPlanes = ["outline", "nuclear", "inside", "outside", "box", "before", "taken"] as const;

export type PromptArchitecture = Pick<UnetArchitecture, "widths" | "pool" | "skip" | "decoderConvolutions">;

/** Five levels, so that every pixel sees the whole view; 0.9 MB. */
export const defaultPromptArchitecture: PromptArchitecture = {
  widths: [16, 32, 48, 48, 64],
  pool: "average",
  skip: "add",
  decoderConvolutions: 1,
};

/** @param planes [n, promptPlanes, viewSide, viewSide]. @returns logits [n, 1, viewSide, viewSide]. */
export const promptLogits = (
  source: ParameterSource,
  planes: Value,
  architecture: PromptArchitecture,
): Value => unet(source, planes, { ...architecture, channels: promptPlanes.length, outputs: 1 });

const inputOf = (graph: ReturnType<typeof createGraph>, count: number): Value =>
  inputValue(graph, "planes", [count, promptPlanes.length, viewSide, viewSide]);

export function promptLayout(architecture: PromptArchitecture): ParameterLayout {
  const graph = createGraph();
  return layoutOf(graph, (source) => {
    promptLogits(source, inputOf(graph, 1), architecture);
  });
}

/** ONNX file that turns the parameter vector into the tensors a released model stores. */
export function promptFoldModel(architecture: PromptArchitecture): Uint8Array {
  const layout = promptLayout(architecture);
  const graph = createGraph();
  const slices = parametersOfVector(inputValue(graph, "theta", [layout.total]), layout);
  const { source, stored } = foldingSource(slices);
  promptLogits(source, inputOf(graph, 1), architecture);
  return encodeModel(emitModel(stored, { graphName: "prompt weights" }));
}

/** The released model: "planes" [batch, 7, 96, 96] to "cell" [batch, 1, 96, 96], 0..1. */
export function promptInferenceModel(
  architecture: PromptArchitecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = createGraph();
  const cell = sigmoid(promptLogits(parametersOfTensors(graph, tensors), inputOf(graph, 1), architecture));
  const shape = (channels: number): (number | string)[] => ["batch", channels, viewSide, viewSide];
  return encodeModel(
    emitModel(
      { cell },
      {
        graphName: "prompt",
        metadata,
        declaredShapes: { planes: shape(promptPlanes.length), cell: shape(1) },
      },
    ),
  );
}
