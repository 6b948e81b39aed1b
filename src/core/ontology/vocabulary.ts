/**
 * A vocabulary: terms with search, hierarchy and the resolving of written words.
 *
 * Built once from a list of terms (shipped, installed, local) and never changed; a new list makes a new vocabulary.
 * Indexes are made at first use, so showing one term costs nothing.
 *
 * Resolving never guesses: a word is a term's name or it is not. Names that several things bear (the cell lines H9, H1,
 * S2) are answered with candidates for a person to choose from, by a table kept as data.
 */
import { assert } from "../errors.ts";
import { curiePrefix, parseCurie } from "./curie.ts";
import { type FacetName, facetOf } from "./facets.ts";
import { buildHierarchy, type Hierarchy } from "./hierarchy.ts";
import { buildNameIndex, type IndexedName, type NameIndex } from "./name-index.ts";
import { nameKey, nameWords } from "./name-key.ts";
import { nearestTerms, searchNames, type TermHit } from "./search-terms.ts";
import { type AmbiguousName, ambiguousNames } from "./shipped-terms.ts";
import type { Term } from "./term.ts";

export type Resolution =
  | { readonly state: "known"; readonly term: Term }
  | { readonly state: "ambiguous"; readonly candidates: readonly Term[]; readonly reason: string }
  | { readonly state: "unknown"; readonly nearest: readonly Term[] };

export interface Vocabulary extends Hierarchy {
  readonly size: number;
  /** By CURIE in its own spelling. Deprecated terms are found too: an old image may bear one. */
  term(curie: string): Term | undefined;
  terms(): Iterable<Term>;
  /** Whether the facet accepts the term: right vocabulary, below a root, not deprecated. */
  belongs(facet: FacetName, curie: string): boolean;
  /** All terms of a facet, as the vocabulary lists them. */
  members(facet: FacetName): readonly Term[];
  search(text: string, options?: { readonly facet?: FacetName; readonly limit?: number }): TermHit[];
  /** What a written word means in a facet. A CURIE is taken as the term itself. */
  resolve(facet: FacetName, rawText: string): Resolution;
}

const searchLimitDefault = 20;
const nearestMax = 5;

/**
 * @throws internal error when a CURIE occurs twice; `mergeTerms` makes one list of several.
 */
export function buildVocabulary(
  terms: readonly Term[],
  options: { readonly ambiguous?: readonly AmbiguousName[] } = {},
): Vocabulary {
  const byCurie = new Map<string, Term>();
  for (const term of terms) {
    assert(!byCurie.has(term.curie), `the term ${term.curie} occurs twice`);
    byCurie.set(term.curie, term);
  }
  const hierarchy = buildHierarchy(byCurie);
  const membership = lazily((facet: FacetName) => facetMembers(facet, byCurie, hierarchy));
  let index: NameIndex | undefined;
  let curies: readonly string[] | undefined;
  const names = (): NameIndex => (index ??= buildNameIndex(terms));
  const facetNames = lazily((facet: FacetName) => {
    const members = membership(facet);
    return names().names.filter((name) => members.has(name.term.curie));
  });
  const ambiguous = ambiguityTable(options.ambiguous ?? ambiguousNames);
  return {
    ...hierarchy,
    size: byCurie.size,
    term: (curie) => byCurie.get(curie),
    terms: () => byCurie.values(),
    belongs: (facet, curie) => membership(facet).has(curie),
    members: (facet) => [...membership(facet)].map((curie) => byCurie.get(curie) as Term),
    search(text, { facet, limit = searchLimitDefault } = {}) {
      const members = facet === undefined ? null : membership(facet);
      return searchNames(names(), text, {
        accepts: (term) => members === null || members.has(term.curie),
        limit,
        term: (curie) => byCurie.get(curie),
        curies: () => (curies ??= [...byCurie.keys()].sort()),
      });
    },
    resolve: (facet, raw) => {
      const members = membership(facet);
      const curie = parseCurie(raw);
      if (curie !== null && members.has(curie)) return { state: "known", term: byCurie.get(curie) as Term };
      const rule = ambiguous.get(`${facet} ${nameKey(raw)}`);
      if (rule !== undefined) {
        const candidates = rule.candidates.flatMap((candidate) => byCurie.get(candidate) ?? []);
        return { state: "ambiguous", candidates, reason: rule.reason };
      }
      const found = names()
        .byKey(nameKey(raw))
        .filter((name) => members.has(name.term.curie));
      return decide(facet, found) ?? { state: "unknown", nearest: near(raw, facet) };
    },
  };

  function near(raw: string, facet: FacetName): readonly Term[] {
    const bySlips = nearestTerms(facetNames(facet), raw, nearestMax);
    if (bySlips.length > 0) return bySlips;
    const members = membership(facet);
    const accepts = (term: Term): boolean => members.has(term.curie);
    const search = (text: string): TermHit[] =>
      searchNames(names(), text, { accepts, limit: nearestMax, term: () => undefined, curies: () => [] });
    const whole = search(raw);
    // Of several words the longest says most: "human jejunum biopsy" is near jejunum.
    const words = nameWords(raw).toSorted((a, b) => b.length - a.length);
    const hits = whole.length > 0 ? whole : (words.map(search).find((found) => found.length > 0) ?? []);
    return hits.map((hit) => hit.term);
  }
}

/** One meaning among names of the same key, or a choice. Labels go before synonyms, except for cell lines. */
function decide(facet: FacetName, found: readonly IndexedName[]): Resolution | null {
  const certain = found.filter((name) => name.kind !== "related");
  const ranks = [
    certain.filter((name) => name.kind === "label"),
    certain.filter((name) => name.kind === "synonym" && name.term.installed !== true),
    certain,
  ];
  // Labels of cell lines are short and reused by unrelated lines, so there every bearer of the name counts.
  const bearers = facet === "cellLine" ? certain : (ranks.find((rank) => rank.length > 0) ?? []);
  const terms = [...new Map(bearers.map((name) => [name.term.curie, name.term])).values()];
  const [only] = terms;
  if (only === undefined) return null;
  if (terms.length === 1) return { state: "known", term: only };
  return { state: "ambiguous", candidates: terms, reason: `${terms.length} terms bear this name.` };
}

function facetMembers(
  name: FacetName,
  terms: ReadonlyMap<string, Term>,
  hierarchy: Hierarchy,
): ReadonlySet<string> {
  const facet = facetOf(name);
  const members = new Set<string>();
  const prefixes = new Set([...facet.prefixes, "local"]);
  for (const root of facet.roots) {
    if (!terms.has(root)) continue;
    for (const curie of [root, ...hierarchy.descendants(root)]) {
      if (prefixes.has(curiePrefix(curie)) && terms.get(curie)?.deprecated !== true) members.add(curie);
    }
  }
  for (const curie of facet.also) {
    if (terms.has(curie) && terms.get(curie)?.deprecated !== true) members.add(curie);
  }
  return members;
}

function ambiguityTable(rules: readonly AmbiguousName[]): ReadonlyMap<string, AmbiguousName> {
  return new Map(rules.flatMap((rule) => rule.names.map((name) => [`${rule.facet} ${nameKey(name)}`, rule])));
}

function lazily<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
