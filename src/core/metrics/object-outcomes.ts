/**
 * What became of each object: its error class, the best partner, and with whom it is tangled.
 *
 * One line per object of either side, so that a count of errors can be opened to the cells behind it.
 */

import type { ObjectErrors } from "./classify-errors.ts";
import type { HausdorffDistance } from "./hausdorff.ts";
import type { ObjectMatch } from "./match-objects.ts";
import type { Overlaps } from "./overlaps.ts";

export const errorClassNames = ["correct", "missed", "gained", "split", "merge", "catastrophe"] as const;
export type ErrorClass = (typeof errorClassNames)[number];

export interface ObjectOutcome {
  readonly side: "reference" | "predicted";
  readonly label: number;
  readonly class: ErrorClass;
  /** Highest IoU with any object of the other side; 0 when none overlaps. */
  readonly iou: number;
  /** Labels of the other side that the class is about: the match, the fragments, the merged ones. */
  readonly partners: readonly number[];
  /** Distance between the borders of a measured pair, in pixels; null for others. */
  readonly hausdorffPx: number | null;
}

/** References ascending, then predictions ascending. Cost: O(objects + pairs). */
export function outcomesOf(
  overlaps: Overlaps,
  errors: ObjectErrors,
  measured: readonly ObjectMatch[],
  distances: readonly HausdorffDistance[],
): ObjectOutcome[] {
  const references = new Map<number, Pick<ObjectOutcome, "class" | "partners">>();
  const predictions = new Map<number, Pick<ObjectOutcome, "class" | "partners">>();
  for (const { reference, predicted } of errors.correct) {
    references.set(reference, { class: "correct", partners: [predicted] });
    predictions.set(predicted, { class: "correct", partners: [reference] });
  }
  for (const label of errors.missed) references.set(label, { class: "missed", partners: [] });
  for (const label of errors.gained) predictions.set(label, { class: "gained", partners: [] });
  for (const name of ["split", "merge", "catastrophe"] as const) {
    for (const group of errors[name]) {
      for (const label of group.reference) references.set(label, { class: name, partners: group.predicted });
      for (const label of group.predicted) predictions.set(label, { class: name, partners: group.reference });
    }
  }
  const [bestReference, bestPredicted] = bestIous(overlaps);
  const farReference = new Map(measured.map(({ reference }, k) => [reference, distances[k]?.max ?? null]));
  const farPredicted = new Map(measured.map(({ predicted }, k) => [predicted, distances[k]?.max ?? null]));
  const list = (
    side: ObjectOutcome["side"],
    labels: Int32Array,
    found: typeof references,
    best: Float64Array,
    far: ReadonlyMap<number, number | null>,
  ): ObjectOutcome[] =>
    Array.from(labels, (label, k) => ({
      side,
      label,
      ...(found.get(label) as Pick<ObjectOutcome, "class" | "partners">),
      iou: best[k] as number,
      hausdorffPx: far.get(label) ?? null,
    }));
  return [
    ...list("reference", overlaps.referenceLabels, references, bestReference, farReference),
    ...list("predicted", overlaps.predictedLabels, predictions, bestPredicted, farPredicted),
  ];
}

function bestIous({ referenceLabels, predictedLabels, pairs }: Overlaps): [Float64Array, Float64Array] {
  const references = new Float64Array(referenceLabels.length);
  const predictions = new Float64Array(predictedLabels.length);
  for (const { reference, predicted, iou } of pairs) {
    references[reference] = Math.max(references[reference] as number, iou);
    predictions[predicted] = Math.max(predictions[predicted] as number, iou);
  }
  return [references, predictions];
}
