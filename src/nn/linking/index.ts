/** The linker that learns: candidates of `core/tracking` scored by a network trained here. */
export { fitTemperatures, judgeWindows, type LinkingQuality, qualityOf } from "./calibrate-linking.ts";
export {
  defaultFineTuneConfig,
  type FineTunedLinking,
  fineTuneLinking,
  type JudgedQuality,
  judgedQuality,
  type LinkingFineTuneConfig,
  type LinkingFineTuneData,
  type LinkingLook,
} from "./fine-tune-linking.ts";
export { type JudgedWindow, type KnownOrigin, type KnownOrigins, partialOf } from "./judged-window.ts";
export { judgedWindow, type PlannedWindow, planJudgedWindows } from "./judged-windows.ts";
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
  decodeLinkingWeights,
  defaultLinkingConfig,
  encodeLinkingCheckpoint,
  encodeLinkingWeights,
  type LinkingConfig,
  type LinkingOptions,
  type LinkingProgress,
  type LinkingState,
  trainLinking,
} from "./train-linking.ts";
