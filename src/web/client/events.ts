/**
 * Server-sent events keep the cache true while jobs run.
 *
 * Each event carries a whole job, which replaces the job in the cache; when a job reaches a final state, whatever it may
 * have changed becomes stale. Whenever the stream opens, jobs are read again, because events before that were missed.
 */

import type { QueryClient } from "@tanstack/react-query";
import type { Job, JobState } from "#api/index.ts";
import { apiUrl } from "./http.ts";
import { keys } from "./keys.ts";
import { openStream } from "./streams/open-stream.ts";

export type JobListData = { jobs: Job[] };

const finalStates: readonly JobState[] = ["done", "failed", "canceled"];

export function isFinal(job: Pick<Job, "state">): boolean {
  return finalStates.includes(job.state);
}

export interface JobListeners {
  /** Told whether the stream is open. */
  readonly onConnection?: (connected: boolean) => void;
  /** Told once of each job that this page saw running and that has now ended. */
  readonly onEnd?: (job: Job) => void;
}

/** Opens the stream of all jobs the member may see. @returns function that closes it. */
export function subscribeToJobs(client: QueryClient, listeners: JobListeners = {}): () => void {
  return openStream(
    apiUrl("/events"),
    ["job"],
    (_event, data) => {
      // The type comes from the server's schema, which checks what it sends.
      const job = data as Job;
      const before = findJob(client, job.id);
      applyJob(client, job);
      if (before !== undefined && !isFinal(before) && isFinal(job)) listeners.onEnd?.(job);
    },
    (connected) => {
      listeners.onConnection?.(connected);
      if (connected) void client.invalidateQueries({ queryKey: keys.jobs });
    },
  );
}

/** Puts a job into every place of the cache that shows it. */
export function applyJob(client: QueryClient, job: Job): void {
  const before = findJob(client, job.id);
  if (before !== undefined && isFinal(before) && !isFinal(job)) return; // A late event never reopens a job.
  client.setQueryData(keys.job(job.id), job);
  client.setQueryData<JobListData>(keys.jobs, (list) => list && { jobs: putJob(list.jobs, job) });
  if (isFinal(job) && (before === undefined || !isFinal(before))) refreshAfter(client, job);
}

/** Newest first; ids are ULIDs, so their order is the order of creation. */
export function putJob(jobs: readonly Job[], job: Job): Job[] {
  const index = jobs.findIndex((known) => known.id === job.id);
  if (index >= 0) return jobs.map((known) => (known.id === job.id ? job : known));
  return [job, ...jobs].sort((a, b) => (a.id < b.id ? 1 : -1));
}

function findJob(client: QueryClient, jobId: string): Job | undefined {
  const alone = client.getQueryData<Job>(keys.job(jobId));
  return alone ?? client.getQueryData<JobListData>(keys.jobs)?.jobs.find((job) => job.id === jobId);
}

function refreshAfter(client: QueryClient, job: Job): void {
  if (job.projectId !== null) void client.invalidateQueries({ queryKey: keys.project(job.projectId) });
  void client.invalidateQueries({ queryKey: keys.projects });
  if (job.kind === "propose" || job.kind === "track" || job.kind === "improve") {
    void client.invalidateQueries({ queryKey: ["image"] });
    void client.invalidateQueries({ queryKey: ["layer"] });
  }
  if (job.kind === "train" || job.kind === "evaluate" || job.kind === "improve") {
    void client.invalidateQueries({ queryKey: ["run"] });
    void client.invalidateQueries({ queryKey: ["evaluation"] });
    void client.invalidateQueries({ queryKey: ["model-version"] });
    void client.invalidateQueries({ queryKey: keys.releasedModels });
  }
}
