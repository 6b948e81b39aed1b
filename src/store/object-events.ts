/**
 * What is marked at objects in edits: checked together with origins, kept as rows, and logged so that it can be taken back.
 *
 * All happens under the lock of the layer, as with origins (`object-origins.ts`), whose reading of frames and lives it uses.
 */

import {
  applyEventsInPlace,
  type CellEvent,
  type CellEvents,
  type EditOperation,
  type EventChange,
  EventIndex,
  type EventKind,
  type EventSide,
} from "#core/edits/index.ts";
import type { LayerRow } from "./layers.ts";
import { factsAfter, type OriginsNear } from "./object-origins.ts";
import * as text from "./sql/object-events.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

interface EventRow {
  readonly uid: string;
  readonly side: EventSide;
  readonly kind: EventKind;
  readonly into: string | null;
}

const eventOf = ({ kind, into }: Pick<EventRow, "kind" | "into">): CellEvent =>
  into === null ? { kind } : { kind, into };

/** Events of what the operations name. Cost: one statement when an operation changes tracks, else none. */
export async function readEventsNear(
  tx: Store,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<EventIndex> {
  const index = new EventIndex();
  const uids = new Set(operations.flatMap((one) => [...touchedBy(one), ...markedBy(one)]));
  if (uids.size === 0) return index;
  for (const row of await tx.sql.query<EventRow>(text.selectEventsNear, [layerId, [...uids]])) {
    index.set(row.uid, row.side, eventOf(row));
  }
  return index;
}

const markedBy = ({ events = [] }: EditOperation): string[] => events.map(({ uid }) => uid);
/** Objects that begin or end otherwise by changes of origins. */
const touchedBy = ({ origins = [] }: EditOperation): string[] =>
  origins.flatMap(({ uid, after }) => (after === null ? [uid] : [uid, after.uid]));

/**
 * Takes the events of an operation whose origins were taken already, or throws and leaves them as they were.
 *
 * @throws FoundryError as `applyEventsInPlace`.
 */
export function checkEvents(index: EventIndex, near: OriginsNear, operation: EditOperation): void {
  const { events = [] } = operation;
  applyEventsInPlace(index, events, near.index, touchedBy(operation), factsAfter(near, operation));
}

/** Writes the events of checked operations and logs them. @param layer  as locked, before the operations. */
export async function writeEvents(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  operations: readonly EditOperation[],
): Promise<void> {
  const changes = operations.flatMap(({ events = [] }, k) =>
    events.map((change, position) => ({ ...change, seq: layer.seq + 1 + k, position })),
  );
  if (changes.length === 0) return;
  const column = <T>(read: (change: (typeof changes)[number]) => T): T[] => changes.map(read);
  await tx.sql.query(text.insertEventChanges, [
    layer.id,
    column(({ seq }) => seq),
    column(({ position }) => position),
    column(({ uid }) => uid),
    column(({ side }) => side),
    column(({ before }) => before?.kind ?? null),
    column(({ before }) => before?.into ?? null),
    column(({ after }) => after?.kind ?? null),
    column(({ after }) => after?.into ?? null),
  ]);
  const last = [...new Map(changes.map((change) => [`${change.side} ${change.uid}`, change])).values()];
  await tx.sql.query(text.deleteEvents, [layer.id, last.map(({ uid }) => uid), last.map(({ side }) => side)]);
  const marked = last.flatMap(({ uid, side, after }) => (after === null ? [] : [{ uid, side, ...after }]));
  await tx.sql.query(text.insertEvents, [
    layer.id,
    actor.id,
    marked.map(({ uid }) => uid),
    marked.map(({ side }) => side),
    marked.map(({ kind }) => kind),
    marked.map(({ into }) => into ?? null),
  ]);
}

/** Events of living objects. */
export async function readEvents(store: Store, layerId: string): Promise<Map<string, CellEvents>> {
  const index = new EventIndex();
  for (const row of await store.sql.query<EventRow>(text.selectEvents, [layerId])) {
    index.set(row.uid, row.side, eventOf(row));
  }
  return new Map(index.entries());
}

/** Changes of events by the number of their edit, for edits in order. */
export async function readEventChanges(
  store: Store,
  layerId: string,
  edits: readonly { readonly seq: number }[],
): Promise<Map<number, EventChange[]>> {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const rows = await store.sql.query<{
    seq: number;
    uid: string;
    side: EventSide;
    beforeKind: EventKind | null;
    beforeInto: string | null;
    afterKind: EventKind | null;
    afterInto: string | null;
  }>(text.selectEventChanges, [layerId, first.seq, last.seq]);
  const side = (kind: EventKind | null, into: string | null): CellEvent | null =>
    kind === null ? null : eventOf({ kind, into });
  const changes = rows.map((row) => ({
    seq: row.seq,
    change: {
      uid: row.uid,
      side: row.side,
      before: side(row.beforeKind, row.beforeInto),
      after: side(row.afterKind, row.afterInto),
    },
  }));
  const bySeq = Map.groupBy(changes, ({ seq }) => seq);
  return new Map([...bySeq].map(([seq, list]) => [seq, list.map(({ change }) => change)]));
}
