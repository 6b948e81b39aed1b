/** Public surface of `core/ontology`: terms, facets, the metadata of an image and its rules. */

export { curiePrefix, isCurie, parseCurie } from "./curie.ts";
export { editDistance } from "./edit-distance.ts";
export { type Facet, type FacetName, facetNames, facetOf, facets, isFacetName } from "./facets.ts";
export { findCycles } from "./hierarchy.ts";
export { nameKey, nameWords } from "./name-key.ts";
export type { Fit, TermHit } from "./search-terms.ts";
export {
  type AmbiguousName,
  ambiguousNames,
  checkedTermCount,
  shippedTerms,
  type TermSource,
  termSources,
} from "./shipped-terms.ts";
export type { CellLineOrigin, Term, TermParent, TermRelation } from "./term.ts";
export { buildVocabulary, type Resolution, type Vocabulary } from "./vocabulary.ts";
