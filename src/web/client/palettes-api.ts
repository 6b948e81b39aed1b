/** Channel palettes of a project. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SavedPalette } from "#api/index.ts";
import { request } from "./http.ts";

type PaletteBody = Pick<SavedPalette, "name" | "channels">;

const listOf = (projectId: string): string => `/projects/${encodeURIComponent(projectId)}/palettes`;
const keyOf = (projectId: string) => ["project", projectId, "palettes"] as const;

export function usePalettes(projectId: string) {
  return useQuery({
    queryKey: keyOf(projectId),
    queryFn: ({ signal }) => request<{ palettes: SavedPalette[] }>("GET", listOf(projectId), { signal }),
  });
}

export function useSavePalette(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, channels }: PaletteBody) =>
      request<SavedPalette>("POST", listOf(projectId), { body: { name, channels } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(projectId) }),
  });
}

export function useDeletePalette(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (paletteId: string) => request<void>("DELETE", `/palettes/${encodeURIComponent(paletteId)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(projectId) }),
  });
}
