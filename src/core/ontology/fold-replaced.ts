/**
 * A lab's own term that has found its official one: its names become names of that one, and it stays as a deprecated
 * term, so that an image or a query that still bears it is understood.
 */
import type { Term } from "./term.ts";

/** Only `local` terms: what a release replaces it says itself. The arguments are not changed. Cost: linear. */
export function foldReplaced(terms: readonly Term[]): readonly Term[] {
  const names = new Map<string, string[]>();
  for (const { source, deprecated, replacedBy, label, synonyms } of terms) {
    if (source !== "local" || deprecated !== true || replacedBy === undefined) continue;
    names.set(replacedBy, [...(names.get(replacedBy) ?? []), label, ...synonyms]);
  }
  if (names.size === 0) return terms;
  return terms.map((term) => {
    const more = names.get(term.curie);
    if (more === undefined) return term;
    const synonyms = [...new Set([...term.synonyms, ...more])].filter((name) => name !== term.label);
    return { ...term, synonyms };
  });
}
