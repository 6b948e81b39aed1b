/**
 * What a cell is: terms of an ontology at one object, several at once (a type and a state).
 *
 * Three states are kept apart: null (nobody looked), `[unknown]` (someone looked and could not tell), and terms. Each term
 * says how it came to the cell, because a rule must never pass for a person, and what daughters inherited from a split or
 * a merged cell got from two parts is to be looked at. Lists are sorted by term, so two equal lists are equal text.
 */

import { FoundryError } from "../errors.ts";

/** How a term came to a cell. `split` and `merge`: taken over from the cells it was made of. */
export const typeOrigins = ["person", "rule", "model", "import", "split", "merge"] as const;
export type TypeOrigin = (typeof typeOrigins)[number];

export interface TypeMark {
  /** CURIE of a term, or `unknownType`. */
  readonly term: string;
  readonly by: TypeOrigin;
}

/** Sorted by term, no term twice, never empty: a cell that nobody looked at has null. */
export type CellTypes = readonly TypeMark[];

/** Someone looked and could not tell. Never beside a term. */
export const unknownType = "unknown";

/** A type, a few states and room: more is a mistake of a program. */
export const typesPerCellMax = 16;

/** `CL:0000084`, `CVCL_0030`, `local:T7`. */
const termPattern = /^(?:[A-Za-z][A-Za-z0-9]{0,31}:[A-Za-z0-9_-]{1,64}|CVCL_[A-Za-z0-9]{1,16}|unknown)$/;

/** Whether a text can be the term of a mark; whether the vocabulary knows it is another question. */
export const isTypeTerm = (text: string): boolean => termPattern.test(text);

/** @throws FoundryError `edit.invalid` naming the first fault. */
export function assertCellTypes(types: CellTypes): void {
  const problem = faultOf(types);
  if (problem === null) return;
  throw new FoundryError("edit.invalid", { message: `This edit cannot be applied: ${problem}.` });
}

function faultOf(types: CellTypes): string | null {
  if (types.length === 0) return "a cell's list of types is empty where it should be absent";
  if (types.length > typesPerCellMax) return `a cell would get more than ${typesPerCellMax} types`;
  for (const [i, { term, by }] of types.entries()) {
    if (!isTypeTerm(term)) return `"${term}" is no term of a vocabulary`;
    if (!typeOrigins.includes(by)) return `"${by}" is no way in which a type comes to a cell`;
    if (i > 0 && (types[i - 1] as TypeMark).term >= term) return "a cell's types are not in order";
  }
  const doubtful = types.some(({ term }) => term === unknownType) && types.length > 1;
  return doubtful ? "a cell of unknown type cannot have a type as well" : null;
}

export function sameTypes(a: CellTypes | null, b: CellTypes | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every(({ term, by }, i) => b[i]?.term === term && b[i]?.by === by);
}

/** Marks as a list: sorted, one per term (the first given stays), `unknown` left out beside terms; null when there are none. */
export function listTypes(marks: Iterable<TypeMark>): CellTypes | null {
  const byTerm = new Map<string, TypeMark>();
  for (const { term, by } of marks) if (!byTerm.has(term)) byTerm.set(term, { term, by });
  if (byTerm.size > 1) byTerm.delete(unknownType);
  if (byTerm.size === 0) return null;
  return [...byTerm.values()].sort((a, b) => (a.term < b.term ? -1 : 1));
}

/** Adds a term that a person chose; what was inherited or proposed beside it stays as it is. */
export function withType(types: CellTypes | null, term: string, by: TypeOrigin = "person"): CellTypes {
  if (term === unknownType) return [{ term, by }];
  const others = (types ?? []).filter((mark) => mark.term !== term && mark.term !== unknownType);
  return listTypes([{ term, by }, ...others]) as CellTypes;
}

export function withoutType(types: CellTypes | null, term: string): CellTypes | null {
  return listTypes((types ?? []).filter((mark) => mark.term !== term));
}

/** All terms as a person's own: "yes, that is what it is". */
export function confirmedTypes(types: CellTypes): CellTypes {
  return types.map(({ term }) => ({ term, by: "person" }));
}

/** Whether any of it waits for a person: a rule's or a model's proposal, or inherited from a split or a merge. */
export function needsLook(types: CellTypes | null): boolean {
  return types?.some(({ by }) => by !== "person" && by !== "import") ?? false;
}

/** Terms alone, without `unknown`. */
export function termsOf(types: CellTypes | null): string[] {
  return (types ?? []).flatMap(({ term }) => (term === unknownType ? [] : [term]));
}
