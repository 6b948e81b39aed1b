/** The linker that learns: candidates of `core/tracking` scored by a network trained here. */
export { fitTemperatures, judgeWindows, type LinkingQuality, qualityOf } from "./calibrate-linking.ts";
export {
  type KnownFrames,
  type KnownWindow,
  knownMovie,
  knownWindow,
  windowsOfMovie,
} from "./known-windows.ts";
export { defaultLinkingArchitecture, type LinkingArchitecture, linkingLayout } from "./link-network.ts";
export { type LinkingTemperatures, noTemperatures } from "./link-probabilities.ts";
export {
  describeLinkingModel,
  encodeLinkingModel,
  type LearnedScorer,
  openLinkingModel,
} from "./linking-model.ts";
export { silenceFeatures, unseenFeatures } from "./silence-unseen.ts";
export {
  decodeLinkingCheckpoint,
  defaultLinkingConfig,
  encodeLinkingCheckpoint,
  type LinkingConfig,
  type LinkingOptions,
  type LinkingProgress,
  type LinkingState,
  trainLinking,
} from "./train-linking.ts";
