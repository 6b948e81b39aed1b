/**
 * From a foreground probability, with or without a boundary probability, to a label image.
 *
 * What is foreground and not boundary is the core of objects; the depth of the core, smoothed, has one top per object,
 * and a watershed on it cuts what touches. Without a boundary plane the shape alone decides, so two cells that form one
 * convex blob stay one: that is what such a model cannot know.
 */

import { assertSameShape, type LabelImage, type Plane } from "../array/index.ts";
import { type DeepWatershedParams, labelsFromDeepWatershed } from "./deep-watershed.ts";
import { distanceTransform } from "./distance.ts";

export interface ForegroundParams {
  readonly foregroundThreshold: number;
  /** A pixel above this boundary probability is not core; used only with a boundary plane. */
  readonly boundaryThreshold: number;
  /** Standard deviation in pixels of the smoothing of depths before tops are sought. */
  readonly smoothingPx: number;
  /** A top must be left by more than this many pixels of depth to count as an object of its own. */
  readonly prominencePx: number;
  readonly areaPxMin: number;
  readonly holePxMax: number;
}

export const defaultForegroundParams: ForegroundParams = {
  foregroundThreshold: 0.5,
  boundaryThreshold: 0.5,
  smoothingPx: 1,
  prominencePx: 1,
  areaPxMin: 15,
  holePxMax: 2 ** 28,
};

/**
 * @param planes.foreground  0..1, float32, axes yx. @param planes.boundary  the same for borders of objects.
 * @throws FoundryError `array.shapeMismatch`, `array.nan`. Cost: O(pixels).
 */
export function labelsFromForeground(
  planes: { readonly foreground: Plane<"float32">; readonly boundary?: Plane<"float32"> },
  params: ForegroundParams = defaultForegroundParams,
): LabelImage {
  const { foreground, boundary } = planes;
  const { height, width } = foreground;
  if (boundary !== undefined)
    assertSameShape(foreground, boundary, "Foreground and boundary must have the same size");
  const core = new Uint8Array(height * width);
  // The boundary itself belongs to the objects it bounds, wherever the model draws it.
  const whole = new Float32Array(height * width);
  for (let i = 0; i < core.length; i++) {
    const border = boundary === undefined ? 0 : (boundary.data[i] as number);
    const isBorder = border > params.boundaryThreshold;
    core[i] = (foreground.data[i] as number) > params.foregroundThreshold && !isBorder ? 1 : 0;
    whole[i] = Math.max(foreground.data[i] as number, isBorder ? 1 : 0);
  }
  const depth = distanceTransform({ dtype: "uint8", height, width, data: core });
  // A plane without any border has depth Infinity everywhere: one object.
  for (let i = 0; i < core.length; i++) if (depth.data[i] === Infinity) depth.data[i] = height + width;
  const watershed: DeepWatershedParams = {
    foregroundThreshold: params.foregroundThreshold,
    seedThreshold: 0.5,
    seedProminence: params.prominencePx,
    seedDistancePx: 0,
    smoothingPx: params.smoothingPx,
    seedless: boundary === undefined ? "keep" : "drop",
    areaPxMin: params.areaPxMin,
    holePxMax: params.holePxMax,
  };
  return labelsFromDeepWatershed(
    { innerDistance: depth, foreground: { dtype: "float32", height, width, data: whole } },
    watershed,
  );
}
