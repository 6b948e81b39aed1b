/**
 * The whole log of a layer, whether its edits still are rows or already packed, and the objects at any place of it.
 *
 * The state at a place of the log is the present state with everything after it undone: each object is what it was
 * before its first change since, or what it is now. The log only grows and moves from rows into packs, so reading
 * objects, then rows, then packs gives a whole picture while others write: what moved meanwhile is found twice, never
 * missed.
 */

import type { CellTypes } from "#core/cell-types/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { type LogPack, type PackedChange, type PackedEdit, prefixBytes, unpackLog } from "./log-pack.ts";
import { decodeShape } from "./shape-rows.ts";
import * as text from "./sql/log.ts";
import type { Store } from "./store.ts";
import { readTree } from "./tree-nodes.ts";
import { typesAt, typesText } from "./types-at.ts";

export interface LogEntry extends PackedEdit {
  /** Tree of the objects born in this edit, instead of a change for each; imports only. */
  readonly bornRoot: Buffer | null;
}

interface LooseEdit extends Omit<LogEntry, "changes"> {}

interface LooseChange extends PackedChange {
  readonly seq: number;
}

/** Edits from a sequence number on, oldest first; `before` of a change is a whole digest or its first bytes. */
export async function readLog(store: Store, layerId: string, from: number): Promise<LogEntry[]> {
  const loose = await readLooseLog(store, layerId, from);
  const packs = await store.sql.query<LogPack>(text.selectPacks, [layerId, from]);
  const entries = new Map<number, LogEntry>();
  for (const edit of packs.flatMap(unpackLog)) {
    if (edit.seq >= from) entries.set(edit.seq, { ...edit, bornRoot: null });
  }
  for (const edit of loose) entries.set(edit.seq, edit);
  return [...entries.values()].sort((a, b) => a.seq - b.seq);
}

/** The part of the log that still is rows. */
async function readLooseLog(store: Store, layerId: string, from: number): Promise<LogEntry[]> {
  const edits = await store.sql.query<LooseEdit>(text.selectLooseEdits, [layerId, from]);
  if (edits.length === 0) return [];
  const changes = Map.groupBy(
    await store.sql.query<LooseChange>(text.selectLooseChanges, [layerId, from]),
    ({ seq }) => seq,
  );
  return edits.map((edit) => ({ ...edit, changes: changes.get(edit.seq) ?? [] }));
}

/** Edits of a layer that were packed, by operation id. */
export async function findPacked(
  store: Store,
  layerId: string,
  operations: ReadonlyMap<string, Buffer>,
): Promise<PackedEdit[]> {
  if (operations.size === 0) return [];
  const packs = await store.sql.query<LogPack>(text.selectPacksOfOperations, [
    layerId,
    [...operations.values()],
  ]);
  return packs.flatMap(unpackLog).filter(({ operationId }) => operations.has(operationId));
}

export interface ObjectAt {
  readonly uid: string;
  readonly label: number;
  /** Of the shape, in hex. */
  readonly digest: string;
  /** Terms it has, as one text, else the raw word of its source. */
  readonly cellType: string | null;
  readonly types: CellTypes | null;
}

/** Living objects after edit `seq`, in order of label. Cost: O(objects ever born + edits since). */
export async function objectsAt(store: Store, layerId: string, seq: number): Promise<ObjectAt[]> {
  const rows = await store.sql.query<{
    uid: string;
    label: number;
    digest: Buffer | null;
    cellType: string | null;
  }>(text.selectEveryObject, [layerId]);
  const since = await readLog(store, layerId, seq + 1);
  const before = new Map<number, Buffer | null>();
  const bornLater = new Set<string>();
  for (const { changes, bornRoot } of since) {
    for (const change of changes) if (!before.has(change.label)) before.set(change.label, change.before);
    if (bornRoot !== null) for (const uid of (await readTree(store, bornRoot)).keys()) bornLater.add(uid);
  }
  const digests = await wholeDigests(store, before.values());
  const types = await typesAt(store, layerId, seq);
  const objects = rows.flatMap(({ uid, label, digest, cellType }): ObjectAt[] => {
    if (bornLater.has(uid)) return [];
    const earlier = before.get(label);
    const found = earlier === undefined ? digest : earlier;
    if (found === null) return [];
    const own = types.get(uid) ?? null;
    const text = own === null ? cellType : typesText(own);
    return [{ uid, label, digest: digests(found), cellType: text, types: own }];
  });
  return objects.sort((a, b) => a.label - b.label);
}

/** Looks up whole digests for the short ones; a short one that no shape has stays short, and reading it tells. */
export async function wholeDigests(
  store: Store,
  digests: Iterable<Buffer | null>,
): Promise<(digest: Buffer) => string> {
  const short = new Map<string, Buffer>();
  for (const digest of digests) if (digest?.length === prefixBytes) short.set(digest.toString("hex"), digest);
  const whole = new Map<string, string>();
  if (short.size > 0) {
    const rows = await store.sql.query<{ prefix: Buffer; digest: Buffer }>(text.selectDigestsByPrefix, [
      [...short.values()],
    ]);
    for (const { prefix, digest } of rows) whole.set(prefix.toString("hex"), digest.toString("hex"));
  }
  return (digest) => {
    const hex = digest.toString("hex");
    return digest.length === prefixBytes ? (whole.get(hex) ?? hex) : hex;
  };
}

/** Shape of a row of the statement `selectChangedSince`. */
export function shapeBefore(row: {
  readonly beforeDigest: Buffer | null;
  readonly beforeBytes: Buffer | null;
}): ObjectShape | null {
  return row.beforeDigest === null || row.beforeBytes === null
    ? null
    : decodeShape(row.beforeDigest, row.beforeBytes);
}
