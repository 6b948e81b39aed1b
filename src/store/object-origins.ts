/**
 * Origins of objects in edits: checked by the laws of lineages, kept as links, and logged so that they can be taken back.
 *
 * The table `link` holds the present state; an object that is deleted keeps its row there. All happens under the lock of the
 * layer, so what was read stands until it is written.
 */

import {
  applyOriginsInPlace,
  type EditOperation,
  type ObjectOrigin,
  type OriginChange,
  type OriginFacts,
  OriginIndex,
} from "#core/edits/index.ts";
import type { LayerRow } from "./layers.ts";
import * as text from "./sql/origins.ts";
import type { Store } from "./store.ts";
import type { Agent } from "./types.ts";

/** What the edits of a request can touch. */
export interface OriginsNear {
  readonly index: OriginIndex;
  readonly frames: Map<string, number>;
  readonly living: Set<string>;
}

type Kind = ObjectOrigin["kind"];

/** Cost: two statements when an operation changes origins, else none. */
export async function readOriginsNear(
  tx: Store,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<OriginsNear> {
  const near: OriginsNear = { index: new OriginIndex(), frames: new Map(), living: new Set() };
  const named = operations.flatMap(({ origins = [], events = [] }) => [
    ...origins.flatMap(({ uid, before, after }) => [uid, before?.uid, after?.uid]),
    ...events.flatMap(({ uid, after }) => [uid, after?.into]),
  ]);
  if (named.length === 0) return near;
  const uids = [...new Set(named.filter((uid) => uid !== undefined))];
  const links = await tx.sql.query<{
    uid: string;
    originUid: string;
    kind: Kind;
    confidence: number | null;
    lives: boolean;
    originLives: boolean;
  }>(text.selectOriginsNear, [layerId, uids]);
  for (const { uid, originUid, kind, confidence, lives, originLives } of links) {
    near.index.set(uid, originFrom(originUid, kind, confidence));
    if (lives) near.living.add(uid);
    if (originLives) near.living.add(originUid);
  }
  const objects = await tx.sql.query<{ uid: string; t: number; lives: boolean }>(text.selectFrames, [
    layerId,
    uids,
  ]);
  for (const { uid, t, lives } of objects) {
    near.frames.set(uid, t);
    if (lives) near.living.add(uid);
  }
  return near;
}

/**
 * Takes the origins of an operation into what was read, or throws and leaves it as it was.
 *
 * @throws FoundryError as `applyOriginsInPlace`.
 */
export function checkOrigins(near: OriginsNear, operation: EditOperation): void {
  applyOriginsInPlace(near.index, operation.origins ?? [], factsAfter(near, operation));
}

/** Objects as they are after an operation, for the laws of tracks. */
export function factsAfter(near: OriginsNear, operation: EditOperation): OriginFacts {
  const after = new Map(operation.changes.map((change) => [change.uid, change.after]));
  return {
    frameOf: (uid) => after.get(uid)?.t ?? near.frames.get(uid),
    lives: (uid) => {
      const shape = after.get(uid);
      return shape === undefined ? near.living.has(uid) : shape !== null;
    },
  };
}

/** An origin as edits tell it; a link of which nobody said how sure it is has no confidence. */
export const originFrom = (uid: string, kind: Kind, confidence: number | null): ObjectOrigin =>
  confidence === null ? { uid, kind } : { uid, kind, confidence };

/** Births and deaths of an operation that was taken, for the ones behind it in the same request. */
export function noteLives(near: OriginsNear, operation: EditOperation): void {
  for (const { uid, after } of operation.changes) {
    if (after === null) near.living.delete(uid);
    else {
      near.living.add(uid);
      near.frames.set(uid, after.t);
    }
  }
}

/**
 * Writes the origins of checked operations and logs them.
 *
 * @param layer  as locked, before the operations: the k-th of them has number `layer.seq + 1 + k`.
 */
export async function writeOrigins(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  operations: readonly EditOperation[],
): Promise<void> {
  const changes = operations.flatMap(({ origins = [] }, k) =>
    origins.map((change, position) => ({ ...change, seq: layer.seq + 1 + k, position })),
  );
  if (changes.length === 0) return;
  const column = <T>(read: (change: (typeof changes)[number]) => T): T[] => changes.map(read);
  await tx.sql.query(text.insertOriginChanges, [
    layer.id,
    column(({ seq }) => seq),
    column(({ position }) => position),
    column(({ uid }) => uid),
    column(({ before }) => before?.uid ?? null),
    column(({ before }) => before?.kind ?? null),
    column(({ before }) => before?.confidence ?? null),
    column(({ after }) => after?.uid ?? null),
    column(({ after }) => after?.kind ?? null),
    column(({ after }) => after?.confidence ?? null),
  ]);
  const last = new Map(changes.map(({ uid, after }) => [uid, after]));
  await tx.sql.query(text.deleteOrigins, [layer.id, [...last.keys()]]);
  const links = [...last].flatMap(([to, after]) => (after === null ? [] : [{ to, ...after }]));
  await tx.sql.query(text.insertOrigins, [
    layer.id,
    actor.id,
    links.map(({ uid }) => uid),
    links.map(({ to }) => to),
    links.map(({ kind }) => kind),
    links.map(({ confidence }) => confidence ?? null),
  ]);
}

/** Changes of origins by the number of their edit, for edits in order. */
export async function readOriginChanges(
  store: Store,
  layerId: string,
  edits: readonly { readonly seq: number }[],
): Promise<Map<number, OriginChange[]>> {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const rows = await store.sql.query<{
    seq: number;
    uid: string;
    beforeUid: string | null;
    beforeKind: Kind | null;
    beforeConfidence: number | null;
    afterUid: string | null;
    afterKind: Kind | null;
    afterConfidence: number | null;
  }>(text.selectOriginChanges, [layerId, first.seq, last.seq]);
  const side = (uid: string | null, kind: Kind | null, confidence: number | null): ObjectOrigin | null =>
    uid === null || kind === null ? null : originFrom(uid, kind, confidence);
  const changes = new Map<number, OriginChange[]>();
  for (const { seq, uid, ...row } of rows) {
    const change = {
      uid,
      before: side(row.beforeUid, row.beforeKind, row.beforeConfidence),
      after: side(row.afterUid, row.afterKind, row.afterConfidence),
    };
    const known = changes.get(seq);
    if (known === undefined) changes.set(seq, [change]);
    else known.push(change);
  }
  return changes;
}
