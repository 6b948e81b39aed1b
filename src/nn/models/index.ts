/** Networks. */
export type { StepSettings } from "./segmentation-network.ts";
export {
  headNames,
  segmentationFoldModel,
  segmentationInferenceModel,
  segmentationLayout,
  segmentationStepModel,
} from "./segmentation-network.ts";
export type { UnetArchitecture } from "./unet.ts";
export { architectureName, receptiveRadius, strideOf, unet } from "./unet.ts";
