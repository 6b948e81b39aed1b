/** Hooks for the catalogue. Whatever changes images makes everything below the project stale. */

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { FacetField } from "#api/index.ts";
import {
  type BulkEditRequest,
  type BulkTrashRequest,
  type ChooseTerm,
  catalogueApi,
  type SaveQuery,
} from "./catalogue-api.ts";
import { type ImageFilter, keys } from "./keys.ts";

const TRASH_PAGE = 60;

export function useCatalogueFacets(projectId: string, filter: ImageFilter) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "facets", filter),
    queryFn: ({ signal }) => catalogueApi.facets(projectId, filter, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Fields that are no facets; read when asked for, because they cost a look at every image. */
export function useOtherFacets(projectId: string, filter: ImageFilter, enabled: boolean) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "other-facets", filter),
    queryFn: ({ signal }) => catalogueApi.otherFacets(projectId, filter, { signal }),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useStatistics(
  projectId: string,
  filter: ImageFilter & { rows: FacetField; columns: FacetField },
) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "statistics", filter),
    queryFn: ({ signal }) => catalogueApi.statistics(projectId, filter, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What an edit would change; null while there is nothing to ask. */
export function useBulkPreview(projectId: string, body: BulkEditRequest | null) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "preview", body),
    queryFn: ({ signal }) => catalogueApi.previewEdit(projectId, body as BulkEditRequest, { signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  });
}

function useProjectChange<Body, Result>(projectId: string, change: (body: Body) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId) }),
  });
}

export const useBulkEdit = (projectId: string) =>
  useProjectChange(projectId, (body: BulkEditRequest) => catalogueApi.edit(projectId, body));
export const useBulkTrash = (projectId: string) =>
  useProjectChange(projectId, (body: BulkTrashRequest) => catalogueApi.trash(projectId, body));
export const useUndoBulkEdit = (projectId: string) =>
  useProjectChange(projectId, (editId: string) => catalogueApi.undo(editId));
export const useRestore = (projectId: string) =>
  useProjectChange(projectId, (imageIds: readonly string[]) => catalogueApi.restore(projectId, imageIds));
export const useSaveQuery = (projectId: string) =>
  useProjectChange(projectId, (body: SaveQuery) => catalogueApi.saveQuery(projectId, body));
export const useDeleteQuery = (projectId: string) =>
  useProjectChange(projectId, (queryId: string) => catalogueApi.deleteQuery(queryId));
export const useChooseTerm = (projectId: string) =>
  useProjectChange(projectId, (body: ChooseTerm) => catalogueApi.chooseTerm(projectId, body));

export function useSavedQueries(projectId: string) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "queries", {}),
    queryFn: ({ signal }) => catalogueApi.queries(projectId, { signal }),
  });
}

export function useTrash(projectId: string) {
  return useInfiniteQuery({
    queryKey: keys.catalogue(projectId, "trash", {}),
    queryFn: ({ pageParam, signal }) =>
      catalogueApi.listTrash(
        projectId,
        { limit: TRASH_PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

export function useWords(projectId: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.catalogue(projectId, "words", {}),
    queryFn: ({ signal }) => catalogueApi.words(projectId, { signal }),
    enabled,
  });
}

export function useTermSearch(text: string, field: string | undefined) {
  return useQuery({
    queryKey: keys.terms(text, field),
    queryFn: ({ signal }) =>
      catalogueApi.terms({ text, ...(field === undefined ? {} : { field }) }, { signal }),
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
  });
}
