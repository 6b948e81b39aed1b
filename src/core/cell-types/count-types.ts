/** How many cells of each type there are, for legends, filters and charts; counts of a group hold all terms under it. */

import { type CellTypes, needsLook, termsOf } from "./cell-types.ts";

export interface TypeCounts {
  /** Cells that carry the term itself. */
  readonly own: ReadonlyMap<string, number>;
  /** Cells that carry the term or one under it; a cell with two such terms counts once. */
  readonly under: ReadonlyMap<string, number>;
  /** Looked at, and nobody could tell. */
  readonly unknown: number;
  readonly notLooked: number;
  /** Proposed or taken over, waiting for a person. */
  readonly waiting: number;
}

/** @param ancestors  all terms above one, itself not included. Cost: O(cells x terms above). */
export function countTypes(
  cells: Iterable<CellTypes | null>,
  ancestors: (term: string) => readonly string[],
): TypeCounts {
  const own = new Map<string, number>();
  const under = new Map<string, number>();
  let [unknown, notLooked, waiting] = [0, 0, 0];
  for (const types of cells) {
    if (types === null) {
      notLooked++;
      continue;
    }
    if (needsLook(types)) waiting++;
    const terms = termsOf(types);
    if (terms.length === 0) unknown++;
    const groups = new Set(terms);
    for (const term of terms) {
      own.set(term, (own.get(term) ?? 0) + 1);
      for (const group of ancestors(term)) groups.add(group);
    }
    for (const group of groups) under.set(group, (under.get(group) ?? 0) + 1);
  }
  return { own, under, unknown, notLooked, waiting };
}

/** Whether a cell carries the term or one under it. */
export function isOfType(
  types: CellTypes | null,
  wanted: string,
  ancestors: (term: string) => readonly string[],
): boolean {
  return termsOf(types).some((term) => term === wanted || ancestors(term).includes(wanted));
}
