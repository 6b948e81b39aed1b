/** Augmentation: crops under random transforms, and intensity changes. */
export type { Crop, CropTransform, GeometricSettings } from "./geometric.ts";
export { cutCrop, randomTransform } from "./geometric.ts";
export type { PhotometricSettings } from "./photometric.ts";
export { changeIntensities } from "./photometric.ts";
