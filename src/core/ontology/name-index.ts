/**
 * Names of terms, arranged for finding one while it is being typed.
 *
 * Every name is kept as its compared words. Words lie in one sorted list, so the names that hold a word beginning with
 * what was typed are a slice of it; of several typed words the rarest one's slice is read and the others are looked for
 * in its names. Parts inside words are found in one long string; slips by edit distance over the distinct words. Built
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
  /** Names with a word that begins with each of the typed words, at most `limit`. */
  byPrefix(words: readonly string[], limit: number): readonly IndexedName[];
  /** Names that hold the text anywhere, at most `limit`. */
  byPart(text: string, limit: number): readonly IndexedName[];
  /** Names that hold words a few slips from the typed ones, at most `limit`. */
  bySlips(words: readonly string[], limit: number): readonly IndexedName[];
  byKey(key: string): readonly IndexedName[];
}

/** Beyond it a name is a phrase, and nobody types it without its spaces. */
const joinedLengthMax = 32;

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
  let keys: ReadonlyMap<string, readonly number[]> | undefined;
  const pick = (indexes: readonly number[]): IndexedName[] => indexes.map((i) => names[i] as IndexedName);
  return {
    names,
    byPrefix(typed, limit) {
      words ??= wordListOf(names);
      return pick(prefixMatches(words, names, typed, limit));
    },
    byPart(text, limit) {
      parts ??= partTextOf(names);
      return pick(findParts(parts, text, limit));
    },
    bySlips(typed, limit) {
      words ??= wordListOf(names);
      return pick(slipMatches(words, typed, limit));
    },
    byKey(key) {
      keys ??= keysOf(names);
      return pick(keys.get(key) ?? []);
    },
  };
}

function addName(names: IndexedName[], term: Term, text: string, kind: NameKind): void {
  const words = nameWords(text);
  if (words.length > 0) names.push({ term, text, kind, words: words.join(" "), key: words.join("") });
}

function keysOf(names: readonly IndexedName[]): ReadonlyMap<string, readonly number[]> {
  const keys = new Map<string, number[]>();
  names.forEach((name, index) => {
    append(keys, name.key, index);
  });
  return keys;
}

/** Positions come in order, so a word twice in one name is seen by the last entry. */
function append(lists: Map<string, number[]>, key: string, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else if (list[list.length - 1] !== index) list.push(index);
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
    const isPhrase = name.words.length > name.key.length;
    for (const word of isPhrase ? name.words.split(" ") : [name.words]) append(byWord, word, index);
    // "skbr3" finds "SK-BR-3": a short name counts as one word as well.
    if (isPhrase && name.key.length <= joinedLengthMax) append(byWord, name.key, index);
  });
  const words = [...byWord.keys()].sort();
  return { words, names: words.map((word) => byWord.get(word) as number[]) };
}

interface Slice {
  readonly word: string;
  /** Positions in the list of words: [from, to). */
  readonly from: number;
  readonly to: number;
  /** Names of all its words together, with repeats. */
  readonly size: number;
}

function prefixSlice(list: WordList, word: string): Slice {
  const from = firstAtLeast(list.words, word);
  // No word holds a unit as high as this one, so it closes the range of the prefix.
  const to = firstAtLeast(list.words, `${word}\uffff`);
  let size = 0;
  for (let i = from; i < to; i++) size += (list.names[i] as readonly number[]).length;
  return { word, from, to, size };
}

function firstAtLeast(words: readonly string[], wanted: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function prefixMatches(
  list: WordList,
  names: readonly IndexedName[],
  typed: readonly string[],
  limit: number,
): readonly number[] {
  const slices = typed.map((word) => prefixSlice(list, word)).toSorted((a, b) => a.size - b.size);
  const [rarest, ...others] = slices;
  if (rarest === undefined) return [];
  const found = new Set<number>();
  for (let i = rarest.from; i < rarest.to; i++) {
    for (const index of list.names[i] as readonly number[]) {
      const { words } = names[index] as IndexedName;
      if (others.every(({ word }) => words.startsWith(word) || words.includes(` ${word}`))) found.add(index);
      if (found.size >= limit) return [...found];
    }
  }
  return [...found];
}

/** One slip in a short word, two in a longer one, three in a long one; otherwise unrelated words would match. */
export function slipsAllowed(length: number): number {
  if (length <= 2) return 0;
  if (length <= 5) return 1;
  return length <= 11 ? 2 : 3;
}

function slipMatches(list: WordList, typed: readonly string[], limit: number): readonly number[] {
  const sets = typed.map((word) => slipSlice(list, word)).toSorted((a, b) => a.size - b.size);
  const [rarest, ...others] = sets;
  if (rarest === undefined) return [];
  const found: number[] = [];
  for (const name of rarest) {
    if (found.length >= limit) break;
    if (others.every((set) => set.has(name))) found.push(name);
  }
  return found;
}

function slipSlice(list: WordList, word: string): ReadonlySet<number> {
  const found = new Set<number>();
  const bound = slipsAllowed(word.length);
  for (let i = 0; i < list.words.length; i++) {
    const other = list.words[i] as string;
    // Looked at here as well, because the call costs more than the answer for most words.
    if (Math.abs(other.length - word.length) > bound) continue;
    if (editDistance(word, other, bound) > bound) continue;
    for (const name of list.names[i] as readonly number[]) found.add(name);
  }
  return found;
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
    line = lineOf(parts.starts, at, line);
    found.push(line);
    const next = parts.starts[line + 1];
    at = next === undefined ? -1 : parts.text.indexOf(wanted, next);
  }
  return found;
}

/** The line that holds a position; lines before `from` are known not to. */
function lineOf(starts: Uint32Array, at: number, from: number): number {
  let low = from;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return low;
}
