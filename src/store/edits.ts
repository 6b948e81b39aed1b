/**
 * Edits: the append-only log of a layer, as people and importers write it.
 *
 * One request is one transaction. Each edit is checked against the state the ones before it leave; one that does not
 * fit is refused and named, the others are saved. The client makes the operation ids, so that a request may be sent
 * again when its answer was lost: what was saved before is answered again, not done again.
 */

import {
  applyOperation,
  applyOperationInPlace,
  besideCount,
  type EditOperation,
  type EventIndex,
  type MutableLayerState,
  takeBackBesideInPlace,
  validateOperation,
} from "#core/edits/index.ts";
import { errorToWire, FoundryError, isFoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { checkAccepts, writeAccepts } from "./accepted-cells.ts";
import { type BesideNear, checkBeside, readBesideNear, writeBeside } from "./beside-shapes.ts";
import { assertNotHeld, type Hold, othersHolds } from "./holds.ts";
import { idKey } from "./id-bytes.ts";
import { findPacked } from "./layer-log.ts";
import { type LayerRow, lockLayerRow, type ObjectRow } from "./layers.ts";
import { checkEvents, readEventsNear, writeEvents } from "./object-events.ts";
import {
  checkOrigins,
  noteLives,
  type OriginsNear,
  readOriginsNear,
  writeOrigins,
} from "./object-origins.ts";
import { assertOpen } from "./open-layer.ts";
import { decodeShape } from "./shape-rows.ts";
import * as text from "./sql/layers.ts";
import * as logText from "./sql/log.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, EditResult, ImageStatus } from "./types.ts";
import { type SavedEdit, writeEdits } from "./write-edits.ts";

/**
 * Saves edits that fit, refuses the others, in the order given.
 *
 * @returns one result per operation. A refusal is `edit.invalid`, `layer.held` where someone else holds the region, or
 *          `revision.conflict` when a `before` is not the present shape, or an `after` would lie on another object and the
 *          layer does not let its cells overlap.
 * @throws FoundryError `layer.notFound`. Cost: a few milliseconds for small edits.
 */
export async function appendEdits(
  store: Store,
  actor: Agent,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<EditResult[]> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    assertOpen(layer);
    const answered = await readSaved(tx, layerId, operations);
    const fresh = operations.filter(({ operationId }) => !answered.has(operationId));
    const { fitting, refused } = await checkEdits(tx, layer, fresh, await othersHolds(tx, actor, layerId));
    const edits = fitting.map((operation) => ({ operation }));
    const saved = await writeEdits(tx, actor, layer, edits, statusAfter(actor, layer.status));
    await writeOrigins(tx, actor, layer, fitting);
    await writeEvents(tx, actor, layer, fitting);
    await writeAccepts(tx, layer, fitting);
    await writeBeside(tx, actor, layer, fitting);
    for (const edit of saved) answered.set(edit.operationId, edit);
    return operations.map(({ operationId }): EditResult => {
      const edit = answered.get(operationId);
      if (edit !== undefined) return { state: "saved", operationId, seq: edit.seq, labels: edit.labels };
      return { state: "refused", operationId, error: errorToWire(refused.get(operationId)) };
    });
  });
}

/** A machine's edit does not make labels a person's work. */
function statusAfter(actor: Agent, status: ImageStatus): ImageStatus {
  if (actor.kind === "person") return "corrected";
  return status === "unlabelled" ? "proposed" : status;
}

/** What was saved before under the same operation ids, whether it still is rows or packed with a revision. */
async function readSaved(
  tx: Store,
  layerId: string,
  operations: readonly EditOperation[],
): Promise<Map<string, SavedEdit>> {
  const ids = operations.map(({ operationId }) => operationId);
  const rows = await tx.sql.query<SavedEdit>(text.selectSavedEdits, [layerId, ids]);
  const saved = new Map(rows.map((row) => [row.operationId, row]));
  const rest = ids.filter((id) => !saved.has(id));
  for (const edit of await findPacked(tx, layerId, new Map(rest.map((id) => [id, idKey(id)])))) {
    const born = edit.changes.filter(({ before }) => before === null).map(({ label }) => label);
    const objects = await tx.sql.query<{ uid: string; label: number }>(logText.selectObjectsOfLabels, [
      layerId,
      born,
    ]);
    const labels = Object.fromEntries(objects.map(({ uid, label }) => [uid, label]));
    saved.set(edit.operationId, { operationId: edit.operationId, seq: edit.seq, labels });
  }
  return saved;
}

interface Checked {
  readonly fitting: EditOperation[];
  readonly refused: Map<string, FoundryError>;
}

async function checkEdits(
  tx: Store,
  layer: LayerRow,
  operations: readonly EditOperation[],
  holds: readonly Hold[],
): Promise<Checked> {
  const fitting: EditOperation[] = [];
  const refused = new Map<string, FoundryError>();
  const attempt = (operation: EditOperation, check: () => void): boolean => {
    try {
      check();
      return true;
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      refused.set(operation.operationId, error);
      return false;
    }
  };
  const valid = operations.filter((operation) =>
    attempt(operation, () => {
      assertValid(operation, layer);
      assertNotHeld(operation, holds);
    }),
  );
  const state = await readStateNear(tx, layer, valid);
  const origins = await readOriginsNear(tx, layer.id, valid);
  const events = await readEventsNear(tx, layer.id, valid);
  const beside = await readBesideNear(tx, layer.id, valid);
  const seen = new Set<string>();
  for (const operation of valid) {
    // The same id twice in one request is one edit.
    if (seen.has(operation.operationId)) continue;
    if (!attempt(operation, () => applyWhole({ state, origins, events, beside }, operation))) continue;
    seen.add(operation.operationId);
    fitting.push(operation);
  }
  for (const id of seen) refused.delete(id);
  return { fitting, refused };
}

interface Near {
  readonly state: MutableLayerState;
  readonly origins: OriginsNear;
  readonly events: EventIndex;
  readonly beside: BesideNear;
}

/** Shapes, origins, events and what stands beside them, all or nothing. Changes what was read. */
function applyWhole({ state, origins, events, beside }: Near, operation: EditOperation): void {
  checkAccepts(state.objects, operation);
  const ofTracks = operation.origins !== undefined || operation.events !== undefined;
  if (ofTracks || besideCount(operation) > 0) applyOperation(state, operation);
  checkBeside(beside, operation);
  try {
    if (ofTracks) checkTracks(origins, events, operation);
  } catch (error) {
    takeBackBesideInPlace(beside, operation);
    throw error;
  }
  applyOperationInPlace(state, operation);
  noteLives(origins, operation);
}

/** Origins and events, both or neither. */
function checkTracks(origins: OriginsNear, events: EventIndex, operation: EditOperation): void {
  checkOrigins(origins, operation);
  try {
    checkEvents(events, origins, operation);
  } catch (error) {
    for (const { uid, before } of operation.origins ?? []) origins.index.set(uid, before);
    throw error;
  }
}

function assertValid(operation: EditOperation, layer: LayerRow): void {
  validateOperation(operation, layer);
  const length = (axis: string): number => {
    const position = layer.axes.indexOf(axis);
    return position < 0 ? 1 : (layer.shape[position] ?? 1);
  };
  for (const { uid, after } of [...operation.changes, ...(operation.spots ?? [])]) {
    if (after === null || (after.t < length("t") && after.z < length("z"))) continue;
    throw new FoundryError("edit.invalid", {
      message: "This edit cannot be applied: it draws in a frame or plane the image does not have.",
      details: { uid, t: after.t, z: after.z },
    });
  }
}

/** The part of the layer that the edits can touch or meet. */
async function readStateNear(
  tx: Store,
  layer: LayerRow,
  operations: readonly EditOperation[],
): Promise<MutableLayerState> {
  const state: MutableLayerState = {
    height: layer.height,
    width: layer.width,
    overlapAllowed: layer.overlapAllowed,
    objects: new Map<string, ObjectShape>(),
  };
  if (operations.length === 0) return state;
  const uids = new Set(
    operations.flatMap(({ changes, accepts = [] }) => [...changes, ...accepts].map(({ uid }) => uid)),
  );
  const boxes = operations.flatMap(planeBoxes);
  const rows = await tx.sql.query<ObjectRow>(text.selectObjectsNear, [
    layer.id,
    [...uids],
    ...[0, 1, 2, 3, 4, 5].map((side) => boxes.map((box) => box[side])),
  ]);
  for (const row of rows) state.objects.set(row.uid, decodeShape(row.digest, row.bytes));
  return state;
}

type PlaneBox = [y0: number, x0: number, y1: number, x1: number, t: number, z: number];

/** Smallest box around everything an edit draws in each frame and plane; none where it only removes. */
function planeBoxes({ changes }: EditOperation): PlaneBox[] {
  const boxes = new Map<string, PlaneBox>();
  for (const { after } of changes) {
    if (after === null) continue;
    const { t, z } = after;
    const [y0, x0, y1, x1] = after.bbox;
    const box = boxes.get(`${t},${z}`);
    if (box === undefined) boxes.set(`${t},${z}`, [y0, x0, y1, x1, t, z]);
    else {
      box[0] = Math.min(box[0], y0);
      box[1] = Math.min(box[1], x0);
      box[2] = Math.max(box[2], y1);
      box[3] = Math.max(box[3], x1);
    }
  }
  return [...boxes.values()];
}
