/** Operations and shapes to and from their wire form: bits travel as base64. */

import type { LoggedEdit, WireEdit, WireShape } from "#api/index.ts";
import type { EditOperation, ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";

export function shapeToWire(shape: ObjectShape): WireShape {
  const [y0, x0, y1, x1] = shape.bbox;
  return { t: shape.t, z: shape.z, bbox: [y0, x0, y1, x1], bits: bytesToBase64(shape.bits) };
}

export function shapeFromWire(shape: WireShape): ObjectShape {
  return { t: shape.t, z: shape.z, bbox: shape.bbox, bits: base64ToBytes(shape.bits) };
}

export function operationToWire(operation: EditOperation): WireEdit {
  const { operationId, kind, tool, changes, msSpent, undoes } = operation;
  return {
    operationId,
    kind,
    tool,
    msSpent: Math.max(0, Math.round(msSpent)),
    changes: changes.map(({ uid, before, after }) => ({
      uid,
      before: before === null ? null : shapeToWire(before),
      after: after === null ? null : shapeToWire(after),
    })),
    ...(undoes === undefined ? {} : { undoes }),
  };
}

export function operationFromWire(edit: WireEdit | LoggedEdit): EditOperation {
  const { operationId, kind, tool, msSpent, undoes } = edit;
  const changes = edit.changes.map(
    ({ uid, before, after }): ObjectChange => ({
      uid,
      before: before === null ? null : shapeFromWire(before),
      after: after === null ? null : shapeFromWire(after),
    }),
  );
  return { operationId, kind, tool, changes, msSpent, ...(undoes === undefined ? {} : { undoes }) };
}

/** `String.fromCharCode` takes its bytes as arguments; engines allow at least this many at once. */
const argumentsMax = 8192;

export function bytesToBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += argumentsMax) {
    binary += String.fromCharCode(...bytes.subarray(i, i + argumentsMax));
  }
  return btoa(binary);
}

export function base64ToBytes(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
