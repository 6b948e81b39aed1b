/** Types of a table taken into a layer: which cells change, and which stay because a person said what they are. */

import type { TypesChange } from "./carry-types.ts";
import { type CellTypes, sameTypes, type TypeMark } from "./cell-types.ts";

export interface TakenTypes {
  readonly changes: readonly TypesChange[];
  /** Cells that a person named otherwise and that so were left alone. */
  readonly kept: readonly string[];
  /** Cells that had these terms already. */
  readonly same: number;
}

/**
 * @param present  of the living cells; absent: nobody looked. @param given  by uid, of living cells.
 * @param options.overPeople  also cells that a person named; default they stay as they are.
 * @returns changes in the order of `given`. A cell that has the very terms stays, however they came there. Pure; O(cells).
 */
export function takeTypes(
  present: ReadonlyMap<string, CellTypes>,
  given: ReadonlyMap<string, CellTypes>,
  { overPeople = false }: { readonly overPeople?: boolean | undefined } = {},
): TakenTypes {
  const changes: TypesChange[] = [];
  const kept: string[] = [];
  let same = 0;
  for (const [uid, after] of given) {
    const before = present.get(uid) ?? null;
    if (before !== null && sameTypes(termsOnly(before), termsOnly(after))) same++;
    else if (!overPeople && before?.some(({ by }) => by === "person")) kept.push(uid);
    else changes.push({ uid, before, after });
  }
  return { changes, kept, same };
}

const termsOnly = (types: CellTypes): CellTypes =>
  types.map(({ term }): TypeMark => ({ term, by: "import" }));
