/**
 * Job rows: state, lease, progress, items, cancel. Every change is announced on channel `cellfoundry_job`.
 */

import type { WireError } from "#core/errors.ts";
import type { Store } from "./store.ts";
import type { Agent, Job, JobItem, JobKind, JobState, Progress } from "./types.ts";

export interface NewJob {
  readonly kind: JobKind;
  readonly projectId: string | null;
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A job with what only the worker needs. */
export interface WorkJob extends Job {
  readonly params: Record<string, unknown>;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Channel of `pg_notify`; the payload is the job id. */
export const jobChannel = "cellfoundry_job";

export async function insertJob(_store: Store, _actor: Agent, _job: NewJob): Promise<Job> {
  return notYet();
}

export async function getJob(_store: Store, _jobId: string): Promise<Job> {
  return notYet();
}

/** Newest first. */
export async function listJobs(
  _store: Store,
  _options?: { readonly state?: JobState | undefined; readonly limit?: number | undefined },
): Promise<Job[]> {
  return notYet();
}

/** Takes a waiting job, or a running one whose lease ran out; null when it is done, canceled or held by another. */
export async function takeJob(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _leaseMs: number,
): Promise<WorkJob | null> {
  return notYet();
}

/** Extends the lease. @throws FoundryError `job.leaseLost`. */
export async function heartbeat(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _leaseMs: number,
): Promise<void> {
  return notYet();
}

/** @throws FoundryError `job.leaseLost`. */
export async function setProgress(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _progress: Progress,
): Promise<void> {
  return notYet();
}

/** @throws FoundryError `job.leaseLost`. */
export async function addJobItem(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _item: JobItem,
): Promise<void> {
  return notYet();
}

/** Call inside the transaction that writes the result. @throws FoundryError `job.leaseLost`. */
export async function finishJob(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _result: Readonly<Record<string, unknown>>,
): Promise<Job> {
  return notYet();
}

/** Ends a job as failed, or as canceled when the error says so. @throws FoundryError `job.leaseLost`. */
export async function failJob(
  _store: Store,
  _jobId: string,
  _leaseId: string,
  _error: WireError,
): Promise<Job> {
  return notYet();
}

/** A waiting job is canceled at once; a running one is asked to stop. */
export async function requestCancel(_store: Store, _actor: Agent, _jobId: string): Promise<Job> {
  return notYet();
}

export async function isCancelRequested(_store: Store, _jobId: string): Promise<boolean> {
  return notYet();
}

/** Running jobs whose lease ran out and waiting ones: what a worker may pick up after a crash. */
export async function listTakeableJobs(_store: Store): Promise<string[]> {
  return notYet();
}

/** Calls `onJob(jobId)` at every change until closed. */
export async function watchJobs(
  _store: Store,
  _onJob: (jobId: string) => void,
): Promise<{ readonly close: () => Promise<void> }> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
