/**
 * Facets that follow from the reference itself: how large the cells of an image are, and how densely they lie.
 *
 * Sizes are medians over the image's objects of the diameter of a circle of the same area. Steps are fixed, so that
 * evaluations can be laid side by side; in micrometres when the pixel size is known, else in pixels, never mixed.
 */

import type { LabelImage } from "../array/index.ts";
import { indexLabels } from "../labels/index.ts";
import type { PixelLengths } from "./pixel-distance.ts";

/** Bacteria and debris, small nuclei, most nuclei, cells, large cells. */
const sizeStepsUm = [4, 8, 12, 20] as const;
const sizeStepsPx = [8, 16, 32, 64] as const;

/** Cells per square of 100 µm (or 100 px) a side: single cells, scattered, near, touching, packed. */
const densitySteps = [2, 5, 15, 40] as const;

/** Field -> value, such as `objectSize: "8 to 12 µm"`; none for an image without objects. */
export function imageFacets(reference: LabelImage, mpp: PixelLengths | null): Record<string, string> {
  const { areas } = indexLabels(reference);
  if (areas.length === 0) return {};
  const areaPerPixel = mpp === null ? 1 : mpp.y * mpp.x;
  const median = Float64Array.from(areas).sort()[areas.length >> 1] as number;
  const diameter = 2 * Math.sqrt((median * areaPerPixel) / Math.PI);
  const squares = (reference.data.length * areaPerPixel) / 100 ** 2;
  const unit = mpp === null ? "px" : "µm";
  return {
    objectSize: `${stepOf(diameter, mpp === null ? sizeStepsPx : sizeStepsUm)} ${unit}`,
    density: `${stepOf(areas.length / squares, densitySteps)} per (100 ${unit})²`,
  };
}

function stepOf(value: number, steps: readonly number[]): string {
  const above = steps.findIndex((step) => value < step);
  if (above === 0) return `below ${steps[0]}`;
  if (above === -1) return `${steps.at(-1)} or more`;
  return `${steps[above - 1]} to ${steps[above]}`;
}
