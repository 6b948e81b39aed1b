/** Networks. */
export type { ArchitectureDescription, TrunkDescription } from "./architecture-family.ts";
export {
  architectureFamily,
  customArchitecture,
  describedArchitecture,
  nameOfTrunk,
  parseArchitectureName,
  trunkOfDescription,
} from "./architecture-family.ts";
export type { SegmentationArchitecture, StepSettings } from "./segmentation-network.ts";
export {
  lossTermNames,
  outputName,
  segmentationFoldModel,
  segmentationInferenceModel,
  segmentationLayout,
  segmentationStepModel,
  trunkOf,
} from "./segmentation-network.ts";
export type { UnetArchitecture } from "./unet.ts";
export { architectureName, receptiveRadius, strideOf, unet } from "./unet.ts";
