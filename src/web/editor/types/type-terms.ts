/** What the page knows of the terms in use: names, what stands above each, which of them are types of cell. */

import type { TermPlaces } from "#api/index.ts";
import { type TypeRelations, unknownType } from "#core/cell-types/index.ts";

export interface TypeTerms extends TypeRelations {
  /** Label, or the CURIE of a term that this vocabulary does not know. */
  readonly nameOf: (term: string) => string;
}

export function typeTerms(places: TermPlaces["terms"]): TypeTerms {
  const known = new Map(places.map((place) => [place.curie, place]));
  return {
    nameOf: (term) => (term === unknownType ? "unknown type" : (known.get(term)?.label ?? term)),
    ancestors: (term) => known.get(term)?.ancestors ?? [],
    isCellType: (term) => known.get(term)?.isCellType ?? false,
  };
}
