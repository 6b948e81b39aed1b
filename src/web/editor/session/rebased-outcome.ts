/** A refused edit as an edit of the cells as they are now, in whatever planes it lies. */

import type { EditOperation } from "#core/edits/index.ts";
import type { Outcome } from "../model/gesture.ts";
import { changesByPlane } from "../model/planes.ts";
import { rebaseChanges } from "../model/rebase.ts";
import type { LayerModel } from "./layer-model.ts";

/** @returns null when nothing is left of the edit. Cost: O(area) for each plane that is not on the screen. */
export function rebasedOutcome(model: LayerModel, operation: EditOperation): Outcome | null {
  const changes = changesByPlane(operation.changes).flatMap((part) =>
    rebaseChanges(model.canvasAt(part.plane), part),
  );
  if (changes.length === 0) return null;
  const kind = operation.kind === "undo" || operation.kind === "redo" ? "reshape" : operation.kind;
  const selection = changes.filter((change) => change.after !== null).map((change) => change.uid);
  return { kind, tool: operation.tool, changes, selection };
}
