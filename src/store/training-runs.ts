/**
 * Training runs: inputs, curve, checkpoints, and the model version that comes out.
 */

import type { Store } from "./store.ts";
import type { Agent, CurvePoint, ModelVersion, TrainingRun } from "./types.ts";

export interface NewTrainingRun {
  readonly jobId: string;
  readonly projectId: string;
  readonly modelName: string;
  readonly datasetVersionId: string;
  readonly seed: number;
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly device: string;
  readonly baseModelVersionId?: string | undefined;
}

export interface FinishedTraining {
  /** Canonical weights bytes. */
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
  readonly architecture: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly card: Readonly<Record<string, unknown>>;
  readonly licence: string;
}

export interface Checkpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** The run of the job when it has one (a retried job goes on), else a new one. */
export async function createTrainingRun(
  _store: Store,
  _actor: Agent,
  _run: NewTrainingRun,
): Promise<TrainingRun> {
  return notYet();
}

export async function getTrainingRun(_store: Store, _runId: string): Promise<TrainingRun> {
  return notYet();
}

/** The run that belongs to a job, or null. */
export async function trainingRunOfJob(_store: Store, _jobId: string): Promise<TrainingRun | null> {
  return notYet();
}

/** Newest first. */
export async function listTrainingRuns(_store: Store, _projectId: string): Promise<TrainingRun[]> {
  return notYet();
}

/** Adds points; one for a step that is already there replaces it (a resumed run repeats some). */
export async function appendCurve(
  _store: Store,
  _runId: string,
  _points: readonly CurvePoint[],
): Promise<void> {
  return notYet();
}

export async function saveCheckpoint(
  _store: Store,
  _runId: string,
  _bytes: Uint8Array,
  _step: number,
): Promise<void> {
  return notYet();
}

/** The newest checkpoint that can be read, or null. */
export async function latestCheckpoint(_store: Store, _runId: string): Promise<Checkpoint | null> {
  return notYet();
}

/** Turns a finished run into a model version, once: a repeat returns the same version. */
export async function finishTrainingRun(
  _store: Store,
  _actor: Agent,
  _runId: string,
  _result: FinishedTraining,
): Promise<ModelVersion> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
