/** Names of the terms that a query may hold, from the facets that are on the page anyway. */

import { useCallback, useMemo, useRef } from "react";
import { type ImageFilter, useCatalogueFacets } from "../client/index.ts";

export function useTermLabels(projectId: string, filter: ImageFilter): (curie: string) => string | undefined {
  const facets = useCatalogueFacets(projectId, filter);
  // Names stay known when a filter has left no image with the term.
  const known = useRef(new Map<string, string>());
  const labels = useMemo(() => {
    for (const facet of facets.data?.facets ?? []) {
      for (const { curie, label } of facet.terms) known.current.set(curie, label);
    }
    return new Map(known.current);
  }, [facets.data]);
  return useCallback((curie) => labels.get(curie), [labels]);
}
