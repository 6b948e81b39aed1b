/** Versions of labels: differences, branches, merges, blame, going back. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { request } from "./http.ts";
import { keys } from "./keys.ts";

const segment = encodeURIComponent;

type Signal = { readonly signal?: AbortSignal };
export type MergeRequest = z.input<typeof wire.mergeSchema>;
export interface CompareRequest {
  readonly from?: string | undefined;
  readonly fromLayer?: string | undefined;
  readonly to?: string | undefined;
}

const versionsApi = {
  compare: (layerId: string, query: CompareRequest, options: Signal = {}) =>
    request<wire.ComparisonWire>("GET", `/layers/${segment(layerId)}/compare`, {
      ...options,
      query: { from: query.from, fromLayer: query.fromLayer, to: query.to, unchanged: 1 },
    }),
  branches: (layerId: string, options: Signal = {}) =>
    request<{ branches: wire.BranchWire[] }>("GET", `/layers/${segment(layerId)}/branches`, options),
  createBranch: (layerId: string, body: { name: string; revisionId?: string }) =>
    request<wire.BranchWire>("POST", `/layers/${segment(layerId)}/branches`, { body }),
  updateBranch: (branchId: string, body: { name?: string; closed?: boolean }) =>
    request<wire.BranchWire>("PATCH", `/layers/${segment(branchId)}/branch`, { body }),
  merge: (branchId: string, body: MergeRequest, options: Signal = {}) =>
    request<wire.MergeOutcomeWire>("POST", `/layers/${segment(branchId)}/merge`, { ...options, body }),
  blame: (layerId: string, revision: string | undefined, options: Signal = {}) =>
    request<wire.LayerBlameWire>("GET", `/layers/${segment(layerId)}/blame`, {
      ...options,
      query: { revision },
    }),
  restore: (revisionId: string) =>
    request<wire.LayerRevision>("POST", `/layer-revisions/${segment(revisionId)}/restore`, {
      body: { message: "" },
    }),
};

export function useComparison(layerId: string, query: CompareRequest | null) {
  return useQuery({
    queryKey: keys.layerVersions(layerId, "compare", query),
    queryFn: ({ signal }) => versionsApi.compare(layerId, query ?? {}, { signal }),
    enabled: query !== null,
  });
}

export function useBranches(layerId: string | undefined) {
  return useQuery({
    queryKey: keys.layerVersions(layerId ?? "", "branches"),
    queryFn: ({ signal }) => versionsApi.branches(layerId ?? "", { signal }),
    enabled: layerId !== undefined,
  });
}

export function useBlame(layerId: string, revision: string | undefined) {
  return useQuery({
    queryKey: keys.layerVersions(layerId, "blame", revision ?? null),
    queryFn: ({ signal }) => versionsApi.blame(layerId, revision, { signal }),
  });
}

/** The merge as it would be with these decisions; writes nothing. */
export function useTriedMerge(branchId: string | undefined, body: MergeRequest) {
  return useQuery({
    queryKey: keys.layerVersions(branchId ?? "", "merge", body),
    queryFn: ({ signal }) => versionsApi.merge(branchId ?? "", body, { signal }),
    enabled: branchId !== undefined,
    placeholderData: (previous) => previous,
  });
}

/** Everything that is known of an image's labels is read again. */
function useRefreshLabels(imageId: string): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["layer"] }),
      client.invalidateQueries({ queryKey: keys.image(imageId) }),
    ]);
}

export function useMerge(imageId: string, branchId: string) {
  const refresh = useRefreshLabels(imageId);
  return useMutation({
    mutationFn: (body: MergeRequest) => versionsApi.merge(branchId, { ...body, commit: true }),
    onSuccess: refresh,
  });
}

export function useCreateBranch(imageId: string, layerId: string) {
  const refresh = useRefreshLabels(imageId);
  return useMutation({
    mutationFn: (body: { name: string; revisionId?: string }) => versionsApi.createBranch(layerId, body),
    onSuccess: refresh,
  });
}

export function useUpdateBranch(imageId: string) {
  const refresh = useRefreshLabels(imageId);
  return useMutation({
    mutationFn: ({ branchId, ...body }: { branchId: string; name?: string; closed?: boolean }) =>
      versionsApi.updateBranch(branchId, body),
    onSuccess: refresh,
  });
}

export function useRestoreRevision(imageId: string) {
  const refresh = useRefreshLabels(imageId);
  return useMutation({
    mutationFn: (revisionId: string) => versionsApi.restore(revisionId),
    onSuccess: refresh,
  });
}
