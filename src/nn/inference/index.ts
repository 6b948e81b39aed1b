/** Prediction with released models. */
export { objectConfidence } from "./confidence.ts";
export type { ChannelExpectation, NormalisationExpectation } from "./model-input.ts";
export { channelsForModel, modelPlane, normalisedPlane } from "./model-input.ts";
export type { PredictedPlanes, PredictPlanesOptions } from "./predict-planes.ts";
export { predictPlanes } from "./predict-planes.ts";
export type { PredictOptions, Segmentation, SegmentationModel } from "./segmentation-model.ts";
export { loadSegmentationModel } from "./segmentation-model.ts";
export type { Tile } from "./tiles.ts";
export { planTiles } from "./tiles.ts";
