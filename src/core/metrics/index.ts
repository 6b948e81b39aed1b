/** Public surface of `core/metrics`: from two label images to scores that carry their settings. */

export {
  classifyErrors,
  countErrors,
  defaultErrorSettings,
  type ErrorCounts,
  type ErrorGroup,
  type ErrorSettings,
  type ObjectErrors,
} from "./classify-errors.ts";
export { type MatchCounts, type MatchScores, matchObjects, type ObjectMatch } from "./match-objects.ts";
export {
  defaultIouThresholds,
  type ForegroundScores,
  matcherName,
  poolMatchScores,
  poolScores,
  type SegmentationScores,
  scoreSegmentation,
} from "./score-segmentation.ts";
