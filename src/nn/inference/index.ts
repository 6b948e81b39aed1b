/** Prediction with released models. */
export {
  type ConfidenceCurve,
  type ConfidenceSample,
  calibrated,
  confidenceSamples,
  fitConfidence,
  type Reliability,
  type ReliabilityBin,
  reliability,
} from "./calibrate-confidence.ts";
export { objectConfidence } from "./confidence.ts";
export type {
  ChannelExpectation,
  ModelPlanesOptions,
  NormalisationExpectation,
  NormalisationLimits,
} from "./model-input.ts";
export {
  channelsForModel,
  modelPlane,
  modelPlanes,
  normalisationLimits,
  normaliseBetween,
  normalisedPlane,
} from "./model-input.ts";
export type { PredictedPlanes, PredictPlanesOptions } from "./predict-planes.ts";
export { predictMaps, predictPlanes } from "./predict-planes.ts";
export type { PredictOptions, Segmentation, SegmentationModel } from "./segmentation-model.ts";
export { loadSegmentationModel } from "./segmentation-model.ts";
export type { Tile } from "./tiles.ts";
export { planTiles } from "./tiles.ts";
