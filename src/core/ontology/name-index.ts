/**
 * Names of terms, arranged for finding one while it is being typed.
 *
 * Every name is kept as its compared words. Words lie in one sorted list, so the names that hold a word beginning with
 * what was typed are a slice of it; parts inside words are found in one long string; slips by edit distance over the
 * distinct words. The three are tried in this order and the later ones only when the earlier found too little. Built
 * for a few hundred shipped terms and usable for some hundred thousand of an installed release.
 */
import { editDistance } from "./edit-distance.ts";
import { nameWords } from "./name-key.ts";
import type { Term } from "./term.ts";

export type NameKind = "label" | "synonym" | "related" | "curie";

export interface IndexedName {
  readonly term: Term;
  readonly text: string;
  readonly kind: NameKind;
  /** Compared words joined by spaces. */
  readonly words: string;
  /** Compared words joined by nothing. */
  readonly key: string;
}

export interface NameIndex {
  readonly names: readonly IndexedName[];
  /** Names whose words begin with the typed words, each word once, in any order. */
  byPrefix(words: readonly string[]): readonly IndexedName[];
  /** Names that hold the text anywhere, at most `limit`. */
  byPart(text: string, limit: number): readonly IndexedName[];
  /** Names that hold words a few slips from the typed ones. */
  bySlips(words: readonly string[]): readonly IndexedName[];
  byKey(key: string): readonly IndexedName[];
}

/** Beyond it a name is a phrase, and nobody types it without its spaces. */
const joinedLengthMax = 32;

/** Names that are followed up per typed word; a slice this long comes from a letter or two, which choose nothing yet. */
const sliceMax = 20_000;

export function buildNameIndex(terms: Iterable<Term>): NameIndex {
  const names: IndexedName[] = [];
  for (const term of terms) {
    if (term.deprecated === true) continue;
    addName(names, term, term.label, "label");
    for (const text of term.synonyms) addName(names, term, text, "synonym");
    for (const text of term.related ?? []) addName(names, term, text, "related");
  }
  let words: WordList | undefined;
  let parts: PartText | undefined;
  let keys: Map<string, IndexedName[]> | undefined;
  return {
    names,
    byPrefix(typed) {
      words ??= wordListOf(names);
      return intersect(typed, (word) => prefixSlice(words as WordList, word)).map(
        (i) => names[i] as IndexedName,
      );
    },
    byPart(text, limit) {
      parts ??= partTextOf(names);
      return findParts(parts, text, limit).map((i) => names[i] as IndexedName);
    },
    bySlips(typed) {
      words ??= wordListOf(names);
      return intersect(typed, (word) => slipSlice(words as WordList, word)).map(
        (i) => names[i] as IndexedName,
      );
    },
    byKey(key) {
      keys ??= Map.groupBy(names, (name) => name.key);
      return keys.get(key) ?? [];
    },
  };
}

function addName(names: IndexedName[], term: Term, text: string, kind: NameKind): void {
  const words = nameWords(text);
  if (words.length > 0) names.push({ term, text, kind, words: words.join(" "), key: words.join("") });
}

interface WordList {
  /** Distinct words, sorted by code unit. */
  readonly words: readonly string[];
  /** For each word the positions of its names. */
  readonly names: readonly (readonly number[])[];
}

function wordListOf(names: readonly IndexedName[]): WordList {
  const byWord = new Map<string, number[]>();
  names.forEach((name, index) => {
    const words = new Set(name.words.split(" "));
    // "skbr3" finds "SK-BR-3": a short name counts as one word as well.
    if (words.size > 1 && name.key.length <= joinedLengthMax) words.add(name.key);
    for (const word of words) {
      const list = byWord.get(word);
      if (list === undefined) byWord.set(word, [index]);
      else list.push(index);
    }
  });
  const words = [...byWord.keys()].sort();
  return { words, names: words.map((word) => byWord.get(word) as number[]) };
}

function prefixSlice(list: WordList, prefix: string): ReadonlySet<number> {
  const found = new Set<number>();
  let low = 0;
  let high = list.words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list.words[middle] as string) < prefix) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < list.words.length && (list.words[i] as string).startsWith(prefix); i++) {
    for (const name of list.names[i] as readonly number[]) found.add(name);
    if (found.size > sliceMax) break;
  }
  return found;
}

/** One slip in a short word, two in a longer one, three in a long one; otherwise unrelated words would match. */
export function slipsAllowed(length: number): number {
  if (length <= 2) return 0;
  if (length <= 5) return 1;
  return length <= 11 ? 2 : 3;
}

function slipSlice(list: WordList, word: string): ReadonlySet<number> {
  const found = new Set<number>();
  const bound = slipsAllowed(word.length);
  for (let i = 0; i < list.words.length; i++) {
    const other = list.words[i] as string;
    if (editDistance(word, other, bound) > bound) continue;
    for (const name of list.names[i] as readonly number[]) found.add(name);
  }
  return found;
}

function intersect(typed: readonly string[], slice: (word: string) => ReadonlySet<number>): number[] {
  const sets = typed.map(slice).toSorted((a, b) => a.size - b.size);
  const [first, ...rest] = sets;
  if (first === undefined) return [];
  return [...first].filter((name) => rest.every((set) => set.has(name)));
}

interface PartText {
  /** All names, each on its own line. */
  readonly text: string;
  /** Where each line starts. */
  readonly starts: Uint32Array;
}

function partTextOf(names: readonly IndexedName[]): PartText {
  const starts = new Uint32Array(names.length);
  let at = 0;
  names.forEach((name, i) => {
    starts[i] = at;
    at += name.words.length + 1;
  });
  return { text: names.map((name) => name.words).join("\n"), starts };
}

function findParts(parts: PartText, wanted: string, limit: number): number[] {
  const found: number[] = [];
  if (wanted === "") return found;
  let line = 0;
  for (let at = parts.text.indexOf(wanted); at >= 0 && found.length < limit; ) {
    while (line + 1 < parts.starts.length && (parts.starts[line + 1] as number) <= at) line++;
    found.push(line);
    const next = parts.starts[line + 1];
    at = next === undefined ? -1 : parts.text.indexOf(wanted, next);
  }
  return found;
}
