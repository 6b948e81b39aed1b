/** Training: configuration, batches, loop, checkpoints. */
export type { Batch, CropPlan, CropRecord, Sampler } from "./batch.ts";
export { createSampler, makeBatch, planCrops, sampleItem } from "./batch.ts";
export { assertConfig } from "./check-config.ts";
export type { TrainingState } from "./checkpoint.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { AugmentSettings, SegmentationConfig, SegmentationOverrides } from "./config.ts";
export { architectureOf, defaultSegmentationConfig, optimiserOf } from "./config.ts";
export type { CurvePoint } from "./curve.ts";
export { estimateSteps } from "./estimate-steps.ts";
export type { ItemCache } from "./item-cache.ts";
export { createItemCache, itemCacheBytesDefault } from "./item-cache.ts";
export type { ItemFacts, ItemSource, LabelsByCompartment, PreparedItem, TrainingItem } from "./items.ts";
export { itemsInMemory, labelledCompartments, preparedSize, prepareItem } from "./items.ts";
export { decodeTensors, encodeTensors } from "./safetensors.ts";
export { createStepSession, runStep } from "./step-runner.ts";
export type { TrainedModel, TrainingOptions, TrainingProgress } from "./train-segmentation.ts";
export { trainSegmentation } from "./train-segmentation.ts";
export { largestDifference } from "./weights.ts";
