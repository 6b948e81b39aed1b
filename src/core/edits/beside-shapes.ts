/**
 * What an edit changes beside shapes and origins: types of cells, and spots.
 *
 * Both have the form of a shape's change: an id, what it was, what it becomes. So one law holds for all: *before* must be the
 * present value, undo swaps the sides, and sending twice is harmless. What a deleted cell was stays with it, as its origin
 * does: bringing the cell back brings its types back.
 */

import { assertCellTypes, type CellTypes, sameTypes, type TypesChange } from "../cell-types/index.ts";
import { FoundryError } from "../errors.ts";
import { assertSpot, type Spot, type SpotChange, sameSpot } from "../spots/index.ts";

/** Fields of an edit that stand beside its shapes. */
export interface BesideShapes {
  readonly types?: readonly TypesChange[];
  readonly spots?: readonly SpotChange[];
}

/** Present values by id; what is absent is null. */
export interface BesideState {
  readonly types: Map<string, CellTypes>;
  readonly spots: Map<string, Spot>;
}

export const emptyBesideState = (): BesideState => ({ types: new Map(), spots: new Map() });

interface ValueChange<T> {
  readonly uid: string;
  readonly before: T | null;
  readonly after: T | null;
}

/**
 * Checks the changes beside shapes against the present values and makes them, or leaves everything as it was and throws.
 *
 * @throws FoundryError `revision.conflict` when a `before` is not the present value. Cost: O(changes).
 */
export function applyBesideInPlace(state: BesideState, { types = [], spots = [] }: BesideShapes): void {
  assertFits(state.types, types, sameTypes, "The types of a cell were changed");
  assertFits(state.spots, spots, sameSpot, "A spot was changed");
  setAll(state.types, types);
  setAll(state.spots, spots);
}

/** Puts back what `applyBesideInPlace` changed. */
export function takeBackBesideInPlace(state: BesideState, { types = [], spots = [] }: BesideShapes): void {
  for (const { uid, before } of types) setValue(state.types, uid, before);
  for (const { uid, before } of spots) setValue(state.spots, uid, before);
}

function assertFits<T>(
  present: ReadonlyMap<string, T>,
  changes: readonly ValueChange<T>[],
  same: (a: T | null, b: T | null) => boolean,
  problem: string,
): void {
  const other = changes.find(({ uid, before }) => !same(present.get(uid) ?? null, before));
  if (other === undefined) return;
  throw new FoundryError("revision.conflict", {
    message: `${problem} meanwhile.`,
    hint: "Look at what is there now and repeat the edit if it is still needed.",
    details: { uid: other.uid },
  });
}

function setAll<T>(present: Map<string, T>, changes: readonly ValueChange<T>[]): void {
  for (const { uid, after } of changes) setValue(present, uid, after);
}

function setValue<T>(present: Map<string, T>, uid: string, value: T | null): void {
  if (value === null) present.delete(uid);
  else present.set(uid, value);
}

/** The same changes the other way round, as fields of an edit that takes them back. */
export function invertedBeside({ types, spots }: BesideShapes): BesideShapes {
  return {
    ...(types === undefined ? {} : { types: swapped(types) }),
    ...(spots === undefined ? {} : { spots: swapped(spots) }),
  };
}

const swapped = <T>(changes: readonly ValueChange<T>[]): ValueChange<T>[] =>
  changes.map(({ uid, before, after }) => ({ uid, before: after, after: before }));

/** The fields alone, absent where an edit has none. */
export function besideOf({ types, spots }: BesideShapes): BesideShapes {
  return { ...(types === undefined ? {} : { types }), ...(spots === undefined ? {} : { spots }) };
}

/** Number of values an edit changes beside shapes. */
export const besideCount = ({ types = [], spots = [] }: BesideShapes): number => types.length + spots.length;

/**
 * Checks what came from outside, without looking at any layer.
 *
 * @param isId  whether a text can be the id of an object. @throws FoundryError `edit.invalid` naming the first fault.
 */
export function validateBeside(
  { types = [], spots = [] }: BesideShapes,
  image: { readonly height: number; readonly width: number },
  isId: (text: unknown) => boolean,
): void {
  assertValues(types, sameTypes, isId, "cell's types");
  for (const { before, after } of types) {
    for (const side of [before, after]) if (side !== null) assertCellTypes(side);
  }
  assertValues(spots, sameSpot, isId, "spot");
  for (const { before, after } of spots) {
    for (const side of [before, after]) if (side !== null) assertSpot(side, image);
  }
}

function assertValues<T>(
  changes: readonly ValueChange<T>[],
  same: (a: T | null, b: T | null) => boolean,
  isId: (text: unknown) => boolean,
  what: string,
): void {
  const seen = new Set<string>();
  for (const { uid, before, after } of changes) {
    const problem = !isId(uid)
      ? "has no id"
      : seen.has(uid)
        ? "is changed twice"
        : same(before, after)
          ? "is the same before and after"
          : null;
    seen.add(uid);
    if (problem === null) continue;
    throw new FoundryError("edit.invalid", { message: `This edit cannot be applied: a ${what} ${problem}.` });
  }
}
