/**
 * Single cells that people accepted: written with the edit that says so, read back for the log and for blame.
 *
 * The present state is `object.touched`; the table `edit_accept` keeps what each edit said, as `edit_origin` does for origins.
 */

import type { AcceptChange, EditOperation } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { LayerRow } from "./layers.ts";
import * as text from "./sql/accepts.ts";
import type { Store } from "./store.ts";

/** @throws FoundryError `revision.conflict` for a cell that is not there any more. */
export function checkAccepts(
  living: { readonly has: (uid: string) => boolean },
  { accepts = [] }: EditOperation,
): void {
  const gone = accepts.find(({ uid }) => !living.has(uid));
  if (gone === undefined) return;
  throw new FoundryError("revision.conflict", {
    message: "A cell that was accepted is not there any more.",
    hint: "Look at the image as it is now.",
    details: { uid: gone.uid },
  });
}

/** @param layer  as locked, before the operations: the k-th of them has number `layer.seq + 1 + k`. */
export async function writeAccepts(
  tx: Store,
  layer: LayerRow,
  operations: readonly EditOperation[],
): Promise<void> {
  const rows = operations.flatMap(({ accepts = [] }, k) =>
    accepts.map((change) => ({ ...change, seq: layer.seq + 1 + k })),
  );
  if (rows.length === 0) return;
  const [uids, said] = [rows.map(({ uid }) => uid), rows.map(({ accepted }) => accepted)];
  await tx.sql.query(text.insertAccepts, [layer.id, rows.map(({ seq }) => seq), uids, said]);
  const last = new Map(rows.map(({ uid, accepted }) => [uid, accepted]));
  await tx.sql.query(text.touchAccepted, [layer.id, [...last.keys()], [...last.values()]]);
}

/** Acceptances by the number of their edit, for edits in order. */
export async function readAccepts(
  store: Store,
  layerId: string,
  edits: readonly { readonly seq: number }[],
): Promise<Map<number, AcceptChange[]>> {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const rows = await store.sql.query<AcceptChange & { seq: number }>(text.selectAccepts, [
    layerId,
    first.seq,
    last.seq,
  ]);
  const grouped = Map.groupBy(rows, ({ seq }) => seq);
  return new Map(
    [...grouped].map(([seq, own]) => [seq, own.map(({ uid, accepted }) => ({ uid, accepted }))]),
  );
}

/** Place of the log at which each cell was accepted last, up to a place. */
export async function acceptedCells(
  store: Store,
  layerId: string,
  seq: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await store.sql.query<{ uid: string; seq: number }>(text.selectAcceptedCells, [layerId, seq]);
  return new Map(rows.map((row) => [row.uid, row.seq]));
}
