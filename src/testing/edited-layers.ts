/** Small layers as pictures, and what the laws of tools compare: for tests of the editing tools. */

import { type LabelImage, labelImage, type Plane } from "#core/array/index.ts";
import {
  applyOperation,
  type EditOperation,
  type LayerState,
  type ObjectChange,
  type RawWindow,
  validateOperation,
} from "#core/edits/index.ts";
import { drawObjectShapeInPlace, encodeObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOf, pictureOf } from "./pictures.ts";

/** Layer with an object per label, uid = label in base 36. */
export function stateOfLabels(labels: LabelImage): LayerState {
  const objects = new Map(
    [...objectShapesFromLabels(labels)].map(([label, shape]) => [label.toString(36), shape]),
  );
  return { height: labels.height, width: labels.width, objects };
}

/** Layer with objects "1", "2" … "a" … of a picture. */
export function stateOf(...rows: readonly string[]): LayerState {
  return stateOfLabels(labelsOf(...rows));
}

export function operationOf(changes: readonly ObjectChange[]): EditOperation {
  return { operationId: "op", kind: "reshape", tool: "test", changes, msSpent: 0 };
}

/** State after changes that went through every check of an edit. */
export function stateAfter(state: LayerState, changes: readonly ObjectChange[]): LayerState {
  if (changes.length === 0) return state;
  validateOperation(operationOf(changes), state);
  return applyOperation(state, operationOf(changes));
}

/** The picture after changes; objects are drawn in order of uid. */
export function pictureAfter(state: LayerState, changes: readonly ObjectChange[]): string[] {
  const labels = labelImage(state.height, state.width);
  const objects = [...stateAfter(state, changes).objects].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [uid, shape] of objects) drawObjectShapeInPlace(shape, labels, Number.parseInt(uid, 36));
  return pictureOf(labels);
}

/** Everything that makes a state what it is, as text: equal exactly when the states are. */
export function digestOf(state: LayerState): string {
  return [...state.objects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([uid, shape]) => `${uid} ${[...encodeObjectShape(shape)].join(",")}`)
    .join("\n");
}

/** Raw window over a whole plane. */
export function wholeRaw(plane: Plane): RawWindow {
  return { y0: 0, x0: 0, plane };
}
