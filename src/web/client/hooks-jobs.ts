/** Hooks for jobs and predictions; the event stream keeps them fresh. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Job } from "#api/index.ts";
import { jobsApi, predictionsApi } from "./api.ts";
import { applyJob, isFinal, subscribeToJobs } from "./events.ts";
import { keys } from "./keys.ts";

/** The stream is the fast way; this slow one makes sure that a lost event cannot leave a job "running" for ever. */
const JOB_REFRESH_MS = 5000;
const JOBS_SHOWN_MAX = 200;

export function useJobs() {
  return useQuery({
    queryKey: keys.jobs,
    queryFn: ({ signal }) => jobsApi.list({ limit: JOBS_SHOWN_MAX }, { signal }),
    refetchInterval: (query) =>
      query.state.data?.jobs.some((job) => !isFinal(job)) === true ? JOB_REFRESH_MS : false,
  });
}

export function useJob(jobId: string | undefined) {
  const client = useQueryClient();
  return useQuery({
    queryKey: keys.job(jobId ?? ""),
    queryFn: async ({ signal }) => {
      const job = await jobsApi.read(jobId ?? "", { signal });
      applyJob(client, job);
      return job;
    },
    enabled: jobId !== undefined,
    refetchInterval: (query) =>
      query.state.data !== undefined && isFinal(query.state.data) ? false : JOB_REFRESH_MS,
  });
}

export function useCancelJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (jobId: string) => jobsApi.cancel(jobId),
    onSuccess: (job) => applyJob(client, job),
  });
}

export function usePrediction(jobId: string | undefined, done: boolean, file = 0) {
  return useQuery({
    queryKey: keys.prediction(jobId ?? "", file),
    queryFn: ({ signal }) => predictionsApi.read(jobId ?? "", file, { signal }),
    enabled: jobId !== undefined && done,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Opens the event stream. @param onEnd must be stable. @returns whether the stream is open. */
export function useJobEvents(onEnd: (job: Job) => void): boolean {
  const client = useQueryClient();
  const [connected, setConnected] = useState(true);
  useEffect(() => subscribeToJobs(client, { onConnection: setConnected, onEnd }), [client, onEnd]);
  return connected;
}
