/** Exports as typed functions and hooks: formats, starting, the list, deleting; the download is the browser's. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type * as wire from "#api/index.ts";
import { applyJob } from "./events.ts";
import { apiUrl, request } from "./http.ts";

const segment = encodeURIComponent;

type Signal = { readonly signal?: AbortSignal };

export const exportsApi = {
  formats: (options: Signal = {}) => request<wire.ExportFormats>("GET", "/export-formats", options),
  start: (datasetVersionId: string, format: string) =>
    request<wire.Job>("POST", `/dataset-versions/${segment(datasetVersionId)}/exports`, { body: { format } }),
  list: (projectId: string, options: Signal = {}) =>
    request<wire.ExportList>("GET", `/projects/${segment(projectId)}/exports`, options),
  delete: (exportId: string) => request<void>("DELETE", `/exports/${segment(exportId)}`),
};

export const exportFileUrl = (exportId: string): string => apiUrl(`/exports/${segment(exportId)}/file`);

const keysOf = {
  formats: ["export-formats"] as const,
  list: (projectId: string) => ["project", projectId, "exports"] as const,
};

export function useExportFormats(enabled: boolean) {
  return useQuery({
    queryKey: keysOf.formats,
    queryFn: ({ signal }) => exportsApi.formats({ signal }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** @param endedJobs  number of exports that ended while the page was open; a change reads the list anew. */
export function useExports(projectId: string, endedJobs: number) {
  return useQuery({
    queryKey: [...keysOf.list(projectId), endedJobs],
    queryFn: ({ signal }) => exportsApi.list(projectId, { signal }),
    placeholderData: (before) => before,
  });
}

export function useStartExport(datasetVersionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (format: string) => exportsApi.start(datasetVersionId, format),
    onSuccess: (job) => applyJob(client, job),
  });
}

export function useDeleteExport(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (exportId: string) => exportsApi.delete(exportId),
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf.list(projectId) }),
  });
}
