/** Enters a job: the row alone (for a process that runs it at once) or the row with its entry in the queue. */

import { type Agent, insertJob, type Job, type Store } from "#store/index.ts";
import type { JobSpec } from "./job.ts";
import type { ProgressReport } from "./progress.ts";
import { runJob } from "./run-job.ts";

/** Writes the job row; it waits until somebody takes it. */
export function insertJobRow(store: Store, actor: Agent, spec: JobSpec): Promise<Job> {
  const { kind, projectId, title, params } = spec;
  return insertJob(store, actor, { kind, projectId, title, params: { ...params } });
}

/**
 * Runs a job in this process, now; on the web page it looks like any other.
 *
 * Ctrl-C (the signal) cancels it. When this process is killed, a worker that is started later goes on with it.
 *
 * @returns the job in its final state, also when it failed.
 */
export async function runJobHere(
  store: Store,
  actor: Agent,
  spec: JobSpec,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: ProgressReport) => void;
    readonly onFault?: (jobId: string, error: unknown) => void;
  } = {},
): Promise<Job> {
  const job = await insertJobRow(store, actor, spec);
  const ended = await runJob(store, job.id, { ...options, onStop: "cancel" });
  return ended ?? job;
}
