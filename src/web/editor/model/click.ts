/** What a click or a key does to whole cells: select, merge, delete, fill. */

import {
  deleteObject,
  fillObject,
  type LabelCanvas,
  mergeObjects,
  type ObjectChange,
} from "#core/edits/index.ts";
import type { Outcome } from "./gesture.ts";

/**
 * Selection after a click: a plain one replaces, with shift it adds or takes away.
 *
 * @param here  cells under the click, topmost first. Clicked again, the next below has its turn; with shift they are added one
 *        after the other, and once all are selected the topmost is taken away.
 */
export function selectByClick(
  selection: readonly string[],
  here: readonly string[],
  withShift: boolean,
): readonly string[] {
  const [top] = here;
  if (top === undefined) return withShift ? selection : [];
  if (!withShift) {
    const at = selection.length === 1 ? here.indexOf(selection[0] as string) : -1;
    return [here[(at + 1) % here.length] as string];
  }
  const next = here.find((uid) => !selection.includes(uid));
  return next === undefined ? selection.filter((one) => one !== top) : [...selection, next];
}

/** Cells that still exist, in the order they were selected. */
const living = (canvas: LabelCanvas, uids: readonly string[]): string[] =>
  uids.filter((uid) => canvas.shapes.has(uid));

/** Merges the cells into the first; null with fewer than two. */
export function mergeCells(canvas: LabelCanvas, uids: readonly string[]): Outcome | null {
  const cells = living(canvas, uids);
  if (new Set(cells).size < 2) return null;
  const changes = mergeObjects(canvas, cells);
  return { kind: "merge", tool: "merge", changes, selection: cells.slice(0, 1) };
}

export function deleteCells(canvas: LabelCanvas, uids: readonly string[]): Outcome | null {
  const changes = living(canvas, uids).flatMap((uid): ObjectChange[] => deleteObject(canvas, uid));
  return changes.length === 0 ? null : { kind: "delete", tool: "delete", changes, selection: [] };
}

/** Fills the holes of the cells; null when they have none. */
export function fillCells(canvas: LabelCanvas, uids: readonly string[]): Outcome | null {
  const cells = living(canvas, uids);
  const changes = cells.flatMap((uid): ObjectChange[] => fillObject(canvas, uid));
  return changes.length === 0 ? null : { kind: "fill", tool: "fill", changes, selection: cells };
}
