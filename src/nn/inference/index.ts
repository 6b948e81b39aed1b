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
export type { ScaleRequest, UsedScale } from "./choose-scale.ts";
export { needsEstimate, SCALE_MAX, SCALE_MIN, sizeForModel } from "./choose-scale.ts";
export { objectConfidence } from "./confidence.ts";
export type { ScaleEstimate, ScaleSample, ScaleTrial } from "./estimate-scale.ts";
export { chooseScale, estimateScale } from "./estimate-scale.ts";
export type { CompartmentLabels, LabelledMaps, PostprocessingChanges } from "./label-maps.ts";
export { labelMaps, mapNames, pairMaps } from "./label-maps.ts";
export type {
  ChannelExpectation,
  ModelPlanesOptions,
  NormalisationExpectation,
  NormalisationLimits,
} from "./model-input.ts";
export {
  channelsForModel,
  finite,
  luminance,
  modelPlane,
  modelPlanes,
  normalisationLimits,
  normaliseBetween,
  normalisedPlane,
} from "./model-input.ts";
export type { PredictedPlanes, PredictPlanesOptions } from "./predict-planes.ts";
export { predictMaps, predictPlanes } from "./predict-planes.ts";
export type { LabelRows, StreamedSegmentation } from "./predict-stream.ts";
export { predictStream } from "./predict-stream.ts";
export type { RowSource } from "./row-source.ts";
export { rowsOfPlanes } from "./row-source.ts";
export type {
  PredictionFacts,
  PredictOptions,
  RowSegmentation,
  Segmentation,
  SegmentationModel,
  SegmentedCompartment,
} from "./segmentation-model.ts";
export { loadSegmentationModel } from "./segmentation-model.ts";
export type { StreamedCompartment } from "./stream-objects.ts";
export type { Tile } from "./tiles.ts";
export { planTiles } from "./tiles.ts";
