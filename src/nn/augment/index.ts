/**
 * Augmentation: what may plausibly happen to an image of its kind, as a plan in JSON, and the pure functions that do it.
 *
 * `augmentPlanFor` chooses by metadata, `plannedTransform` and `cutPlanes` cut a crop, `augmentPlanes` changes its intensities.
 */
export type { MadeChange } from "./augment-planes.ts";
export { augmentPlanes } from "./augment-planes.ts";
export type { Bend } from "./bend.ts";
export { randomBend } from "./bend.ts";
export type { Change, ChangeName, Strength } from "./changes/index.ts";
export { changeNames, changes } from "./changes/index.ts";
export type { CutPlanes, CutSource } from "./cut-planes.ts";
export { cutPlanes } from "./cut-planes.ts";
export type { FoundFamily } from "./family.ts";
export { augmentFamilyOf } from "./family.ts";
export type { CropTransform, GeometricSettings, Place } from "./geometric.ts";
export { randomTransform } from "./geometric.ts";
export type { FrozenTerms, ImageTerm, ImageTerms } from "./image-terms.ts";
export { imageTermReader } from "./image-terms.ts";
export type {
  AugmentDomain,
  AugmentFamily,
  AugmentPlan,
  DrawnRange,
  PlannedChange,
  PlannedGeometry,
} from "./plan.ts";
export { assertAugmentPlan, augmentFamilies } from "./plan.ts";
export { augmentPlanFor, familyTitle, noAugmentation } from "./plan-for.ts";
export { plannedTransform } from "./plan-geometry.ts";
export type { ChangeWords, PlanWords } from "./plan-words.ts";
export { planWords } from "./plan-words.ts";
export type { SampleCrop, SampleSource } from "./sample-crop.ts";
export { plainCrop, sampleCrop } from "./sample-crop.ts";
export type { Drift } from "./time-lapse.ts";
export { bleachFrames, driftFrames, dropFrames, moveFrames } from "./time-lapse.ts";
