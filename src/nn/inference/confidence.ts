/**
 * How sure the model is of each object.
 */
import type { LabelImage } from "#core/array/index.ts";
import type { PredictedPlanes } from "./predict-planes.ts";

/**
 * Confidence by label: mean foreground probability over the object times the height of its centre (the largest inner
 * distance in it). 0..1; low for faint objects and for pieces without a clear centre. Cost: O(pixels).
 */
export function objectConfidence(labels: LabelImage, planes: PredictedPlanes): Map<number, number> {
  const sums = new Map<number, { foreground: number; height: number; count: number }>();
  for (let i = 0; i < labels.data.length; i++) {
    const label = labels.data[i] as number;
    if (label === 0) continue;
    let entry = sums.get(label);
    if (entry === undefined) {
      entry = { foreground: 0, height: 0, count: 0 };
      sums.set(label, entry);
    }
    entry.foreground += planes.foreground.data[i] as number;
    entry.height = Math.max(entry.height, planes.innerDistance.data[i] as number);
    entry.count++;
  }
  const confidence = new Map<number, number>();
  for (const [label, { foreground, height, count }] of sums) {
    confidence.set(label, Math.min(1, Math.max(0, (foreground / count) * height)));
  }
  return confidence;
}
