/** Training: configuration, batches, loop, checkpoints. */
export type { Batch, Sampler } from "./batch.ts";
export { createSampler, makeBatch, sampleItem } from "./batch.ts";
export type { TrainingState } from "./checkpoint.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { AugmentSettings, SegmentationConfig, SegmentationOverrides } from "./config.ts";
export { architectureOf, assertConfig, defaultSegmentationConfig, optimiserOf } from "./config.ts";
export type { CurvePoint } from "./curve.ts";
export { estimateSteps } from "./estimate-steps.ts";
export type { PreparedItem, TrainingItem } from "./items.ts";
export { prepareItem } from "./items.ts";
export { decodeTensors, encodeTensors } from "./safetensors.ts";
export { createStepSession, runStep } from "./step-runner.ts";
export type { TrainedModel, TrainingOptions, TrainingProgress } from "./train-segmentation.ts";
export { trainSegmentation } from "./train-segmentation.ts";
