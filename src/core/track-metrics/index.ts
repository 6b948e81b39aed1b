/** Public surface of `core/track-metrics`: from two trackings of a movie to scores that carry their settings. */

export type { DivisionRule, DivisionScores } from "./division-scores.ts";
export { type FrameMatch, matchFrame, matchKnownPairs, trackMatcherName } from "./frame-match.ts";
export { type GraphCounts, type GraphScores, linkWeights } from "./graph-scores.ts";
export { type HotaScores, hotaThresholds } from "./hota.ts";
export type { OnlyChild, ParentLinks } from "./track-forest.ts";
export type { TrackFractions } from "./track-fractions.ts";
export {
  createTrackScorer,
  defaultTrackScoreSettings,
  type ToleranceScores,
  type TrackingScores,
  type TrackScorer,
  type TrackScoreSettings,
} from "./track-scorer.ts";
