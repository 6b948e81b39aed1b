/**
 * One list of terms out of several: shipped, installed releases, the lab's own.
 *
 * A release knows better what a term is called, whether it is deprecated and what stands above it. What we know beyond
 * a release stays: our aliases, origins of cell lines, and our parents, without which a facet would lose a term whose
 * release was installed in part. A lab's own term wins over both.
 */
import type { Term, TermParent } from "./term.ts";

/**
 * Later lists win. Cost: linear in the terms. The arguments are not changed.
 *
 * @returns terms in the order in which their CURIEs first appear.
 */
export function mergeTerms(...lists: readonly (readonly Term[])[]): Term[] {
  const merged = new Map<string, Term>();
  for (const list of lists) {
    for (const term of list) {
      const known = merged.get(term.curie);
      merged.set(term.curie, known === undefined ? term : mergeTerm(known, term));
    }
  }
  return [...merged.values()];
}

/** What both know of one term; `newer` wins where they differ. */
export function mergeTerm(older: Term, newer: Term): Term {
  const isOlderLabel = older.label !== newer.label && newer.source !== "local";
  const names = [...newer.synonyms, ...older.synonyms, ...(isOlderLabel ? [older.label] : [])];
  const related = [...(newer.related ?? []), ...(older.related ?? [])];
  const { replacedBy, deprecated, ...rest } = { ...older, ...newer };
  return {
    ...rest,
    synonyms: [...new Set(names)].filter((name) => name !== newer.label),
    // A deprecated term has no parents in its release; ours would bring it back into a facet's tree.
    parents: newer.deprecated === true ? newer.parents : mergeParents(newer.parents, older.parents),
    ...(related.length === 0 ? {} : { related: [...new Set(related)] }),
    ...(newer.deprecated === true ? { deprecated: true } : {}),
    ...(newer.deprecated === true && newer.replacedBy !== undefined ? { replacedBy: newer.replacedBy } : {}),
  };
}

function mergeParents(first: readonly TermParent[], second: readonly TermParent[]): TermParent[] {
  const known = new Set(first.map((parent) => parent.curie));
  return [...first, ...second.filter((parent) => !known.has(parent.curie))];
}
