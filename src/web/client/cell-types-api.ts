/** Types of cells: where terms stand, and the marker panel of a project. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { MarkerPanelWire, TermPlaces } from "#api/index.ts";
import { request } from "./http.ts";
import { keys } from "./keys.ts";

const panelPath = (projectId: string): string => `/projects/${encodeURIComponent(projectId)}/marker-panel`;

/** Labels of terms and everything above them. @param curies  in any order. */
export function useTermPlaces(curies: readonly string[]) {
  const asked = [...new Set(curies)].sort().slice(0, 200).join(",");
  return useQuery({
    queryKey: keys.termPlaces(asked),
    queryFn: ({ signal }) =>
      request<TermPlaces>("GET", "/terms/places", { signal, query: { curies: asked } }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
  });
}

export function useMarkerPanel(projectId: string) {
  return useQuery({
    queryKey: keys.markerPanel(projectId),
    queryFn: ({ signal }) => request<MarkerPanelWire>("GET", panelPath(projectId), { signal }),
  });
}

export function useSetMarkerPanel(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: MarkerPanelWire) => request<MarkerPanelWire>("PATCH", panelPath(projectId), { body }),
    onSuccess: (panel) => client.setQueryData(keys.markerPanel(projectId), panel),
  });
}
