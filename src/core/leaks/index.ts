/** Public surface of `core/leaks`: how test images get into training unseen, and how that is found. */

export {
  applyWaivers,
  blockingLeaks,
  type LeakFinding,
  type LeakItem,
  type LeakRule,
  type LeakSeverity,
  type LeakWaiver,
  leakRules,
} from "./finding.ts";
export { type FrameOfMovie, frameOf } from "./frame-of.ts";
export { type HashedPlanes, hashDistanceMax, nearPairs } from "./near-pairs.ts";
export {
  type AnchoredPlane,
  type Overlap,
  overlapOf,
  type RegionCandidate,
  sharedRegions,
} from "./shared-regions.ts";
