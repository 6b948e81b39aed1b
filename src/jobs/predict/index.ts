/**
 * Surface of `jobs/predict`: what a model finds in files and in stored images.
 *
 * The handler itself is not here: it brings the decoders of file formats, and is loaded at its first job.
 */

export { compartmentsOf, predictCompartments } from "./compartments.ts";
export { fitToImage, type ImageFit } from "./image-fit.ts";
export { inputChannels } from "./input-channels.ts";
export type { PredictedFile } from "./predict-file.ts";
export { sourceOfPath } from "./rows.ts";
export { changesFor, checkSettings, type PredictSettings, type PredictThresholds } from "./settings.ts";
export { predictStored } from "./stored-image.ts";
export { rowsOfStored } from "./stored-rows.ts";
