/** Public surface of `jobs`: machine work with lease, progress, cancel and retry. */

export { importFormats } from "#formats/index.ts";
export {
  type AugmentSamples,
  augmentPlansOf,
  datasetAugmentSamples,
  imageAugmentSamples,
  type PlannedImages,
  type SampleOptions,
  type SampleRow,
} from "./augment-preview.ts";
export { chooseEngine } from "./engine-choice.ts";
export { type EvaluateRequest, evaluateModelVersion, METRIC_VERSION } from "./evaluate.ts";
export { exportFile, removeExport } from "./export/export-job.ts";
export { type DryRunTarget, dryRunImport } from "./ingest/dry-run.ts";
export type { DryRun } from "./ingest/dry-run-report.ts";
export { fetchOmeZarr } from "./ingest/fetch-ome-zarr.ts";
export { openFolderSource } from "./ingest/folder-source.ts";
export type { LabelStatistics, Spread } from "./ingest/label-statistics.ts";
export { type PlannedImport, type PlanOptions, planImport } from "./ingest/plan-import.ts";
export type { ImportQuestion } from "./ingest/questions.ts";
export { readOntologyApart } from "./ingest/read-ontology-apart.ts";
export type { ImportSource, SourceEntry } from "./ingest/source.ts";
export { openStagedSource, type StagedFile } from "./ingest/staged-source.ts";
export type {
  CheckParams,
  EvaluateParams,
  ExportParams,
  ImportAnswers,
  IngestParams,
  JobKind,
  JobParams,
  JobSpec,
  PredictInput,
  PredictParams,
  ProposeParams,
  ReproduceParams,
  TrainParams,
} from "./job.ts";
export { modelsForProject, releasedModels } from "./models/fit-models.ts";
export {
  type ImportModelOptions,
  type InspectedModel,
  importModel,
  inspectModel,
  type ModelTest,
  modelFileOf,
  modelPackage,
  openModelPath,
} from "./models/index.ts";
export {
  checkSettings,
  type ImageFit,
  type PredictedFile,
  type PredictSettings,
  type PredictThresholds,
} from "./predict/index.ts";
export type { ProgressReport } from "./progress.ts";
export { openQueue, type Queue, type QueueName, queueNames, type WorkOptions } from "./queue.ts";
export { LEASE_MS } from "./run-job.ts";
export { ensureSampleProject, type SampleOutcome } from "./sample-project.ts";
export { releaseSegmentationModels } from "./segmentation-models.ts";
export { exportModelVersion } from "./shipped-models/export-model.ts";
export { registerShippedModels, type ShippedModel } from "./shipped-models/register-models.ts";
export { runJobHere } from "./submit.ts";
export { linkerWords } from "./train/linker-words.ts";
export { assertArchitecture } from "./train/run-config.ts";
export { type RunFile, readRunFile } from "./train/run-file.ts";
