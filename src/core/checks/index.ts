/** Public surface of `core/checks`: what is wrong or doubtful in labels, images and tracks, and what mends itself. */

export { checkCompartments } from "./check-compartments.ts";
export { type CheckedChannel, checkImage } from "./check-image.ts";
export { checkAgainstModel, type PredictedObject } from "./check-model.ts";
export { type CheckedObject, type CheckObjectsOptions, checkObjects, usualArea } from "./check-objects.ts";
export { checkSiblings, type SiblingImage } from "./check-siblings.ts";
export { type CheckedTrack, checkTracks } from "./check-tracks.ts";
export { type MendOptions, mendFinding } from "./mend.ts";
export {
  type CheckFinding,
  type CheckRule,
  type CheckRuleName,
  type CheckScope,
  checkRuleNames,
  checkRules,
  checkRulesVersion,
  type Fix,
  gates,
  type Severity,
} from "./rule.ts";
