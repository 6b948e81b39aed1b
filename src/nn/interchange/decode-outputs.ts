/** From the outputs of an adapted network to labels with their confidence, by the kind of head. */
import type { LabelImage, Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { resamplePlane } from "#core/image/index.ts";
import {
  labelsFromDeepWatershed,
  labelsFromFlows,
  labelsFromForeground,
  labelsFromStarPolygons,
} from "#core/labels/index.ts";
import type { AdapterHead, AdapterOutput, ModelAdapter, PlaneRef } from "./model-adapter.ts";
import type { AxesTensor } from "./processing-steps.ts";

export interface DecodedOutputs {
  readonly labels: LabelImage;
  readonly confidence: ReadonlyMap<number, number>;
  /** 0..1, as far as the head has such a plane: what is shown beside the labels. */
  readonly foreground: Plane<"float32">;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

function planeOf(outputs: readonly AxesTensor[], { output, channel }: PlaneRef): Plane<"float32"> {
  const { shape, data } = outputs[output] as AxesTensor;
  const [, height, width] = shape as [number, number, number];
  const start = channel * height * width;
  return { dtype: "float32", height, width, data: data.subarray(start, start + height * width) };
}

/** At the size of the image; outputs of another size are resampled. */
function fullPlane(outputs: readonly AxesTensor[], ref: PlaneRef, { height, width }: Size): Plane<"float32"> {
  const plane = planeOf(outputs, ref);
  return plane.height === height && plane.width === width ? plane : resamplePlane(plane, height, width);
}

/** Mean of a plane of 0..1 under each object. */
function meanConfidence(labels: LabelImage, plane: Plane<"float32">): Map<number, number> {
  let largest = 0;
  for (const label of labels.data) largest = Math.max(largest, label);
  const sums = new Float64Array(largest + 1);
  const counts = new Int32Array(largest + 1);
  for (let i = 0; i < labels.data.length; i++) {
    const label = labels.data[i] as number;
    sums[label]! += plane.data[i] as number;
    counts[label]!++;
  }
  const confidence = new Map<number, number>();
  for (let label = 1; label <= largest; label++) {
    if (counts[label]! > 0) confidence.set(label, Math.min(1, Math.max(0, sums[label]! / counts[label]!)));
  }
  return confidence;
}

/**
 * @param outputs of `runAdapter`. @param size of the label image: that of the preprocessed planes.
 * @throws FoundryError `array.nan` when the network answered with NaN, `limit.objects`, `limit.time`.
 */
export function decodeOutputs(
  adapter: ModelAdapter,
  outputs: readonly AxesTensor[],
  size: Size,
): DecodedOutputs {
  const { head } = adapter;
  switch (head.kind) {
    case "deepWatershed": {
      const foreground = fullPlane(outputs, head.foreground, size);
      const innerDistance = fullPlane(outputs, head.innerDistance, size);
      const labels = labelsFromDeepWatershed({ innerDistance, foreground }, head.params);
      return { labels, foreground, confidence: meanConfidence(labels, foreground) };
    }
    case "foreground": {
      const foreground = fullPlane(outputs, head.foreground, size);
      const boundary = head.boundary === null ? {} : { boundary: fullPlane(outputs, head.boundary, size) };
      const labels = labelsFromForeground({ foreground, ...boundary }, head.params);
      return { labels, foreground, confidence: meanConfidence(labels, foreground) };
    }
    case "cellpose":
      return decodeFlows(head, outputs, size);
    case "stardist":
      return decodeStars(adapter, head, outputs, size);
  }
}

function decodeFlows(
  head: Extract<AdapterHead, { readonly kind: "cellpose" }>,
  outputs: readonly AxesTensor[],
  size: Size,
): DecodedOutputs {
  const unit = (ref: PlaneRef): Plane<"float32"> => {
    const plane = fullPlane(outputs, ref, size);
    return { ...plane, data: plane.data.map((value) => value / head.flowScale) };
  };
  const cell = fullPlane(outputs, head.cell, size);
  const labels = labelsFromFlows({ flowY: unit(head.flowY), flowX: unit(head.flowX) }, cell, head.params);
  const foreground = { ...cell, data: cell.data.map((value) => 1 / (1 + Math.exp(-value))) };
  return { labels, foreground, confidence: meanConfidence(labels, foreground) };
}

function decodeStars(
  adapter: ModelAdapter,
  head: Extract<AdapterHead, { readonly kind: "stardist" }>,
  outputs: readonly AxesTensor[],
  size: Size,
): DecodedOutputs {
  const { scale } = adapter.outputs[head.probability.output] as AdapterOutput;
  const grid = Math.round(1 / scale);
  if (grid < 1 || Math.abs(1 / scale - grid) > 1e-6) {
    throw new FoundryError("model.invalid", {
      message: `The model's grid of ${(1 / scale).toFixed(2)} pixels is not a whole number of pixels.`,
      hint: "Import the model again with the right outputs.",
    });
  }
  const probability = planeOf(outputs, head.probability);
  const { shape, data } = outputs[head.distances.output] as AxesTensor;
  const pixels = (shape[1] as number) * (shape[2] as number);
  const start = head.distances.channel * pixels;
  const distances = data.subarray(start, start + head.rays * pixels);
  const found = labelsFromStarPolygons({ probability, distances, rays: head.rays, grid }, size, head.params);
  const confidence = new Map<number, number>();
  for (const label of new Set(found.labels.data)) {
    if (label > 0) confidence.set(label, Math.min(1, found.probabilities[label - 1] as number));
  }
  const foreground = grid === 1 ? probability : resamplePlane(probability, size.height, size.width);
  return { labels: found.labels, foreground, confidence };
}
