/** The routes of evaluations and pinned images as typed functions and hooks. */

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { applyJob } from "./events.ts";
import { apiUrl, request } from "./http.ts";
import { keys } from "./keys.ts";

const segment = encodeURIComponent;
const of = (evaluationId: string, rest = ""): string => `/evaluations/${segment(evaluationId)}${rest}`;
const pinned = (versionId: string, rest = ""): string =>
  `/model-versions/${segment(versionId)}/pinned${rest}`;

type Signal = { readonly signal?: AbortSignal };
type Query = Record<string, string | number | undefined>;

export type CellsRequest = z.input<typeof wire.evaluationCellsQuerySchema>;
export type ErrorClassName = wire.EvaluationCellWire["class"];
type CellsPage = z.infer<typeof wire.evaluationCellsSchema>;
type ComparedCellsPage = z.infer<typeof wire.comparedCellsSchema>;
type PinnedImages = z.infer<typeof wire.pinnedImagesSchema>;

export const evaluationsApi = {
  read: (id: string, options: Signal = {}) => request<wire.EvaluationDetailWire>("GET", of(id), options),
  images: (id: string, options: Signal = {}) =>
    request<{ images: wire.EvaluationImageWire[] }>("GET", of(id, "/images"), options),
  cells: (id: string, query: CellsRequest, options: Signal = {}) =>
    request<CellsPage>("GET", of(id, "/cells"), { ...options, query: { ...query } as Query }),
  judgedImage: (id: string, imageId: string, options: Signal = {}) =>
    request<wire.JudgedImageWire>("GET", of(id, "/judged-image"), { ...options, query: { imageId } }),
  compare: (id: string, withId: string, options: Signal = {}) =>
    request<wire.EvaluationComparisonWire>("GET", of(id, "/comparison"), {
      ...options,
      query: { with: withId },
    }),
  comparedCells: (id: string, query: Query, options: Signal = {}) =>
    request<ComparedCellsPage>("GET", of(id, "/compared-cells"), { ...options, query }),
};

export interface CellPlace {
  readonly position: number;
  readonly side: "reference" | "predicted";
  readonly label: number;
}

export type ShownOutlines = "both" | "reference" | "predicted" | "none";

/** @param version  anything that changes when the evaluation is made again. */
export function evaluationPictureUrl(
  evaluationId: string,
  { position, side, label }: CellPlace,
  options: {
    readonly size?: number;
    readonly show?: ShownOutlines;
    readonly around?: "case" | "cell";
    readonly version?: string;
  } = {},
): string {
  const { size = 192, show = "both", around = "case", version } = options;
  return apiUrl(of(evaluationId, "/picture.png"), { position, side, label, size, show, around, v: version });
}

const CELLS_PAGE = 60;

export function useEvaluation(evaluationId: string) {
  return useQuery({
    queryKey: keys.evaluation(evaluationId, "report"),
    queryFn: ({ signal }) => evaluationsApi.read(evaluationId, { signal }),
  });
}

export function useEvaluationImages(evaluationId: string) {
  return useQuery({
    queryKey: keys.evaluation(evaluationId, "images"),
    queryFn: ({ signal }) => evaluationsApi.images(evaluationId, { signal }),
  });
}

export function useEvaluationCells(evaluationId: string, filter: CellsRequest) {
  return useInfiniteQuery({
    queryKey: keys.evaluation(evaluationId, "cells", filter),
    queryFn: ({ pageParam, signal }) =>
      evaluationsApi.cells(
        evaluationId,
        { ...filter, limit: CELLS_PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

/** What became of the cells of an image; nothing is asked without an evaluation. */
export function useJudgedImage(evaluationId: string | null, imageId: string) {
  return useQuery({
    queryKey: keys.evaluation(evaluationId ?? "", "judged", imageId),
    queryFn: ({ signal }) => evaluationsApi.judgedImage(evaluationId ?? "", imageId, { signal }),
    enabled: evaluationId !== null,
    retry: false,
  });
}

export function useEvaluationComparison(evaluationId: string, withId: string | undefined) {
  return useQuery({
    queryKey: keys.evaluation(evaluationId, "comparison", withId),
    queryFn: ({ signal }) => evaluationsApi.compare(evaluationId, withId ?? "", { signal }),
    enabled: withId !== undefined,
    retry: false,
  });
}

export function useComparedCells(evaluationId: string, withId: string, change: "won" | "lost") {
  return useInfiniteQuery({
    queryKey: keys.evaluation(evaluationId, "compared", [withId, change]),
    queryFn: ({ pageParam, signal }) =>
      evaluationsApi.comparedCells(
        evaluationId,
        { with: withId, change, limit: CELLS_PAGE, cursor: pageParam },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

export function usePinnedImages(projectId: string) {
  return useQuery({
    queryKey: keys.pinned(projectId, "images"),
    queryFn: ({ signal }) =>
      request<PinnedImages>("GET", `/projects/${segment(projectId)}/pinned-images`, { signal }),
  });
}

/** Pins (`pin: true`) or unpins images. */
export function usePin(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ imageIds, pin }: { readonly imageIds: string[]; readonly pin: boolean }) =>
      request<PinnedImages>("POST", `/projects/${segment(projectId)}/pinned-images${pin ? "" : "/remove"}`, {
        body: { imageIds },
      }),
    onSuccess: (images) => {
      client.setQueryData(keys.pinned(projectId, "images"), images);
      void client.invalidateQueries({ queryKey: ["project", projectId, "pinned"] });
      void client.invalidateQueries({ queryKey: ["model-version"] });
    },
  });
}

/** Differences on pinned images between a version and the one it would replace. */
export function usePinnedComparison(projectId: string, versionId: string) {
  return useQuery({
    queryKey: keys.pinned(projectId, "comparison", versionId),
    queryFn: ({ signal }) =>
      request<wire.PinnedComparisonWire>("GET", pinned(versionId), { signal, query: { projectId } }),
  });
}

export function usePinnedDifference(
  projectId: string,
  versionId: string,
  place: { readonly imageId: string; readonly compartment: wire.Compartment } | null,
) {
  return useQuery({
    queryKey: keys.pinned(projectId, "difference", [versionId, place]),
    queryFn: ({ signal }) =>
      request<wire.PinnedDifferenceWire>("GET", pinned(versionId, "/image"), {
        signal,
        query: { projectId, ...place },
      }),
    enabled: place !== null,
  });
}

export function useComparePinned(projectId: string, versionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<wire.Job>("POST", pinned(versionId), { body: { projectId } }),
    onSuccess: (job) => applyJob(client, job),
  });
}
