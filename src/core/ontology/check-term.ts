/**
 * Whether a term may be written into a field: known, not deprecated, of the field's facet.
 */
import { type FacetName, facetOf } from "./facets.ts";
import type { Term } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

export type TermRule = "unknownTerm" | "deprecatedTerm" | "wrongFacet";

export interface TermFault {
  readonly rule: TermRule;
  /** A clause without a full stop. */
  readonly reason: string;
  /** What to use instead, when that is known. */
  readonly instead: Term | null;
}

/** @returns what is wrong with the term in this facet, or `null`. */
export function checkTerm(vocabulary: Vocabulary, facet: FacetName, curie: string): TermFault | null {
  const term = vocabulary.term(curie);
  if (term === undefined) {
    return { rule: "unknownTerm", reason: `${curie} is not in the vocabulary`, instead: null };
  }
  if (term.deprecated === true) {
    const instead = term.replacedBy === undefined ? undefined : vocabulary.term(term.replacedBy);
    const use =
      term.replacedBy === undefined ? "" : `; use ${instead?.label ?? "its successor"} (${term.replacedBy})`;
    return {
      rule: "deprecatedTerm",
      reason: `${term.label} (${curie}) is deprecated${use}`,
      instead: instead ?? null,
    };
  }
  if (vocabulary.belongs(facet, curie)) return null;
  const { title, prefixes } = facetOf(facet);
  return {
    rule: "wrongFacet",
    reason: `${term.label} (${curie}) is not a term for "${title}", which takes ${prefixes.join(", ")}`,
    instead: null,
  };
}
