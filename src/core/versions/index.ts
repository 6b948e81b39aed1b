/** Public surface of `core/versions`: what happened between versions of labels, and merging two people's work. */

export {
  type CompareOptions,
  compareLayers,
  type Disagreement,
  disagreements,
  type LayerComparison,
  type LayerDifference,
} from "./compare-layers.ts";
export { type DivisionChange, diffLinks, type LinkDiff, type ObjectLink } from "./diff-links.ts";
export { type DiffOptions, diffObjects } from "./diff-objects.ts";
export { diffPicture, type Picture } from "./diff-picture.ts";
export { type ConflictKind, conflictKinds, type MergeConflict } from "./merge-conflict.ts";
export {
  type MergeOptions,
  type MergeResult,
  mergeVersions,
  type Resolution,
  resolutions,
} from "./merge-objects.ts";
export {
  type ChangeVerb,
  changeVerbs,
  countVerbs,
  type ObjectDifference,
  type VerbCounts,
  type VersionDiff,
  type VersionObject,
} from "./object-change.ts";
export { type Colour, unchangedColour, verbColours } from "./verb-colours.ts";
