/**
 * Types and spots when a branch is taken in, or a layer brought back to an earlier revision.
 *
 * Which terms a cell has after a merge the merge itself decided, with its conflicts; how they came to the cell is taken from
 * the side that changed it. Spots have no conflicts to resolve: what one side alone changed is taken, and where both changed
 * the same spot the layer's own state stays.
 */

import type { CellTypes, TypesChange } from "#core/cell-types/index.ts";
import { sameTypes } from "#core/cell-types/index.ts";
import type { BesideShapes } from "#core/edits/index.ts";
import { type SpotChange, sameSpot } from "#core/spots/index.ts";
import type { VersionObject } from "#core/versions/index.ts";
import type { Store } from "./store.ts";
import { type StoredSpot, spotsAt, typesAt, typesText } from "./types-at.ts";

export const noBeside: BesideShapes = {};

interface Place {
  readonly id: string;
  readonly seq: number;
}

type TypesOf = ReadonlyMap<string, CellTypes>;

/** @param merged  the cells that the merge looked at, as it left them. Cost: O(typed cells + spots of all three). */
export async function mergedBeside(
  store: Store,
  sides: { readonly base: Place; readonly ours: Place; readonly theirs: Place },
  merged: readonly VersionObject[],
): Promise<BesideShapes> {
  const read = ({ id, seq }: Place): Promise<TypesOf> => typesAt(store, id, seq);
  const [base, ours, theirs] = [await read(sides.base), await read(sides.ours), await read(sides.theirs)];
  const types = mergedTypes({ base, ours, theirs }, merged);
  const spots = mergedSpots(
    await spotsAt(store, sides.base.id, sides.base.seq),
    await spotsAt(store, sides.ours.id, sides.ours.seq),
    await spotsAt(store, sides.theirs.id, sides.theirs.seq),
  );
  return besideOrNothing(types, spots);
}

function mergedTypes(
  { base, ours, theirs }: { readonly base: TypesOf; readonly ours: TypesOf; readonly theirs: TypesOf },
  merged: readonly VersionObject[],
): TypesChange[] {
  const wanted = new Map(merged.map(({ id, cellType }) => [id, cellType ?? null]));
  const byText = new Map(
    [base, ours, theirs].flatMap((side) => [...side.values()].map((one) => [typesText(one), one])),
  );
  const changes: TypesChange[] = [];
  for (const uid of new Set([...wanted.keys(), ...theirs.keys()])) {
    const [before, other, start] = [ours.get(uid) ?? null, theirs.get(uid) ?? null, base.get(uid) ?? null];
    const text = wanted.get(uid);
    const sides = [other, before, start].filter((types) => types !== null && typesText(types) === text);
    const theirTurn = sameTypes(before, start) ? other : before;
    let after: CellTypes | null;
    // A cell the merge did not look at has the same terms on all sides; only how they came may differ.
    if (text === undefined) after = typesText(other ?? []) === typesText(before ?? []) ? theirTurn : before;
    else if (text === null) after = null;
    else if (theirTurn !== null && typesText(theirTurn) === text) after = theirTurn;
    else after = sides[0] ?? byText.get(text) ?? null;
    if (!sameTypes(before, after)) changes.push({ uid, before, after });
  }
  return changes;
}

function mergedSpots(
  base: readonly StoredSpot[],
  ours: readonly StoredSpot[],
  theirs: readonly StoredSpot[],
): SpotChange[] {
  const byUid = (spots: readonly StoredSpot[]) => new Map(spots.map(({ uid, ...spot }) => [uid, spot]));
  const [start, mine, others] = [byUid(base), byUid(ours), byUid(theirs)];
  const changes: SpotChange[] = [];
  for (const uid of new Set([...mine.keys(), ...others.keys()])) {
    const [first, before, other] = [start.get(uid) ?? null, mine.get(uid) ?? null, others.get(uid) ?? null];
    if (sameSpot(before, first) && !sameSpot(before, other)) changes.push({ uid, before, after: other });
  }
  return changes;
}

/** What brings types of the wanted cells and all spots back. @param wanted  cells of the revision. */
export async function restoredBeside(
  store: Store,
  layerId: string,
  seqs: { readonly present: number; readonly wanted: number },
  wanted: ReadonlySet<string>,
): Promise<BesideShapes> {
  const now = await typesAt(store, layerId, seqs.present);
  const then = await typesAt(store, layerId, seqs.wanted);
  const types = [...wanted].flatMap((uid): TypesChange[] => {
    const [before, after] = [now.get(uid) ?? null, then.get(uid) ?? null];
    return sameTypes(before, after) ? [] : [{ uid, before, after }];
  });
  const present = await spotsAt(store, layerId, seqs.present);
  // Undoing what is on both sides of a merge: everything changes that is not as it was then.
  const spots = mergedSpots(present, present, await spotsAt(store, layerId, seqs.wanted));
  return besideOrNothing(types, spots);
}

function besideOrNothing(types: readonly TypesChange[], spots: readonly SpotChange[]): BesideShapes {
  return { ...(types.length === 0 ? {} : { types }), ...(spots.length === 0 ? {} : { spots }) };
}
