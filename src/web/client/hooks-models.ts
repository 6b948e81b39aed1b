/** Hooks for datasets, models, training runs and releases. */

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { TrackMovies } from "#api/index.ts";
import {
  datasetsApi,
  type EvaluateRequest,
  type FreezeDatasetRequest,
  modelsApi,
  type PreviewDatasetRequest,
  type ProposeRequest,
  type TrainRequest,
} from "./api.ts";
import { applyJob } from "./events.ts";
import { keys } from "./keys.ts";

/** The curve grows every few seconds; asking faster than one looks is waste. */
const CURVE_REFRESH_MS = 2000;

export function useDatasets(projectId: string) {
  return useQuery({
    queryKey: keys.datasets(projectId),
    queryFn: ({ signal }) => datasetsApi.list(projectId, { signal }),
  });
}

export function useDatasetVersion(versionId: string | undefined) {
  return useQuery({
    queryKey: keys.datasetVersion(versionId ?? ""),
    queryFn: ({ signal }) => datasetsApi.readVersion(versionId ?? "", { signal }),
    enabled: versionId !== undefined,
    staleTime: Number.POSITIVE_INFINITY, // A frozen version never changes.
  });
}

/** Items of a frozen version, page after page. */
export function useDatasetItems(versionId: string) {
  return useInfiniteQuery({
    queryKey: keys.datasetItems(versionId),
    queryFn: ({ pageParam, signal }) => datasetsApi.items(versionId, pageParam, { signal }),
    initialPageParam: -1,
    getNextPageParam: (page) => page.nextAfter,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useDatasetChanges(versionId: string) {
  return useQuery({
    queryKey: keys.datasetChanges(versionId),
    queryFn: ({ signal }) => datasetsApi.changes(versionId, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useDatasetCard(versionId: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.datasetCard(versionId),
    queryFn: ({ signal }) => datasetsApi.card(versionId, { signal }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useDatasetPreview(projectId: string, body: PreviewDatasetRequest, enabled = true) {
  return useQuery({
    enabled,
    queryKey: keys.datasetPreview(projectId, body),
    queryFn: ({ signal }) => datasetsApi.preview(projectId, body, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useFreezeDataset(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: FreezeDatasetRequest) => datasetsApi.freeze(projectId, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId) }),
  });
}

/** Models of the project and those that came with the program. */
export function useModels(projectId: string) {
  return useQuery({
    queryKey: keys.models(projectId),
    queryFn: ({ signal }) => modelsApi.ofProject(projectId, { signal }),
  });
}

export function useReleasedModels() {
  return useQuery({
    queryKey: keys.releasedModels,
    queryFn: ({ signal }) => modelsApi.released({ signal }),
  });
}

export function useGate(versionId: string | undefined) {
  return useQuery({
    queryKey: keys.gate(versionId ?? ""),
    queryFn: ({ signal }) => modelsApi.gate(versionId ?? "", { signal }),
    enabled: versionId !== undefined,
  });
}

/** @param awaited ids of jobs whose run is about to appear: it follows the start of the job by some seconds. */
export function useRuns(projectId: string, awaited: readonly string[] = []) {
  return useQuery({
    queryKey: keys.runs(projectId),
    queryFn: ({ signal }) => modelsApi.runs(projectId, { signal }),
    refetchInterval: ({ state }) =>
      awaited.every((jobId) => state.data?.runs.some((run) => run.jobId === jobId))
        ? false
        : CURVE_REFRESH_MS,
  });
}

/** @param live whether the run is still going on: its curve is then read again every two seconds. */
export function useRun(runId: string | undefined, live: boolean) {
  return useQuery({
    queryKey: keys.run(runId ?? ""),
    queryFn: ({ signal }) => modelsApi.readRun(runId ?? "", { signal }),
    enabled: runId !== undefined,
    refetchInterval: live ? CURVE_REFRESH_MS : false,
  });
}

export function useTrain(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TrainRequest) => modelsApi.train(projectId, body),
    onSuccess: (job) => {
      applyJob(client, job);
      void client.invalidateQueries({ queryKey: keys.runs(projectId) });
    },
  });
}

export function usePropose(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ProposeRequest) => modelsApi.propose(projectId, body),
    onSuccess: (job) => applyJob(client, job),
  });
}

export function useTrackMovies(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TrackMovies) => modelsApi.trackMovies(projectId, body),
    onSuccess: (job) => applyJob(client, job),
  });
}

export function useEvaluate(versionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: EvaluateRequest) => modelsApi.evaluate(versionId, body),
    onSuccess: (job) => applyJob(client, job),
  });
}

/** A refusal of the gate is an answer, not a fault: the caller shows it, so it stays quiet. */
export function useRelease(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (versionId: string) => modelsApi.release(versionId),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.models(projectId) });
      void client.invalidateQueries({ queryKey: ["model-version"] });
      void client.invalidateQueries({ queryKey: keys.releasedModels });
    },
    meta: { quiet: true },
  });
}
