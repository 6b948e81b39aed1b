/** Previews of augmentation: the plans in words, and the address of the picture of sample crops. */

import { useQuery } from "@tanstack/react-query";
import type { AugmentMode, AugmentPlanList } from "#api/index.ts";
import { apiUrl, request } from "./http.ts";

const of = (versionId: string): string => `/dataset-versions/${encodeURIComponent(versionId)}/augmentation`;

/** Plans that a training on a dataset version would use. A frozen version never changes, nor do its plans. */
export function useAugmentPlans(versionId: string, mode: AugmentMode, enabled: boolean) {
  return useQuery({
    queryKey: ["dataset-version", versionId, "augmentation", mode],
    queryFn: ({ signal }) => request<AugmentPlanList>("GET", of(versionId), { signal, query: { mode } }),
    enabled: enabled && versionId !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Rows of training images, each as it is and then varied. */
export const augmentPictureUrl = (
  versionId: string,
  { seed, mode, outlines }: { readonly seed: number; readonly mode: AugmentMode; readonly outlines: boolean },
): string => apiUrl(`${of(versionId)}.png`, { seed, mode, outlines: outlines ? 1 : 0 });
