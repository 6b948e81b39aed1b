/**
 * From a parameter vector to the inference model file and its contract.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { InputContract, PixelSize } from "../contract/index.ts";
import type { Engine } from "../engine/engine.ts";
import { headDesign } from "../heads/index.ts";
import {
  architectureName,
  outputName,
  receptiveRadius,
  segmentationInferenceModel,
  strideOf,
} from "../models/index.ts";
import type { SegmentationConfig } from "./config.ts";
import { architectureOf } from "./config.ts";
import { foldWeights } from "./weights.ts";

/** The contract of a model trained with `config` at pixel size `mpp`, before calibration. */
export function contractOf(
  config: SegmentationConfig,
  mpp: PixelSize | null,
  postprocessing: DeepWatershedParams = headDesign(config.head).start,
): InputContract {
  const architecture = architectureOf(config);
  return {
    version: 2,
    channels: config.channels,
    mpp,
    normalisation: { kind: "percentile", low: config.percentileLow, high: config.percentileHigh },
    stride: strideOf(architecture),
    receptiveRadiusPx: receptiveRadius(architecture),
    architecture: architectureName(architecture),
    head: config.head,
    compartments: config.compartments.map((compartment) => ({
      compartment,
      outputs: {
        innerDistance: outputName(compartment, "innerDistance"),
        foreground: outputName(compartment, "foreground"),
      },
      postprocessing,
      confidence: null,
    })),
    range: null,
  };
}

/** The inference graph with weights and contract inside. */
export async function inferenceModel(
  engine: Engine,
  config: SegmentationConfig,
  theta: Float32Array,
  contract: InputContract,
): Promise<Uint8Array> {
  const architecture = architectureOf(config);
  const tensors = await foldWeights(engine, architecture, theta);
  return segmentationInferenceModel(architecture, tensors, {
    "cellfoundry.contract": canonicalJson(contract),
  });
}
