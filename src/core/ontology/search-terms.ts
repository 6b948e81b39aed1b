/**
 * Search as you type, and the nearest names to a written word.
 *
 * Order of hits: the exact name, names that begin with the text, names that hold the typed words, or words that begin with
 * them, names that hold the text anywhere, names a slip away; within each a label before a synonym before a related name, what came with
 * the program or from the lab before an installed release, then the shorter name. Measured in
 * `test/bench/ontology-search.ts`.
 */
import { parseCurie } from "./curie.ts";
import { editDistance } from "./edit-distance.ts";
import { type IndexedName, type NameIndex, type NameKind, slipsAllowed } from "./name-index.ts";
import { nameKey, nameWords } from "./name-key.ts";
import type { Term } from "./term.ts";

export interface TermHit {
  readonly term: Term;
  /** The name that fitted, as the vocabulary writes it. */
  readonly matched: string;
  readonly kind: NameKind;
  /** How it fitted: the whole name, its beginning, whole words of it, beginnings of words, a part of it, all but a slip. */
  readonly fit: Fit;
}

const fits = ["exact", "beginning", "words", "wordBeginnings", "part", "slip"] as const;
export type Fit = (typeof fits)[number];

/** A search box shows tens; more is a table. */
const searchLimitMax = 200;

const queryLengthMax = 200;

/** Names looked at per step: enough to fill any page after the filter; more come from a letter or two. */
const namesMax = 4_000;

const kindOrder: Readonly<Record<NameKind, number>> = { curie: 0, label: 1, synonym: 2, related: 3 };

interface Scored {
  readonly name: IndexedName;
  readonly fit: number;
}

/**
 * @param accepts  whether a term may be shown (the facet).
 * @param curies   all CURIEs, sorted; for "UBERON:00021".
 */
export function searchNames(
  index: NameIndex,
  query: string,
  options: {
    readonly accepts: (term: Term) => boolean;
    readonly limit: number;
    readonly term: (curie: string) => Term | undefined;
    readonly curies: () => readonly string[];
  },
): TermHit[] {
  const text = query.trim().slice(0, queryLengthMax);
  const words = nameWords(text);
  const limit = Math.max(0, Math.min(options.limit, searchLimitMax));
  const byCurie = curieHits(text, options, limit);
  if (byCurie.length > 0) return byCurie;
  if (words.length === 0) return [];
  const best = new Map<string, Scored>();
  const take = (names: readonly IndexedName[], fitOf: (name: IndexedName) => number): void => {
    for (const name of names) {
      if (!options.accepts(name.term)) continue;
      const scored = { name, fit: fitOf(name) };
      const before = best.get(name.term.curie);
      if (before === undefined || compareScored(scored, before) < 0) best.set(name.term.curie, scored);
    }
  };
  const key = words.join("");
  const joined = words.join(" ");
  take(index.byKey(key), () => 0);
  take(index.byPrefix(words, namesMax), (name) => prefixFit(name, words));
  if (words.length > 1) take(index.byPrefix([key], namesMax), (name) => prefixFit(name, words));
  // A letter inside words says nothing.
  if (best.size < limit && joined.length > 1) take(index.byPart(joined, namesMax), () => 4);
  if (best.size === 0) take(index.bySlips(words, namesMax), () => 5);
  if (best.size === 0 && words.length > 1) take(index.bySlips([key], namesMax), () => 5);
  return [...best.values()].toSorted(compareScored).slice(0, limit).map(toHit);
}

function prefixFit(name: IndexedName, words: readonly string[]): number {
  const key = words.join("");
  if (name.key === key) return 0;
  if (name.words.startsWith(words.join(" ")) || name.key.startsWith(key)) return 1;
  const own = name.words.split(" ");
  return words.every((word) => own.includes(word)) ? 2 : 3;
}

function toHit({ name, fit }: Scored): TermHit {
  return { term: name.term, matched: name.text, kind: name.kind, fit: fits[fit] as Fit };
}

function compareScored(a: Scored, b: Scored): number {
  return (
    a.fit - b.fit ||
    kindOrder[a.name.kind] - kindOrder[b.name.kind] ||
    Number(a.name.term.installed === true) - Number(b.name.term.installed === true) ||
    a.name.text.length - b.name.text.length ||
    (a.name.term.curie < b.name.term.curie ? -1 : 1)
  );
}

function curieHits(text: string, options: Parameters<typeof searchNames>[2], limit: number): TermHit[] {
  const whole = parseCurie(text);
  const exact = whole === null ? undefined : options.term(whole);
  const hits: TermHit[] = [];
  if (exact !== undefined && options.accepts(exact)) {
    hits.push({ term: exact, matched: exact.curie, kind: "curie", fit: "exact" });
  }
  if (!/^[A-Za-z]+[:_]/.test(text)) return hits;
  const wanted = text
    .replace(/^cvcl:/i, "CVCL_")
    .replace(/^(?!cvcl)([a-z]+)_/i, "$1:")
    .toLowerCase();
  for (const curie of options.curies()) {
    if (hits.length >= limit) break;
    if (curie === exact?.curie || !curie.toLowerCase().startsWith(wanted)) continue;
    const term = options.term(curie);
    if (term === undefined || term.deprecated === true || !options.accepts(term)) continue;
    hits.push({ term, matched: curie, kind: "curie", fit: "beginning" });
  }
  return hits.slice(0, limit);
}

/**
 * Terms whose names are few slips from the written word, nearest first; then what search finds for its words.
 *
 * @param names  names of the facet only.
 */
export function nearestTerms(names: readonly IndexedName[], raw: string, limit: number): Term[] {
  const key = nameKey(raw);
  if (key === "") return [];
  // A third of the letters may be wrong, so that "splen" finds spleen and "brain" does not find "ovary".
  const bound = Math.min(20, Math.max(slipsAllowed(key.length), Math.floor(key.length / 3)));
  const best = new Map<string, { readonly term: Term; readonly cost: number }>();
  for (const name of names) {
    if (name.kind === "related") continue;
    const distance = editDistance(key, name.key, bound);
    if (distance > bound) continue;
    // A label wins over a synonym at the same distance.
    const cost = distance + (name.kind === "label" ? 0 : 0.25) + (name.term.installed === true ? 0.5 : 0);
    const before = best.get(name.term.curie);
    if (before === undefined || cost < before.cost) best.set(name.term.curie, { term: name.term, cost });
  }
  return [...best.values()]
    .toSorted((a, b) => a.cost - b.cost || (a.term.label < b.term.label ? -1 : 1))
    .slice(0, limit)
    .map(({ term }) => term);
}
