/** Puts an edit that no longer fits onto the present cells, for a person who wants it nevertheless. */

import type { EditOperation, LabelCanvas, ObjectChange } from "#core/edits/index.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask, shapesEqual } from "#core/labels/index.ts";

/**
 * The same outcome from the present state: each cell gets the shape the edit wanted for it, less the pixels that
 * belong to other cells by now.
 *
 * @returns changes that fit the canvas; empty when the edit would make no difference any more.
 */
export function rebaseChanges(
  canvas: LabelCanvas,
  operation: Pick<EditOperation, "changes">,
): ObjectChange[] {
  const own = new Set(operation.changes.map((change) => canvas.numberOf(change.uid)));
  own.add(0);
  const changes: ObjectChange[] = [];
  for (const { uid, after } of operation.changes) {
    const before = canvas.shapes.get(uid) ?? null;
    const wanted = after === null ? null : freePart(canvas, after, own);
    if (before === null && wanted === null) continue;
    if (before !== null && wanted !== null && shapesEqual(before, wanted)) continue;
    changes.push({ uid, before, after: wanted });
  }
  return changes;
}

/** Pixels of a shape that lie on background or on the cells of the edit itself. */
function freePart(canvas: LabelCanvas, shape: ObjectShape, own: ReadonlySet<number>): ObjectShape | null {
  const [top, left, bottom, right] = shape.bbox;
  const [height, width] = [bottom - top, right - left];
  const data = new Uint8Array(height * width);
  forEachRun(shape, (y, x0, x1) => {
    for (let x = x0; x < x1; x++) {
      if (own.has(canvas.labels.data[y * canvas.width + x] as number)) data[(y - top) * width + x - left] = 1;
    }
  });
  return objectShapeFromMask(
    { dtype: "uint8", height, width, data },
    { t: shape.t, z: shape.z, y: top, x: left },
  );
}
