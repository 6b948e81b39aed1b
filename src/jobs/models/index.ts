/** Models in and out: inspect a file, register it, write a package. */
export { modelPackage } from "./export-package.ts";
export { type ImportModelOptions, importModel } from "./import-model.ts";
export { type InspectedModel, type InspectOptions, inspectModel, type ModelTest } from "./inspect-model.ts";
export { type ModelFile, modelFileOf, openModelPath } from "./open-model-file.ts";
