/** Hooks for projects, images and their layers. */

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { EnsureLayer } from "#api/index.ts";
import { imagesApi, layersApi, projectsApi, type UpdateImage } from "./api.ts";
import { type ImageFilter, keys } from "./keys.ts";

/** One screen of the largest grid, and one more to scroll into. */
const PAGE_SIZE = 120;

export function useProjects() {
  return useQuery({ queryKey: keys.projects, queryFn: ({ signal }) => projectsApi.list({ signal }) });
}

export function useProject(projectId: string) {
  return useQuery({
    queryKey: keys.projectFacts(projectId),
    queryFn: ({ signal }) => projectsApi.read(projectId, { signal }),
  });
}

export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => projectsApi.create(name),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.projects }),
  });
}

/** Pages of images; `data.pages[0]` also holds the total. Facets are asked for apart. */
export function useImages(projectId: string, filter: ImageFilter) {
  return useInfiniteQuery({
    queryKey: keys.imageList(projectId, filter),
    queryFn: ({ pageParam, signal }) =>
      imagesApi.list(projectId, { ...filter, cursor: pageParam, limit: PAGE_SIZE, facets: 0 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useImage(imageId: string) {
  return useQuery({
    queryKey: keys.image(imageId),
    queryFn: ({ signal }) => imagesApi.read(imageId, { signal }),
  });
}

export function useNewLayer(imageId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: EnsureLayer) => layersApi.ensure(imageId, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.image(imageId) }),
  });
}

export function useUpdateImage(imageId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateImage) => imagesApi.update(imageId, body),
    onSuccess: (image) => {
      client.setQueryData(keys.image(imageId), image);
      void client.invalidateQueries({ queryKey: keys.images(image.projectId) });
    },
  });
}

export function useTrashImage(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (imageId: string) => imagesApi.trash(imageId),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(projectId) }),
  });
}

export function useLayerRevisions(layerId: string | undefined) {
  return useQuery({
    queryKey: keys.layerRevisions(layerId ?? ""),
    queryFn: ({ signal }) => layersApi.revisions(layerId ?? "", { signal }),
    enabled: layerId !== undefined,
  });
}

/** Commits and accepts a layer; the image, its neighbours in the grid and the layer's history become stale. */
export function useAcceptLayer(image: { readonly id: string; readonly projectId: string }) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (layerId: string) => layersApi.accept(layerId),
    onSuccess: (_revision, layerId) => {
      void client.invalidateQueries({ queryKey: keys.image(image.id) });
      void client.invalidateQueries({ queryKey: keys.layerRevisions(layerId) });
      void client.invalidateQueries({ queryKey: keys.project(image.projectId) });
    },
  });
}
