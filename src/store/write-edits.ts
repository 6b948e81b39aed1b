/**
 * Writes checked edits to a locked layer: the log, the shapes, the present state of each object, the layer's counters.
 *
 * A handful of statements whatever the number of objects; lists travel as arrays. The one writer for people's edits,
 * imports and proposals, so the log always explains the objects (`doctor` replays it).
 */

import type { EditOperation } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import type { LayerRow } from "./layers.ts";
import { type EncodedShape, encodeShape, insertShapes } from "./shape-rows.ts";
import { refreshImage } from "./sql/images.ts";
import * as text from "./sql/layers.ts";
import type { Store } from "./store.ts";
import type { Agent, ImageStatus } from "./types.ts";

/** An operation that fits the layer, with confidences by uid when a model made it. */
export interface CheckedEdit {
  readonly operation: EditOperation;
  readonly confidence?: ReadonlyMap<string, number>;
}

export interface SavedEdit {
  readonly operationId: string;
  readonly seq: number;
  /** Labels of objects born in the edit. */
  readonly labels: Record<string, number>;
}

interface KnownObject {
  readonly uid: string;
  readonly label: number;
  readonly basePrediction: Buffer | null;
}

interface ObjectState {
  readonly label: number;
  readonly shape: EncodedShape | null;
  /** Box kept for a tombstone. */
  readonly place: ObjectShape;
  readonly seq: number;
  readonly kind: string;
  readonly confidence: number | null;
  readonly basePrediction: Buffer | null;
  readonly touched: boolean;
}

/**
 * @param layer  as locked in this transaction. @param edits  in order; each fits the state the ones before leave.
 * @param status  status of the layer afterwards.
 * @returns what was saved, in order; the layer's counters in the database are updated, `layer` is not.
 */
export async function writeEdits(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  edits: readonly CheckedEdit[],
  status: ImageStatus,
): Promise<SavedEdit[]> {
  if (edits.length === 0) return [];
  const known = await readKnown(tx, layer.id, edits);
  const encoded = createEncoder();
  const states = new Map<string, ObjectState>();
  const saved: SavedEdit[] = [];
  let { seq, nextLabel, objectCount } = layer;
  for (const { operation, confidence } of edits) {
    seq++;
    const labels: Record<string, number> = {};
    for (const { uid, before, after } of operation.changes) {
      const label = states.get(uid)?.label ?? known.get(uid)?.label ?? nextLabel++;
      if (before === null) {
        labels[uid] = label;
        objectCount++;
      }
      if (after === null) objectCount--;
      const shape = after === null ? null : encoded(after);
      const proposed = operation.kind === "propose";
      states.set(uid, {
        label,
        shape,
        place: (after ?? before) as ObjectShape,
        seq,
        kind: operation.kind,
        confidence: confidence?.get(uid) ?? null,
        basePrediction: proposed && shape !== null ? shape.digest : (known.get(uid)?.basePrediction ?? null),
        touched: !proposed,
      });
    }
    saved.push({ operationId: operation.operationId, seq, labels });
  }
  await insertShapes(tx, encoded.all());
  await upsertObjects(tx, actor, layer.id, states);
  await insertLog(tx, actor, layer, edits, encoded);
  await tx.sql.query(text.updateLayer, [layer.id, seq, nextLabel, objectCount, status]);
  await tx.sql.query(refreshImage, [layer.imageId]);
  await tx.sql.query(text.notifyLayer, [layer.id]);
  return saved;
}

type Encoder = ((shape: ObjectShape) => EncodedShape) & { all(): EncodedShape[] };

/** Encodes each shape object once, however often an edit and its undo mention it. */
function createEncoder(): Encoder {
  const cache = new Map<ObjectShape, EncodedShape>();
  const encode = (shape: ObjectShape): EncodedShape => {
    const present = cache.get(shape);
    if (present !== undefined) return present;
    const made = encodeShape(shape);
    cache.set(shape, made);
    return made;
  };
  return Object.assign(encode, { all: () => [...cache.values()] });
}

async function readKnown(
  tx: Store,
  layerId: string,
  edits: readonly CheckedEdit[],
): Promise<Map<string, KnownObject>> {
  const uids = new Set(edits.flatMap(({ operation }) => operation.changes.map(({ uid }) => uid)));
  const rows = await tx.sql.query<KnownObject>(text.selectKnownObjects, [layerId, [...uids]]);
  return new Map(rows.map((row) => [row.uid, row]));
}

async function upsertObjects(
  tx: Store,
  actor: Agent,
  layerId: string,
  states: ReadonlyMap<string, ObjectState>,
): Promise<void> {
  const rows = [...states];
  const column = <T>(read: (state: ObjectState) => T): T[] => rows.map(([, state]) => read(state));
  await tx.sql.query(text.upsertObjects, [
    layerId,
    actor.id,
    rows.map(([uid]) => uid),
    column(({ label }) => label),
    column(({ shape }) => shape?.digest ?? null),
    column(({ place }) => place.t),
    column(({ place }) => place.z),
    column(({ place }) => place.bbox[0]),
    column(({ place }) => place.bbox[1]),
    column(({ place }) => place.bbox[2]),
    column(({ place }) => place.bbox[3]),
    column(({ seq }) => seq),
    column(({ kind }) => kind),
    column(({ confidence }) => confidence),
    column(({ basePrediction }) => basePrediction),
    column(({ touched }) => touched),
  ]);
}

async function insertLog(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  edits: readonly CheckedEdit[],
  encoded: (shape: ObjectShape) => EncodedShape,
): Promise<void> {
  const operations = edits.map(({ operation }) => operation);
  await tx.sql.query(text.insertEdits, [
    layer.id,
    actor.id,
    isoTime(tx.clock),
    operations.map((_, index) => layer.seq + 1 + index),
    operations.map(({ operationId }) => operationId),
    operations.map(({ kind }) => kind),
    operations.map(({ tool }) => tool),
    operations.map(({ msSpent }) => Math.round(msSpent)),
    operations.map(({ undoes }) => undoes ?? null),
  ]);
  const changes = edits.flatMap(({ operation, confidence }, index) =>
    operation.changes.map((change, position) => ({
      ...change,
      seq: layer.seq + 1 + index,
      position,
      confidence,
    })),
  );
  const digest = (shape: ObjectShape | null): Buffer | null =>
    shape === null ? null : encoded(shape).digest;
  await tx.sql.query(text.insertChanges, [
    layer.id,
    changes.map(({ seq }) => seq),
    changes.map(({ position }) => position),
    changes.map(({ uid }) => uid),
    changes.map(({ before }) => digest(before)),
    changes.map(({ after }) => digest(after)),
    changes.map(({ uid, confidence }) => confidence?.get(uid) ?? null),
  ]);
}
