/**
 * Fine-tuning as a job: the base's network and contract, and a configuration found within the time a person gives.
 */

import { FoundryError } from "#core/errors.ts";
import { parseArchitectureName } from "#nn/architectures.ts";
import {
  chooseFineTuning,
  type Engine,
  type FineTuning,
  hasAdapter,
  type InputContract,
  type SegmentationConfig,
  type SegmentationOverrides,
  trialsMax,
  upgradeContract,
} from "#nn/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import type { JobContext, TrainParams } from "../job.ts";
import type { TrainingSources } from "./training-inputs.ts";

export interface BaseModel {
  readonly version: ModelVersion;
  readonly weights: Uint8Array;
  readonly contract: InputContract;
}

/** @throws FoundryError `model.notFound`, `model.invalid` for a contract that this program cannot read. */
export async function readBase(store: Store, version: ModelVersion): Promise<BaseModel> {
  if (hasAdapter(version.contract)) {
    throw new FoundryError("training.config", {
      message: `${version.name}@${version.version} is a network of another program; a training cannot start from it.`,
      hint: "Start from one of this program's own networks, or from random weights.",
    });
  }
  return {
    version,
    weights: await store.blobs.get(version.weightsDigest),
    contract: upgradeContract(version.contract),
  };
}

/** What a run from this base must have in common with it. @throws FoundryError `training.config` for a foreign network. */
export function settingsOfBase({ version, contract }: BaseModel): SegmentationOverrides {
  const { low, high } = contract.normalisation;
  const network = parseArchitectureName(contract.architecture);
  if (network === null) {
    throw new FoundryError("training.config", {
      message: `${version.name}@${version.version} was not trained by this program, so its network cannot be trained on.`,
      hint: "Start from a model of this program, or from random weights.",
    });
  }
  return {
    ...network,
    head: contract.head ?? "deepWatershed",
    channels: contract.channels,
    compartments: contract.compartments.map(({ compartment }) => compartment),
    percentileLow: low,
    percentileHigh: high,
  };
}

/** Whether rate and steps are to be found: a base and a time are given, and nobody chose a rate. */
export function isOpen({ baseModelVersionId, minutes, config }: TrainParams): boolean {
  return baseModelVersionId !== undefined && minutes !== undefined && config?.["learningRate"] === undefined;
}

/**
 * Finds learning rate and steps.
 *
 * @param draft  a configuration with the steps of one part.
 */
export async function findFineTuning(
  context: JobContext<"train">,
  engine: Engine,
  draft: SegmentationConfig,
  sources: TrainingSources,
  base: BaseModel,
): Promise<FineTuning> {
  let done = 0;
  const say = (trials: number): void =>
    context.report({
      fraction: done / (trials + 1),
      text: `Finding the learning rate on held-out groups: trial ${Math.min(done + 1, trials)} of ${trials}`,
      msLeft: null,
    });
  say(trialsMax);
  return chooseFineTuning({
    engine,
    config: draft,
    train: sources.train,
    validation: sources.validation,
    base: base.weights,
    baseContract: base.contract,
    stepsMax: Math.max(8, draft.steps),
    cellsOf: (id) => sources.cells.get(id) ?? 0,
    signal: context.signal,
    onTrial: (_trial, trials) => {
      done += 1;
      say(trials);
    },
  });
}
