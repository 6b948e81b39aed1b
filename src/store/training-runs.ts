/**
 * Training runs: their inputs, curve and checkpoints, and the model version that comes out.
 *
 * A run belongs to one job; a job tried again after a crash finds its run and goes on. The end of a run makes a model
 * version once, bound to everything that decided its weights.
 */

import { FoundryError, isFoundryError } from "#core/errors.ts";
import { codeVersion, isoTime, lockDigest } from "#platform/index.ts";
import { insertBlobRow, keepBlob } from "./blob-rows.ts";
import { appendEvent } from "./events.ts";
import { getModelVersion } from "./models.ts";
import * as text from "./sql/models.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, CurvePoint, ModelVersion, TrainingRun } from "./types.ts";
import { insertModelVersion } from "./write-model-version.ts";

export interface NewTrainingRun {
  readonly jobId: string;
  readonly projectId: string;
  readonly modelName: string;
  readonly datasetVersionId: string;
  readonly seed: number;
  /** Resolved before the first step, so that a resumed run does not train longer or shorter. */
  readonly steps: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** Split used, what was done to the images, leaks accepted; for the card. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
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

interface RunRow extends Omit<TrainingRun, "curve"> {
  readonly projectId: string;
}

/** The run of the job when it has one (a retried job goes on), else a new one. */
export async function createTrainingRun(
  store: Store,
  actor: Agent,
  run: NewTrainingRun,
): Promise<TrainingRun> {
  return inTransaction(store, async (tx) => {
    const present = await trainingRunOfJob(tx, run.jobId);
    if (present !== null) return present;
    const id = tx.ids.next();
    await tx.sql.query(text.insertRun, [
      id,
      run.jobId,
      run.projectId,
      run.modelName,
      run.datasetVersionId,
      run.seed,
      run.steps,
      JSON.stringify(run.config),
      run.baseModelVersionId ?? null,
      codeVersion(),
      lockDigest(),
      run.device,
      actor.id,
      isoTime(tx.clock),
      JSON.stringify(run.inputs ?? {}),
    ]);
    const details = { datasetVersionId: run.datasetVersionId, seed: run.seed, steps: run.steps };
    await appendEvent(tx, actor, { verb: "training.begun", entity: "trainingRun", entityId: id, details });
    return getTrainingRun(tx, id);
  });
}

/** @throws FoundryError `request.notFound`. */
export async function getTrainingRun(store: Store, runId: string): Promise<TrainingRun> {
  const [run] = await withCurves(store, await store.sql.query<RunRow>(text.selectRun, [runId]));
  if (run !== undefined) return run;
  throw new FoundryError("request.notFound", {
    message: "There is no such training run.",
    details: { runId },
  });
}

/** The run that belongs to a job, or null. */
export async function trainingRunOfJob(store: Store, jobId: string): Promise<TrainingRun | null> {
  const [run] = await withCurves(store, await store.sql.query<RunRow>(text.selectRunOfJob, [jobId]));
  return run ?? null;
}

/** Newest first. */
export async function listTrainingRuns(store: Store, projectId: string): Promise<TrainingRun[]> {
  return withCurves(store, await store.sql.query<RunRow>(text.selectRuns, [projectId]));
}

async function withCurves(store: Store, runs: readonly RunRow[]): Promise<TrainingRun[]> {
  if (runs.length === 0) return [];
  const points = await store.sql.query<CurvePoint & { runId: string }>(text.selectCurves, [
    runs.map(({ id }) => id),
  ]);
  const byRun = Map.groupBy(points, ({ runId }) => runId);
  return runs.map(({ projectId: _projectId, ...run }) => ({
    ...run,
    curve: (byRun.get(run.id) ?? []).map(({ runId: _runId, ...point }) => point),
  }));
}

/** Adds points; one for a step that is already there replaces it (a resumed run repeats some). Steps are distinct. */
export async function appendCurve(store: Store, runId: string, points: readonly CurvePoint[]): Promise<void> {
  if (points.length === 0) return;
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.upsertCurve, [
      runId,
      points.map(({ step }) => step),
      points.map(({ loss }) => loss),
      points.map(({ learningRate }) => learningRate),
      points.map(({ validation }) => (validation === null ? null : JSON.stringify(validation))),
    ]);
    await tx.sql.query(text.advanceRun, [runId, Math.max(...points.map(({ step }) => step))]);
  });
}

/** Keeps the state after `step` steps; the two newest stay. Durable when it returns. */
export async function saveCheckpoint(
  store: Store,
  runId: string,
  bytes: Uint8Array,
  step: number,
): Promise<void> {
  const blob = await keepBlob(store, bytes);
  await inTransaction(store, async (tx) => {
    await insertBlobRow(tx, blob);
    await tx.sql.query(text.insertCheckpoint, [runId, step, blob.digest, isoTime(tx.clock)]);
    await tx.sql.query(text.deleteOldCheckpoints, [runId]);
  });
}

/** The newest checkpoint whose bytes are whole, or null: a damaged one costs time, not the run. */
export async function latestCheckpoint(store: Store, runId: string): Promise<Checkpoint | null> {
  const rows = await store.sql.query<{ step: number; digest: string }>(text.selectCheckpoints, [runId]);
  for (const { step, digest } of rows) {
    try {
      return { step, bytes: await store.blobs.get(digest) };
    } catch (error) {
      if (!isFoundryError(error, "blob.corrupt") && !isFoundryError(error, "blob.missing")) throw error;
    }
  }
  return null;
}

/** Turns a finished run into a model version (stage candidate), once: a repeat returns the same version. */
export async function finishTrainingRun(
  store: Store,
  actor: Agent,
  runId: string,
  result: FinishedTraining,
): Promise<ModelVersion> {
  const weights = await keepBlob(store, result.weights);
  const onnx = await keepBlob(store, result.onnx);
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.lockRun, [runId]);
    const [run] = await tx.sql.query<RunRow>(text.selectRun, [runId]);
    if (run === undefined)
      throw new FoundryError("request.notFound", { message: "There is no such training run." });
    if (run.modelVersionId !== null) return getModelVersion(tx, run.modelVersionId);
    const versionId = await insertModelVersion(tx, actor, {
      name: run.modelName,
      projectId: run.projectId,
      stage: "candidate",
      weights,
      onnx,
      architecture: result.architecture,
      contract: result.contract,
      card: result.card,
      licence: result.licence,
    });
    await tx.sql.query(text.endRun, [runId, versionId]);
    return getModelVersion(tx, versionId);
  });
}
