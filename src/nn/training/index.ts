/** Training: configuration, batches, loop, checkpoints. */
export type { AugmentConfig } from "./augment-config.ts";
export { augmentModes, planOfItem, withAugmentPlans } from "./augment-config.ts";
export type { Batch, CropPlan, CropRecord, Sampler } from "./batch.ts";
export { createSampler, makeBatch, planCrops, sampleItem } from "./batch.ts";
export { assertConfig } from "./check-config.ts";
export type { TrainingState } from "./checkpoint.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { SegmentationConfig, SegmentationOverrides } from "./config.ts";
export { architectureOf, defaultSegmentationConfig, optimiserOf } from "./config.ts";
export type { CurvePoint } from "./curve.ts";
export { estimateSteps } from "./estimate-steps.ts";
export type { FineTuning, FineTuningForecast } from "./fine-tune.ts";
export { chooseFineTuning, fineTuningParts, foundSettings, trialsMax } from "./fine-tune.ts";
export type { ItemCache } from "./item-cache.ts";
export { createItemCache, itemCacheBytesDefault } from "./item-cache.ts";
export type { ItemFacts, ItemSource, LabelsByCompartment, PreparedItem, TrainingItem } from "./items.ts";
export { itemsInMemory, labelledCompartments, preparedSize, prepareItem } from "./items.ts";
export type { LayerReview } from "./pixel-weights.ts";
export { pixelWeights, untouchedWeightDefault } from "./pixel-weights.ts";
export { placesMax, placesThatCount, regionPlaces, thinnedPlaces } from "./places.ts";
export { decodeTensors, encodeTensors } from "./safetensors.ts";
export { createStepRunner } from "./step-runner.ts";
export type {
  TrainedModel,
  TrainedParameters,
  TrainingOptions,
  TrainingProgress,
} from "./train-segmentation.ts";
export { scoreAtStart, trainParameters, trainSegmentation } from "./train-segmentation.ts";
export { largestDifference } from "./weights.ts";
