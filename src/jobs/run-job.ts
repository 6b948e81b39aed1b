/**
 * Runs one job under a lease: takes it, beats, watches for cancel, and ends it once.
 *
 * The lease is the right to finish. A process that was slow, paused or cut off finds its lease gone and its outcome is
 * dropped (`job.leaseLost`), because another attempt has begun. The worker's queue and the command line use this same
 * function, so a job is a job wherever it runs.
 */

import { errorToWire, type FoundryError, isFoundryError } from "#core/errors.ts";
import {
  addJobItem,
  addJobItems,
  failJob,
  finishJob,
  giveBackJob,
  heartbeat,
  inTransaction,
  isCancelRequested,
  type Job,
  type Store,
  setProgress,
  takeJob,
  type WorkJob,
} from "#store/index.ts";
import { handlerOf } from "./handlers.ts";
import type { JobContext, JobKind, JobOutcome } from "./job.ts";
import { jobCanceled, StopRequested, watchLease } from "./lease-watch.ts";
import { type ProgressReport, type ThrottledReporter, throttleReports } from "./progress.ts";

/**
 * How long a silent process keeps its job. Long enough for the longest stretch of computing without a pause (the
 * watershed of a large image), short enough that people do not wait long after a crash.
 */
export const LEASE_MS = 30_000;

/** A job that ended its process this often will do so again. */
const ATTEMPTS_MAX = 3;

export interface RunOptions {
  readonly leaseMs?: number;
  /** Fires when this process is told to end. */
  readonly signal?: AbortSignal;
  /** What a stop means: the job goes back to the queue (worker) or is canceled (command line). */
  readonly onStop: "giveBack" | "cancel";
  readonly onProgress?: (progress: ProgressReport) => void;
  /** Errors of the program itself, which the job shows only as "something went wrong". */
  readonly onFault?: (jobId: string, error: unknown) => void;
}

/**
 * Takes and runs a job.
 *
 * @returns the job as it is afterwards, or null when it was not to be had (running elsewhere, ended) or was lost.
 * A failure of the job itself is not thrown; it is the job's `error`.
 */
export async function runJob(store: Store, jobId: string, options: RunOptions): Promise<Job | null> {
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const leaseId = store.ids.next();
  const taken = await takeJob(store, jobId, leaseId, leaseMs);
  if (taken === null) return null;
  if (taken.attempt > ATTEMPTS_MAX) {
    return failJob(store, jobId, leaseId, {
      code: "server.internal",
      message: `The process that ran this job ended unexpectedly ${ATTEMPTS_MAX} times.`,
      hint: "The worker's log says more; often the machine ran out of memory.",
    });
  }
  const watch = watchLease({
    leaseMs,
    beat: () => beat(store, jobId, leaseId, leaseMs),
    canceled: () => isCancelRequested(store, jobId),
    ...(options.signal === undefined ? {} : { stop: options.signal }),
  });
  const reporter = throttleReports(
    async (progress) => {
      options.onProgress?.(progress);
      await setProgress(store, jobId, leaseId, progress);
    },
    () => performance.now(),
  );
  try {
    const outcome = await handle(store, taken, leaseId, watch.signal, reporter);
    watch.signal.throwIfAborted();
    await reporter.flush();
    const done = await commitOutcome(store, jobId, leaseId, outcome);
    await outcome.after?.();
    return done;
  } catch (error) {
    const cause: unknown = watch.signal.aborted ? watch.signal.reason : error;
    return await endUnfinished(store, jobId, leaseId, cause, options);
  } finally {
    watch.stop();
  }
}

function handle(
  store: Store,
  taken: WorkJob,
  leaseId: string,
  signal: AbortSignal,
  reporter: ThrottledReporter,
): Promise<JobOutcome> {
  const context: JobContext<JobKind> = {
    store,
    actor: taken.agent,
    job: taken,
    // Kind and parameters were written together by `submitJob`, so the pair fits.
    params: taken.params as unknown as JobContext<JobKind>["params"],
    signal,
    report: (progress) => reporter.report(progress),
    item: (item) => addJobItem(store, taken.id, leaseId, item),
    itemsIn: (tx, items) => addJobItems(tx, taken.id, leaseId, items),
  };
  return handlerOf(taken.kind)(context);
}

async function beat(store: Store, jobId: string, leaseId: string, leaseMs: number): Promise<boolean> {
  try {
    await heartbeat(store, jobId, leaseId, leaseMs);
    return true;
  } catch (error) {
    if (isFoundryError(error, "job.leaseLost")) return false;
    throw error;
  }
}

/** The rows of the result and the end of the job appear together, or not at all. */
function commitOutcome(store: Store, jobId: string, leaseId: string, outcome: JobOutcome): Promise<Job> {
  return inTransaction(store, async (tx) => {
    await outcome.commit?.(tx);
    return finishJob(tx, jobId, leaseId, outcome.result);
  });
}

async function endUnfinished(
  store: Store,
  jobId: string,
  leaseId: string,
  cause: unknown,
  options: RunOptions,
): Promise<Job | null> {
  try {
    if (cause instanceof StopRequested) {
      if (options.onStop === "cancel") return await fail(store, jobId, leaseId, jobCanceled());
      return await giveBackJob(store, jobId, leaseId);
    }
    if (isFoundryError(cause, "job.leaseLost")) return null;
    if (!isFoundryError(cause)) options.onFault?.(jobId, cause);
    return await fail(store, jobId, leaseId, cause);
  } catch (error) {
    if (isFoundryError(error, "job.leaseLost")) return null;
    throw error;
  }
}

function fail(store: Store, jobId: string, leaseId: string, error: FoundryError | unknown): Promise<Job> {
  return failJob(store, jobId, leaseId, errorToWire(error));
}
