/**
 * What the cells of a layer were at a place of its log, and the spots that were there: the present with all later changes
 * undone. The log only grows, so a revision's answer never changes.
 */

import { createHash } from "node:crypto";
import { canonicalJson } from "#core/canonical-json.ts";
import { type CellTypes, unknownType } from "#core/cell-types/index.ts";
import type { Spot } from "#core/spots/index.ts";
import * as text from "./sql/beside.ts";
import type { Store } from "./store.ts";

export interface StoredSpot extends Spot {
  readonly uid: string;
}

/** Types by uid after edit `seq`, of deleted cells, too. Cost: O(typed cells + changes since). */
export async function typesAt(store: Store, layerId: string, seq: number): Promise<Map<string, CellTypes>> {
  const present = await store.sql.query<{ uid: string; marks: CellTypes }>(text.selectAllTypes, [layerId]);
  const values = new Map(present.map(({ uid, marks }) => [uid, marks]));
  await undoSince(store, layerId, seq, "types", values);
  return values;
}

/** Spots after edit `seq`, in order of uid. */
export async function spotsAt(store: Store, layerId: string, seq: number): Promise<StoredSpot[]> {
  const present = await store.sql.query<StoredSpot>(text.selectAllSpots, [layerId]);
  const values = new Map(present.map(({ uid, ...spot }): [string, Spot] => [uid, spot]));
  await undoSince(store, layerId, seq, "spots", values);
  return [...values].map(([uid, spot]) => ({ uid, ...spot })).sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

async function undoSince<T>(
  store: Store,
  layerId: string,
  seq: number,
  part: "types" | "spots",
  values: Map<string, T>,
): Promise<void> {
  const rows = await store.sql.query<{ uid: string; before: T | null }>(text.selectValuesBefore, [
    layerId,
    seq,
    part,
  ]);
  for (const { uid, before } of rows) {
    if (before === null) values.delete(uid);
    else values.set(uid, before);
  }
}

/**
 * One digest of the types of living cells, hex; null when none has any. How a term came to a cell is part of it.
 *
 * @param types  by uid, living cells only. Cost: O(n log n).
 */
function typesDigest(types: ReadonlyMap<string, CellTypes>): string | null {
  const rows = [...types].sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return null;
  const plain = rows.map(([uid, marks]) => [uid, marks.map(({ term, by }) => [term, by])]);
  return createHash("sha256").update(canonicalJson(plain)).digest("hex");
}

/** What a revision keeps of the types of its cells, beside the log. */
export interface TypesOfRevision {
  /** Hex; null when no cell has a type. */
  readonly digest: string | null;
  /** Terms of the cells, ascending; null for none. */
  readonly terms: readonly string[] | null;
}

/** @param types  by uid, living cells only. */
export function typesOfRevision(types: ReadonlyMap<string, CellTypes>): TypesOfRevision {
  const terms = new Set([...types.values()].flatMap((marks) => marks.map(({ term }) => term)));
  terms.delete(unknownType);
  return { digest: typesDigest(types), terms: terms.size === 0 ? null : [...terms].sort() };
}

/** The same of the cells that live now. */
export async function presentTypesOfRevision(tx: Store, layerId: string): Promise<TypesOfRevision> {
  const rows = await tx.sql.query<{ uid: string; marks: CellTypes }>(text.selectLivingTypes, [layerId]);
  return typesOfRevision(new Map(rows.map(({ uid, marks }) => [uid, marks])));
}

/** A cell's types as one word where only one has room: terms in order, "unknown" when looked at and not told. */
export const typesText = (types: CellTypes): string => types.map(({ term }) => term).join("; ");
