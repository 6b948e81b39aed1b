/**
 * Reproduce: trains a model version again from its recorded run and holds the weights against each other.
 *
 * Nothing is looked up by name: dataset version, base weights and configuration come from the run. On the CPU the same
 * program and number of threads give the same bytes; when they do not, the largest difference is reported together with
 * what differs in program, libraries and device. No model version is made.
 */

import { largestDifference, trainSegmentation } from "#nn/index.ts";
import { codeVersion, lockDigest } from "#platform/index.ts";
import {
  getDatasetVersion,
  getModelVersion,
  getTrainingRun,
  type ModelVersion,
  type TrainingRun,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "../job.ts";
import { processEngine } from "../segmentation-models.ts";
import { dataOfRun, isLinker, trainLinker } from "./fine-tune-linker.ts";
import { readBase } from "./fine-tuning.ts";
import { notTrainedHere, viewOf } from "./run-file.ts";
import { configOf, openSources } from "./training-inputs.ts";

export interface Reproduction {
  readonly modelVersion: string;
  /** Whether all weights are the same to the byte. */
  readonly same: boolean;
  /** Largest difference between two weights; 0 when they are the same. */
  readonly largestDifference: number;
  /** What is not as it was, in words; empty when program, libraries and device are the same. */
  readonly changed: readonly string[];
}

/** @throws FoundryError `training.config` for a version that was not trained here; as `trainSegmentation`. */
export async function reproduce(context: JobContext<"reproduce">): Promise<JobOutcome> {
  const { store, params, signal } = context;
  const version = await getModelVersion(store, params.modelVersionId);
  if (version.training === null) throw notTrainedHere(version);
  const run = await getTrainingRun(store, version.training.runId);
  const dataset = await getDatasetVersion(store, run.datasetVersionId);
  if (isLinker(version)) return reproduceLinker(context, version, version.training, run);
  const config = configOf(run);
  context.report({ fraction: 0, text: "Looking through the training images", msLeft: null });
  const { baseModelVersionId } = run;
  const base =
    baseModelVersionId === null
      ? null
      : await readBase(store, await getModelVersion(store, baseModelVersionId));
  const { train, validation } = await openSources(store, dataset, config, {
    view: viewOf(run),
    base: base?.contract,
  });
  const engine = await processEngine();
  const again = await trainSegmentation({
    engine,
    config,
    train,
    validation,
    ...(base === null ? {} : { base: base.weights, baseContract: base.contract }),
    signal,
    onProgress: ({ step, steps, msLeft }) =>
      context.report({ fraction: step / steps, text: `Training again: step ${step} of ${steps}`, msLeft }),
  });
  const before = await store.blobs.get(version.weightsDigest);
  const result: Reproduction = {
    modelVersion: `${version.name}@${version.version}`,
    same: Buffer.compare(before, again.weights) === 0,
    largestDifference: largestDifference(before, again.weights),
    changed: changesSince(version.training, `${engine.name} ${engine.device}`),
  };
  return { result: { ...result } };
}

async function reproduceLinker(
  { store, signal, report }: JobContext<"reproduce">,
  version: ModelVersion,
  training: NonNullable<ModelVersion["training"]>,
  run: TrainingRun,
): Promise<JobOutcome> {
  const dataset = await getDatasetVersion(store, run.datasetVersionId);
  const engine = await processEngine();
  const { weights } = await trainLinker(store, engine, run, await dataOfRun(store, dataset, run, signal), {
    signal,
    onLook: ({ step }) =>
      report({ fraction: step / run.steps, text: `Training again: step ${step}`, msLeft: null }),
  });
  const before = await store.blobs.get(version.weightsDigest);
  const result: Reproduction = {
    modelVersion: `${version.name}@${version.version}`,
    same: Buffer.compare(before, weights) === 0,
    largestDifference: largestDifference(before, weights),
    changed: changesSince(training, `${engine.name} ${engine.device}`),
  };
  return { result: { ...result } };
}

function changesSince(
  then: { readonly codeVersion: string; readonly lockDigest: string; readonly device: string },
  deviceNow: string,
): string[] {
  const facts = [
    ["the program", then.codeVersion, codeVersion()],
    ["the libraries", then.lockDigest, lockDigest()],
    ["the device", then.device, deviceNow],
  ] as const;
  return facts
    .filter(([, before, now]) => before !== now)
    .map(([what, before, now]) => `${what}: ${before} then, ${now} now`);
}
