/**
 * What a deep-watershed network learns from a label image: inner distance, foreground, weight.
 */

import type { LabelImage, Mask, Plane } from "../array/index.ts";
import { distanceTransform } from "./distance.ts";
import { geodesicCost } from "./geodesic.ts";
import { indexLabels, type LabelIndex } from "./label-index.ts";

export interface DeepWatershedTargets {
  /** 0..1: 1 at each cell's centre, falling towards its border, 0 on background. */
  readonly innerDistance: Plane<"float32">;
  readonly foreground: Mask;
  /** Weight of each pixel in the loss: 1, up to 2 where two cells nearly touch. */
  readonly weight: Plane<"float32">;
}

/** A centre must lie at least this deep, relative to the deepest pixel of its cell. */
const centreDepth = 0.75;

/** Targets of one label image. Cost: O(pixels). */
export function deepWatershedTargets(labels: LabelImage): DeepWatershedTargets {
  const { height, width, data } = labels;
  const depth = distanceTransform(labels, { edge: "open" });
  for (let i = 0; i < data.length; i++)
    if (depth.data[i] === Infinity) depth.data[i] = Math.max(height, width);
  const index = indexLabels(labels);
  const { centres, depthMax } = findCentres(labels, index, depth.data);
  const inner = new Float32Array(data.length);
  const price = new Float32Array(data.length);
  const foreground = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    if ((data[i] as number) <= 0) continue;
    foreground[i] = 1;
    price[i] = 1 / (depth.data[i] as number);
  }
  const cost = geodesicCost(labels, price, centres);
  for (let i = 0; i < data.length; i++) {
    if (foreground[i] === 0) continue;
    const way = cost[i] as number;
    inner[i] = way === Infinity ? 0 : 1 / (1 + way);
  }
  void depthMax;
  return {
    innerDistance: { dtype: "float32", height, width, data: inner },
    foreground: { dtype: "uint8", height, width, data: foreground },
    weight: { dtype: "float32", height, width, data: new Float32Array(data.length).fill(1) },
  };
}

/** Centre pixel of each object: of the pixels that are deep enough, the one nearest to the centroid. */
function findCentres(
  labels: LabelImage,
  index: LabelIndex,
  depth: Float32Array,
): { readonly centres: Int32Array; readonly depthMax: Float32Array } {
  const { width, height, data } = labels;
  const count = index.labels.length;
  const sumY = new Float64Array(count);
  const sumX = new Float64Array(count);
  const depthMax = new Float32Array(count);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = data[i] as number;
      if (label <= 0) continue;
      const k = index.indexOf(label);
      sumY[k] = (sumY[k] as number) + y;
      sumX[k] = (sumX[k] as number) + x;
      if ((depth[i] as number) > (depthMax[k] as number)) depthMax[k] = depth[i] as number;
    }
  }
  const centres = new Int32Array(count).fill(-1);
  const nearest = new Float64Array(count).fill(Infinity);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = data[i] as number;
      if (label <= 0) continue;
      const k = index.indexOf(label);
      if ((depth[i] as number) < centreDepth * (depthMax[k] as number)) continue;
      const area = index.areas[k] as number;
      const distance = ((sumY[k] as number) / area - y) ** 2 + ((sumX[k] as number) / area - x) ** 2;
      if (distance >= (nearest[k] as number)) continue;
      nearest[k] = distance;
      centres[k] = i;
    }
  }
  return { centres, depthMax };
}
