/** Public surface of `core/prepare`: from metadata to what a training sees of each image. */

export { type BalancedImage, type BalanceOptions, balanceWeights } from "./balance-weights.ts";
export {
  type ChannelMapping,
  type InputMapping,
  mapChannels,
  mapInputs,
  type NamedChannel,
  type WantedInput,
} from "./map-channels.ts";
export { type FittedImage, type FittedModel, modelFit } from "./model-fit.ts";
export { type ModelTask, modelTask } from "./model-task.ts";
export {
  cellSizesNeeded,
  type PlannedScale,
  planScales,
  type ScaledImage,
  type ScalePlan,
} from "./plan-scales.ts";
export { selectChannels } from "./select-channels.ts";
