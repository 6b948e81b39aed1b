/**
 * A training run as a file: everything that decided the weights, by digest, and nothing that did not.
 *
 * Who holds the file and the dataset version can train the same model again; who holds two files sees in a text
 * comparison why two models differ.
 */

import { FoundryError } from "#core/errors.ts";
import {
  type DatasetVersionDetail,
  getDatasetVersion,
  getModelVersion,
  getTrainingRun,
  type ModelVersion,
  type Store,
  type TrainingRun,
} from "#store/index.ts";

export interface RunFile {
  readonly format: "cellfoundry-run/1";
  readonly model: { readonly name: string; readonly version: string; readonly weightsDigest: string };
  readonly dataset: { readonly name: string; readonly version: string; readonly digest: string };
  readonly split: { readonly digest: string; readonly view: string };
  /** Weights it started from, or null for random ones made from the seed. */
  readonly base: { readonly name: string; readonly weightsDigest: string } | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly steps: number;
  readonly program: { readonly code: string; readonly lockfile: string };
  readonly device: string;
}

/** @param base  the version the run started from; null exactly when it had none. */
function runFileOf(
  version: ModelVersion,
  run: TrainingRun,
  dataset: DatasetVersionDetail,
  base: ModelVersion | null,
): RunFile {
  const { training } = version;
  if (training === null) throw notTrainedHere(version);
  return {
    format: "cellfoundry-run/1",
    model: { name: version.name, version: version.version, weightsDigest: version.weightsDigest },
    dataset: { name: dataset.name, version: dataset.version, digest: dataset.digest },
    split: { digest: training.splitDigest, view: viewOf(run) },
    base: base === null ? null : { name: `${base.name}@${base.version}`, weightsDigest: base.weightsDigest },
    config: run.config,
    seed: run.seed,
    steps: run.steps,
    program: { code: training.codeVersion, lockfile: training.lockDigest },
    device: training.device,
  };
}

/** Split of the dataset version that the run used. */
export function viewOf(run: TrainingRun): string {
  const view = run.inputs["view"];
  return typeof view === "string" ? view : "whole";
}

export function notTrainedHere(version: ModelVersion): FoundryError {
  return new FoundryError("training.config", {
    message: `${version.name}@${version.version} was not trained in this data folder, so its run is not known here.`,
    hint: "Its card says how it was made; models that ship with the program name the command.",
  });
}

/** The run file of a model version. @throws FoundryError `training.config` when it was not trained here. */
export async function readRunFile(store: Store, version: ModelVersion): Promise<RunFile> {
  if (version.training === null) throw notTrainedHere(version);
  const run = await getTrainingRun(store, version.training.runId);
  const dataset = await getDatasetVersion(store, run.datasetVersionId);
  const { baseModelVersionId } = run;
  const base = baseModelVersionId === null ? null : await getModelVersion(store, baseModelVersionId);
  return runFileOf(version, run, dataset, base);
}
