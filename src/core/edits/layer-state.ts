/**
 * The objects of a layer at one moment, and what an operation does to them.
 *
 * Two rules make concurrent edits safe: an operation applies only where every `before` is the present shape, and no
 * object may come to lie on another one (unless the layer lets them overlap). Both failures are `revision.conflict`: the
 * client shows them and keeps the work aside, nothing is overwritten.
 */

import { FoundryError } from "../errors.ts";
import { type ObjectShape, shapesEqual } from "../labels/index.ts";
import { findOverlap } from "./find-overlap.ts";
import type { EditOperation } from "./operation.ts";

export interface LayerState {
  readonly height: number;
  readonly width: number;
  /** Whether objects may share pixels; default no. */
  readonly overlapAllowed?: boolean;
  /** Living objects by uid. */
  readonly objects: ReadonlyMap<string, ObjectShape>;
}

/** A state whose map its owner may change in place: for replaying long logs. */
export interface MutableLayerState extends LayerState {
  readonly objects: Map<string, ObjectShape>;
}

/** A layer without objects. */
export function emptyLayerState(height: number, width: number, overlapAllowed = false): MutableLayerState {
  return { height, width, overlapAllowed, objects: new Map() };
}

/**
 * The state after an operation; the given state stays as it is.
 *
 * @param operation  passed `validateOperation`.
 * @throws FoundryError `revision.conflict` when a `before` is not the present shape, or an `after` would share pixels
 *         with another object of the same frame and plane. Cost: O(objects).
 */
export function applyOperation(state: LayerState, operation: EditOperation): LayerState {
  checkOperation(state, operation);
  const next: MutableLayerState = { ...state, objects: new Map(state.objects) };
  changeInPlace(next, operation);
  return next;
}

/** As `applyOperation`, but changes `state`, and leaves it untouched when it throws. Saves copying the map. */
export function applyOperationInPlace(state: MutableLayerState, operation: EditOperation): void {
  checkOperation(state, operation);
  changeInPlace(state, operation);
}

function changeInPlace(state: MutableLayerState, operation: EditOperation): void {
  for (const { uid, after } of operation.changes) {
    if (after === null) state.objects.delete(uid);
    else state.objects.set(uid, after);
  }
}

function checkOperation(state: LayerState, operation: EditOperation): void {
  for (const { uid, before } of operation.changes) {
    const present = state.objects.get(uid);
    const agrees =
      before === null ? present === undefined : present !== undefined && shapesEqual(present, before);
    if (agrees) continue;
    throw new FoundryError("revision.conflict", {
      message: "Someone else changed this cell after your edit began.",
      hint: "Look at the present outline and repeat the edit if it is still needed.",
      details: { operationId: operation.operationId, uid },
    });
  }
  if (state.overlapAllowed === true) return;
  const overlap = findOverlap(state.objects, operation.changes);
  if (overlap === null) return;
  throw new FoundryError("revision.conflict", {
    message: "The edit would put an object on top of another one.",
    hint: "Look at the present outlines and repeat the edit if it is still needed.",
    details: { operationId: operation.operationId, uid: overlap[0], other: overlap[1] },
  });
}
