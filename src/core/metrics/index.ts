/** Public surface of `core/metrics`: from two label images to scores that carry their settings. */

export { aggregatedJaccard, aggregatedJaccardPlus, type JaccardSums } from "./aggregated-jaccard.ts";
export { assignPairs, type WeightedPair } from "./assignment.ts";
export {
  type BootstrapIntervals,
  bootstrapIntervals,
  defaultReplicates,
  groupCountMin,
  type Interval,
  type ResampleOptions,
  type ResampleUnit,
  type TalliedImage,
} from "./bootstrap.ts";
export {
  type BoundaryScores,
  type BoundarySums,
  type BoundaryTolerance,
  boundaryScores,
  boundarySums,
  defaultBoundaryTolerance,
} from "./boundary-scores.ts";
export {
  type CellTrackingSums,
  cellTrackingSums,
  detectionWeights,
  detScore,
  segScore,
} from "./cell-tracking-scores.ts";
export {
  classifyErrors,
  classifyOverlaps,
  countErrors,
  defaultErrorSettings,
  type ErrorCounts,
  type ErrorGroup,
  type ErrorSettings,
  type ObjectErrors,
} from "./classify-errors.ts";
export {
  compareScores,
  type PairedImage,
  type ScoreComparison,
  type ScoreDifference,
} from "./compare-scores.ts";
export {
  type AnnotatedGround,
  type CountedObjects,
  type CountingRule,
  countedObjects,
  defaultCountingRule,
  uncountedPixels,
} from "./counted-objects.ts";
export { errorUnits } from "./error-units.ts";
export { defaultTallySettings, evaluateLabels, type LabelEvaluation } from "./evaluate-labels.ts";
export {
  type EvaluationReport,
  type FacetScores,
  type HumanAgreement,
  makeEvaluationReport,
  type ScoredImage,
} from "./evaluation-report.ts";
export { type HausdorffDistance, hausdorffDistances } from "./hausdorff.ts";
export { imageFacets } from "./image-facets.ts";
export { type MatchCounts, type MatchScores, matchObjects, type ObjectMatch } from "./match-objects.ts";
export { type ErrorClass, errorClassNames, type ObjectOutcome } from "./object-outcomes.ts";
export {
  type Headline,
  type HeadlineName,
  headlineNames,
  headlineOf,
  type ObjectScores,
  scoresOf,
} from "./object-scores.ts";
export { findOverlaps, type OverlapPair, type Overlaps } from "./overlaps.ts";
export type { PixelLengths } from "./pixel-distance.ts";
export {
  defaultIouThresholds,
  type ForegroundScores,
  matcherName,
  poolMatchScores,
  poolScores,
  type SegmentationScores,
  scoreSegmentation,
} from "./score-segmentation.ts";
export {
  addTallies,
  emptyTally,
  type ObjectTally,
  type TallyField,
  type TallySettings,
  tallyFields,
} from "./tally.ts";
