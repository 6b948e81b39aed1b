/** Augmentation: crops under random transforms, and intensity changes. */
export type { Bend } from "./bend.ts";
export { randomBend } from "./bend.ts";
export type { CutPlanes, CutSource } from "./cut-planes.ts";
export { cutPlanes } from "./cut-planes.ts";
export type { Crop, CropTransform, GeometricSettings } from "./geometric.ts";
export { cutCrop, randomTransform } from "./geometric.ts";
export type { PhotometricSettings } from "./photometric.ts";
export { changeIntensities } from "./photometric.ts";
