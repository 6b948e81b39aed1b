/** Where a term stands: the labels above it, as a breadcrumb that tells two terms of one name apart. */

import { type FacetName, facetOf } from "./facets.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A breadcrumb of more is not read. */
const STEPS_MAX = 4;

/**
 * From the widest to the parent, along the first parent of each term; roots of the facet say nothing and are left out.
 *
 * @param facet  default: up to where the parents end.
 */
export function termPath(vocabulary: Vocabulary, curie: string, facet?: FacetName): string[] {
  const roots = new Set(facet === undefined ? [] : facetOf(facet).roots);
  const labels: string[] = [];
  const seen = new Set([curie]);
  let at = vocabulary.term(curie)?.parents[0]?.curie;
  while (at !== undefined && !seen.has(at) && !roots.has(at) && labels.length < STEPS_MAX) {
    seen.add(at);
    const term = vocabulary.term(at);
    if (term === undefined) break;
    labels.unshift(term.label);
    at = term.parents[0]?.curie;
  }
  return labels;
}
