/**
 * Where a model sees other cells than the labels show: the only check that finds cells which were wrongly split or
 * merged, because their shapes look like cells.
 *
 * A suspicion and no more: it sorts what a person looks at next.
 */

import { diffObjects, type VersionObject } from "../versions/index.ts";
import type { CheckedObject } from "./check-objects.ts";
import { counted } from "./check-objects.ts";
import type { CheckFinding, CheckRuleName } from "./rule.ts";

export interface PredictedObject extends CheckedObject {
  /** 0..1; default 1. */
  readonly confidence?: number | null;
}

/** Below this confidence a cell that only the model sees is not worth a look. */
const extraConfidenceMin = 0.5;

/** Overlap of labels and prediction below which even one cell against one cell is two different answers. */
const agreeIouMin = 0.3;

/** @returns findings in scan order, valued by the model's confidence. Cost: that of `diffObjects`. */
export function checkAgainstModel(
  objects: readonly CheckedObject[],
  predicted: readonly PredictedObject[],
): CheckFinding[] {
  const confidence = new Map(predicted.map((one) => [one.uid, one.confidence ?? 1]));
  const asVersion = (list: readonly CheckedObject[]): VersionObject[] =>
    list.map(({ uid, shape }) => ({ id: uid, shape }));
  const { changes } = diffObjects(asVersion(objects), asVersion(predicted), { identity: "place" });
  return changes.flatMap(({ verb, before, after, iou }): CheckFinding[] => {
    const uids = before.map(({ id }) => id);
    const sure = Math.min(1, ...after.map(({ id }) => confidence.get(id) ?? 1));
    const make = (rule: CheckRuleName, value: number, detail: string): CheckFinding[] => [
      { rule, uids, value, detail },
    ];
    switch (verb) {
      case "split":
        return make("modelSplit", sure, `the model sees ${counted(after.length, "cell")} here`);
      case "merged":
        return make("modelMerge", sure, `one cell to the model, ${before.length} in the labels`);
      case "removed":
        return make("modelMissing", 1, "nothing here to the model");
      case "added":
        return sure < extraConfidenceMin ? [] : make("modelExtra", sure, placeOf(after));
      case "reshaped":
        return iou < agreeIouMin ? make("modelMissing", 1 - iou, "the model's cell lies elsewhere") : [];
      default:
        return [];
    }
  });
}

function placeOf(objects: readonly VersionObject[]): string {
  const [y0, x0, y1, x1] = objects[0]?.shape.bbox ?? [0, 0, 0, 0];
  return `near x ${Math.round((x0 + x1) / 2)}, y ${Math.round((y0 + y1) / 2)}`;
}
