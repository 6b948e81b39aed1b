/**
 * What becomes of types when cells are split, merged or copied.
 *
 * The parts of a split cell both keep its types, marked as taken over, since one of them may be something else. A merged
 * cell gets the union of its parts' types; where the parts did not agree, terms are marked as taken over, and two types that
 * exclude each other are a conflict that is shown until a person decides. A copy in another frame is the same cell.
 */

import { type CellTypes, listTypes, sameTypes, type TypeMark, termsOf } from "./cell-types.ts";

/** Types of each part of a split cell. */
export function splitTypes(types: CellTypes | null): CellTypes | null {
  return types === null ? null : types.map(({ term }) => ({ term, by: "split" }));
}

/**
 * Types of a cell made of several. Parts that nobody looked at say nothing.
 *
 * @returns the parts' own list when all that were looked at have the same terms.
 */
export function mergeTypes(parts: readonly (CellTypes | null)[]): CellTypes | null {
  const known = parts.filter((types) => types !== null);
  const [first] = known;
  if (first === undefined) return null;
  const agree = known.length === parts.length && known.every((types) => sameTerms(types, first));
  const marks: TypeMark[] = known.flatMap((types) => [...types]);
  if (agree) return listTypes(marks);
  return listTypes(marks.map(({ term }) => ({ term, by: "merge" })));
}

function sameTerms(a: CellTypes, b: CellTypes): boolean {
  return a.length === b.length && a.every(({ term }, i) => b[i]?.term === term);
}

/** What the hierarchy of the vocabulary says about two terms. */
export interface TypeRelations {
  /** All terms above one, itself not included. */
  readonly ancestors: (term: string) => readonly string[];
  /** Whether a term is a type of cell, so that two of them exclude each other unless one lies under the other. */
  readonly isCellType: (term: string) => boolean;
}

/** Pairs of types that exclude each other at one cell and came from different parts of a merge. */
export function typeConflicts(types: CellTypes | null, relations: TypeRelations): [string, string][] {
  if (types?.some(({ by }) => by === "merge") !== true) return [];
  const terms = termsOf(types).filter((term) => relations.isCellType(term));
  const pairs: [string, string][] = [];
  for (const [i, one] of terms.entries()) {
    for (const other of terms.slice(i + 1)) {
      const related = relations.ancestors(one).includes(other) || relations.ancestors(other).includes(one);
      if (!related) pairs.push([one, other]);
    }
  }
  return pairs;
}

/** A cell's types before and after an edit; null: nobody looked. */
export interface TypesChange {
  readonly uid: string;
  readonly before: CellTypes | null;
  readonly after: CellTypes | null;
}

/** What an edit of shapes does to cells, as far as their types follow. */
export interface CellsMade {
  readonly kind: string;
  /** Birth when `before` is null, end when `after` is null. */
  readonly changes: readonly { readonly uid: string; readonly before: unknown; readonly after: unknown }[];
  /** For cells copied to another frame or slice: which cell each goes on from. */
  readonly origins?: readonly {
    readonly uid: string;
    readonly after: { readonly uid: string; readonly kind: string } | null;
  }[];
}

/**
 * Changes of types that follow from an edit of shapes: parts inherit, a merged cell unites, a copy is the same cell.
 *
 * @param typesOf  present types of a cell. Undo carries its own changes and asks for none. Cost: O(changes).
 */
export function carriedTypes(
  { kind, changes, origins = [] }: CellsMade,
  typesOf: (uid: string) => CellTypes | null,
): TypesChange[] {
  if (kind === "undo" || kind === "redo") return [];
  const born = changes.filter(({ before, after }) => before === null && after !== null);
  const ended = changes.filter(({ before, after }) => before !== null && after === null);
  const stayed = changes.filter(({ before, after }) => before !== null && after !== null);
  const after = new Map<string, CellTypes | null>();
  const [only] = stayed;
  if (kind === "split" && only !== undefined && stayed.length === 1) {
    const types = splitTypes(typesOf(only.uid));
    for (const { uid } of [only, ...born]) after.set(uid, types);
  } else if (kind === "merge" && only !== undefined && stayed.length === 1) {
    after.set(only.uid, mergeTypes([only, ...ended].map(({ uid }) => typesOf(uid))));
  }
  const births = new Set(born.map(({ uid }) => uid));
  for (const { uid, after: origin } of origins) {
    if (births.has(uid) && origin?.kind === "link") after.set(uid, typesOf(origin.uid));
  }
  return [...after].flatMap(([uid, types]): TypesChange[] => {
    const before = typesOf(uid);
    return sameTypes(before, types) ? [] : [{ uid, before, after: types }];
  });
}
