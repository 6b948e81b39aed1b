/**
 * What edits change beside shapes and origins: types of cells and spots, checked, kept and logged.
 *
 * `object_types` and `spot` hold the present, `edit_value` both sides of every change. A cell that is deleted keeps its
 * types there, so that they come back with it. All happens under the lock of the layer.
 */

import type { CellTypes, TypesChange } from "#core/cell-types/index.ts";
import {
  applyBesideInPlace,
  type BesideShapes,
  type BesideState,
  type EditOperation,
  emptyBesideState,
} from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type Spot, type SpotChange, spotsPerLayerMax } from "#core/spots/index.ts";
import type { LayerRow } from "./layers.ts";
import * as text from "./sql/beside.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

/** What the edits of a request can touch. */
export interface BesideNear extends BesideState {
  /** Objects ever born, as far as edits of types name them. */
  readonly born: Set<string>;
  spotCount: number;
}

/** Cost: at most four statements, none when no edit changes anything beside shapes. */
export async function readBesideNear(
  tx: Store,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<BesideNear> {
  const near: BesideNear = { ...emptyBesideState(), born: new Set(), spotCount: 0 };
  const typed = operations.flatMap(({ types = [] }) => types.map(({ uid }) => uid));
  if (typed.length > 0) {
    const rows = await tx.sql.query<{ uid: string; marks: CellTypes }>(text.selectTypesOf, [layerId, typed]);
    for (const { uid, marks } of rows) near.types.set(uid, marks);
    const born = await tx.sql.query<{ uid: string }>(text.selectKnownUids, [layerId, typed]);
    for (const { uid } of born) near.born.add(uid);
  }
  const spots = operations.flatMap((edit) => (edit.spots ?? []).map(({ uid }) => uid));
  if (spots.length > 0) {
    const rows = await tx.sql.query<Spot & { uid: string }>(text.selectSpotsOf, [layerId, spots]);
    for (const { uid, ...spot } of rows) near.spots.set(uid, spot);
    const [counted] = await tx.sql.query<{ count: number }>(text.countSpots, [layerId]);
    near.spotCount = counted?.count ?? 0;
  }
  return near;
}

/**
 * Takes what an operation changes beside shapes into what was read, or throws and leaves it as it was.
 *
 * @throws FoundryError `edit.invalid` for types of an object that was never born; `limit.objects` for too many spots;
 *         `revision.conflict`.
 */
export function checkBeside(near: BesideNear, operation: EditOperation): void {
  const { types = [], spots = [], changes } = operation;
  if (types.length + spots.length === 0) return;
  const births = new Set(changes.map(({ uid }) => uid));
  const stranger = types.find(({ uid }) => !near.born.has(uid) && !births.has(uid));
  if (stranger !== undefined) {
    throw new FoundryError("edit.invalid", {
      message: "This edit cannot be applied: it names the type of a cell that was never there.",
      details: { uid: stranger.uid },
    });
  }
  const more = spots.reduce(
    (sum, { before, after }) => sum + (before === null ? 1 : 0) - (after === null ? 1 : 0),
    0,
  );
  if (more > 0 && near.spotCount + more > spotsPerLayerMax) {
    throw new FoundryError("limit.objects", {
      message: `These labels would have more than ${spotsPerLayerMax} spots.`,
      hint: "Raise the threshold, or keep the spots of a part of the image.",
      details: { spots: near.spotCount + more },
    });
  }
  applyBesideInPlace(near, operation);
  near.spotCount += more;
  for (const uid of births) near.born.add(uid);
}

interface ValueRow {
  readonly seq: number;
  readonly part: "types" | "spots";
  readonly position: number;
  readonly uid: string;
  readonly before: CellTypes | Spot | null;
  readonly after: CellTypes | Spot | null;
}

/**
 * Writes what checked operations change beside shapes, and logs it.
 *
 * @param layer  as locked, before the operations: the k-th of them has number `layer.seq + 1 + k`.
 */
export async function writeBeside(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  operations: readonly EditOperation[],
): Promise<void> {
  const rows = operations.flatMap(({ types = [], spots = [] }, k): ValueRow[] => {
    const seq = layer.seq + 1 + k;
    return [
      ...types.map((change, position): ValueRow => ({ ...change, seq, part: "types", position })),
      ...spots.map((change, position): ValueRow => ({ ...change, seq, part: "spots", position })),
    ];
  });
  if (rows.length === 0) return;
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await tx.sql.query(text.insertValues, [
    layer.id,
    rows.map(({ seq }) => seq),
    rows.map(({ part }) => part),
    rows.map(({ position }) => position),
    rows.map(({ uid }) => uid),
    rows.map(({ before }) => json(before)),
    rows.map(({ after }) => json(after)),
  ]);
  await keepTypes(tx, actor, layer.id, lastOf<CellTypes>(rows, "types"));
  await keepSpots(tx, actor, layer.id, lastOf<Spot>(rows, "spots"));
}

interface LastValue<T> {
  readonly value: T | null;
  readonly seq: number;
}

/** What each value is in the end. */
function lastOf<T>(rows: readonly ValueRow[], part: ValueRow["part"]): Map<string, LastValue<T>> {
  const own = rows.filter((row) => row.part === part);
  return new Map(own.map(({ uid, after, seq }) => [uid, { value: after as T | null, seq }]));
}

async function keepTypes(
  tx: Store,
  actor: Agent,
  layerId: string,
  last: ReadonlyMap<string, LastValue<CellTypes>>,
): Promise<void> {
  if (last.size === 0) return;
  await tx.sql.query(text.deleteTypes, [layerId, [...last.keys()]]);
  const kept = [...last].flatMap(([uid, { value, seq }]) =>
    value === null ? [] : [{ uid, marks: value, seq }],
  );
  await tx.sql.query(text.insertTypes, [
    layerId,
    actor.id,
    kept.map(({ uid }) => uid),
    kept.map(({ marks }) => JSON.stringify(marks)),
    kept.map(({ seq }) => seq),
  ]);
  const named = kept.filter(({ marks }) => marks.some(({ by }) => by === "person")).map(({ uid }) => uid);
  if (named.length > 0) await tx.sql.query(text.touchTyped, [layerId, named]);
}

async function keepSpots(
  tx: Store,
  actor: Agent,
  layerId: string,
  last: ReadonlyMap<string, LastValue<Spot>>,
): Promise<void> {
  if (last.size === 0) return;
  await tx.sql.query(text.deleteSpots, [layerId, [...last.keys()]]);
  const kept = [...last].flatMap(([uid, { value, seq }]) => (value === null ? [] : [{ uid, ...value, seq }]));
  const column = <T>(read: (row: (typeof kept)[number]) => T): T[] => kept.map(read);
  await tx.sql.query(text.insertSpots, [
    layerId,
    actor.id,
    column(({ uid }) => uid),
    column(({ t }) => t),
    column(({ z }) => z),
    column(({ y }) => y),
    column(({ x }) => x),
    column(({ kind }) => kind),
    column(({ score }) => score),
    column(({ cell }) => cell),
    column(({ seq }) => seq),
  ]);
}

/** What edits changed beside shapes, by the number of the edit, for edits in order. */
export async function readBesideChanges(
  store: Store,
  layerId: string,
  edits: readonly { readonly seq: number }[],
): Promise<Map<number, BesideShapes>> {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const rows = await store.sql.query<Omit<ValueRow, "position">>(text.selectValueChanges, [
    layerId,
    first.seq,
    last.seq,
  ]);
  const found = new Map<number, BesideShapes>();
  for (const [seq, own] of Map.groupBy(rows, (row) => row.seq)) {
    const of = (part: ValueRow["part"]) =>
      own.filter((row) => row.part === part).map(({ uid, before, after }) => ({ uid, before, after }));
    const [types, spots] = [of("types") as TypesChange[], of("spots") as SpotChange[]];
    found.set(seq, { ...(types.length === 0 ? {} : { types }), ...(spots.length === 0 ? {} : { spots }) });
  }
  return found;
}
