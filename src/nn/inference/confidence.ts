/**
 * How sure the model is of each object.
 */
import type { LabelImage } from "#core/array/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import type { PredictedPlanes } from "./predict-planes.ts";

/**
 * Raw confidence by label: mean foreground probability over the object times the height of its centre (the largest inner
 * distance in it). 0..1; low for faint objects and for pieces without a clear centre. Cost: O(pixels).
 */
export function objectConfidence(labels: LabelImage, planes: PredictedPlanes): Map<number, number> {
  return measureObjects(labels, planes).confidence;
}

/** Confidence, and the diameters of circles with the objects' areas (pixels, ascending), in one pass. */
export function measureObjects(
  labels: LabelImage,
  planes: PredictedPlanes,
): { readonly confidence: Map<number, number>; readonly diametersPx: readonly number[] } {
  const index = indexLabels(labels);
  const count = index.labels.length;
  const sums = new Float64Array(count);
  const heights = new Float64Array(count);
  const { data } = labels;
  const foreground = planes.foreground.data;
  const innerDistance = planes.innerDistance.data;
  let last = 0;
  let k = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label === 0) continue;
    if (label !== last) {
      last = label;
      k = index.indexOf(label);
    }
    sums[k] = (sums[k] as number) + (foreground[i] as number);
    if ((innerDistance[i] as number) > (heights[k] as number)) heights[k] = innerDistance[i] as number;
  }
  const confidence = new Map(
    Array.from(index.labels, (label, at) => {
      const raw = ((sums[at] as number) / (index.areas[at] as number)) * (heights[at] as number);
      return [label, Math.min(1, Math.max(0, raw))];
    }),
  );
  const diametersPx = Array.from(index.areas, (area) => 2 * Math.sqrt(area / Math.PI)).sort((a, b) => a - b);
  return { confidence, diametersPx };
}
