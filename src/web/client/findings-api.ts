/** The routes of the checks as typed functions and hooks. Mending changes labels, so it makes layers stale too. */

import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { apiUrl, request } from "./http.ts";
import { keys } from "./keys.ts";

const segment = encodeURIComponent;
const of = (projectId: string, rest: string): string => `/projects/${segment(projectId)}/${rest}`;

type Signal = { readonly signal?: AbortSignal };

export type FindingChoiceRequest = z.input<typeof wire.findingChoiceSchema>;
export type WaiveRequest = z.input<typeof wire.waiveSchema>;
export type CheckRequest = z.input<typeof wire.startCheckSchema>;
type FindingPageRequest = Partial<z.input<typeof wire.findingListQuerySchema>>;

export const findingsApi = {
  summary: (projectId: string, options: Signal = {}) =>
    request<wire.FindingSummaryWire>("GET", of(projectId, "finding-summary"), options),
  list: (projectId: string, query: FindingPageRequest, options: Signal = {}) =>
    request<wire.FindingListWire>("GET", of(projectId, "findings"), {
      ...options,
      query: { ...query } as Record<string, string | number | undefined>,
    }),
  check: (projectId: string, body: CheckRequest) =>
    request<wire.Job>("POST", of(projectId, "check"), { body }),
  previewMend: (projectId: string, body: FindingChoiceRequest, options: Signal = {}) =>
    request<wire.MendPreviewWire>("POST", of(projectId, "mends/preview"), { ...options, body }),
  mend: (projectId: string, body: FindingChoiceRequest) =>
    request<wire.MendWire>("POST", of(projectId, "mends"), { body }),
  undoMend: (mendId: string) => request<wire.MendUndoWire>("POST", `/mends/${segment(mendId)}/undo`),
  waive: (projectId: string, body: WaiveRequest) =>
    request<{ findingIds: string[] }>("POST", of(projectId, "findings/waive"), { body }),
  reopen: (projectId: string, findingIds: string[]) =>
    request<{ findingIds: string[] }>("POST", of(projectId, "findings/reopen"), { body: { findingIds } }),
};

/** @param version  anything that changes with the labels, so that the picture is asked for again. */
export function findingPictureUrl(
  findingId: string,
  options: { readonly size?: number; readonly view?: "now" | "mended"; readonly version?: string } = {},
): string {
  const { size = 192, view = "now", version } = options;
  return apiUrl(`/findings/${findingId}/picture.png`, { size, view, v: version });
}

const FINDINGS_PAGE = 60;

export function useFindingSummary(projectId: string) {
  return useQuery({
    queryKey: keys.findings(projectId, "summary", null),
    queryFn: ({ signal }) => findingsApi.summary(projectId, { signal }),
    // People come here from the editor, where labels changed.
    refetchOnMount: "always",
  });
}

export function useFindings(
  projectId: string,
  filter: { readonly rule: wire.FindingWire["rule"]; readonly status: wire.FindingWire["status"] } | null,
) {
  return useInfiniteQuery({
    queryKey: keys.findings(projectId, "list", filter),
    queryFn: ({ pageParam, signal }) =>
      findingsApi.list(
        projectId,
        { ...filter, limit: FINDINGS_PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: filter !== null,
    refetchOnMount: "always",
  });
}

/** What mending would do; null while nothing is asked. */
export function useMendPreview(projectId: string, body: FindingChoiceRequest | null) {
  return useQuery({
    queryKey: keys.findings(projectId, "preview", body),
    queryFn: ({ signal }) => findingsApi.previewMend(projectId, body as FindingChoiceRequest, { signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    refetchOnMount: "always",
  });
}

function labelsChanged(client: QueryClient, projectId: string): Promise<unknown> {
  return Promise.all(
    [keys.project(projectId), ["image"], ["layer"]].map((queryKey) => client.invalidateQueries({ queryKey })),
  );
}

function useFindingChange<Body, Result>(projectId: string, change: (body: Body) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => labelsChanged(client, projectId) });
}

export const useStartCheck = (projectId: string) =>
  useFindingChange(projectId, (body: CheckRequest) => findingsApi.check(projectId, body));
export const useMend = (projectId: string) =>
  useFindingChange(projectId, (body: FindingChoiceRequest) => findingsApi.mend(projectId, body));
export const useUndoMend = (projectId: string) =>
  useFindingChange(projectId, (mendId: string) => findingsApi.undoMend(mendId));
export const useWaive = (projectId: string) =>
  useFindingChange(projectId, (body: WaiveRequest) => findingsApi.waive(projectId, body));
export const useReopen = (projectId: string) =>
  useFindingChange(projectId, (findingIds: string[]) => findingsApi.reopen(projectId, findingIds));
