/** Public surface of `core/tracking`: detections -> candidates -> scores -> solution graph -> tracks. */

export type { BinaryProgram, SolveBinaryProgram } from "./binary-program.ts";
export {
  type CandidateOptions,
  type CandidateWindow,
  defaultCandidateOptions,
  findCandidates,
} from "./candidates.ts";
export {
  type AcceptedDivision,
  type CompiledConstraints,
  compileConstraints,
  type DetectionPair,
  detectionKey,
  joinConstraints,
  type TrackingConstraints,
} from "./constraints.ts";
export {
  type OriginChange,
  type ResolveOptions,
  resolveRegionInPlace,
  type TrackChanges,
} from "./correct.ts";
export {
  areaOf,
  type DetectionFeature,
  detectionFeatures,
  detectionsFromPoints,
  type FrameDetections,
  featureOf,
  lightOf,
  neighbourCount,
  type PointDetections,
  pickDetections,
} from "./detections.ts";
export type { LabelledShape } from "./frame-sums.ts";
export { linkConfidences } from "./link-confidence.ts";
export {
  faultOf,
  gainOf,
  type LinkChoice,
  type LinkProblem,
  type LinkSolver,
} from "./link-problem.ts";
export type { CandidateScores, LinkScorer } from "./link-scorer.ts";
export {
  applyMaskRepairInPlace,
  canRevert,
  isSameRepair,
  type MaskRepair,
  type MaskRepairKind,
  maskRepairKinds,
  revertMaskRepairInPlace,
} from "./mask-repair/mask-repair.ts";
export {
  createMaskRepairer,
  type FrameToRepair,
  type MaskRepairer,
  type MaskRepairerOptions,
  type RepairedFrame,
} from "./mask-repair/mask-repairer.ts";
export type { Linking } from "./mask-repair/repair-window.ts";
export { measureFrame, measureShapes } from "./measure-frame.ts";
export { type FrameMotion, type MotionScale, measureMotion, poolMotion } from "./motion.ts";
export { offerUnions, trackOfLabels, type UnionOptions } from "./offer-unions.ts";
export { defaultPlainScorerOptions, type PlainScorerOptions, plainScorer } from "./plain-scorer.ts";
export { type Nearest, nearestRoom, type PointGrid, pointGrid } from "./point-grid.ts";
export { nothingSettled, poseProblem, type Settled } from "./pose-problem.ts";
export { type Region, type RegionOptions, regionAround } from "./region.ts";
export { assignmentSolver } from "./solve-assignment.ts";
export { type ExactSolverOptions, exactSolver } from "./solve-exact.ts";
export { greedySolver } from "./solve-greedy.ts";
export { type Repair, type RepairContext, suggestRepairs } from "./suggest-repairs.ts";
export {
  buildTrackGraph,
  checkTrackGraph,
  linksOf,
  positionOf,
  presenceOfTracks,
  type TrackGraph,
  trackPositions,
  tracksOf,
} from "./track-graph.ts";
export {
  createTracker,
  type LinkedFrame,
  type Tracker,
  type TrackerOptions,
  trackFrames,
} from "./tracker.ts";
export { withFallback } from "./with-fallback.ts";
