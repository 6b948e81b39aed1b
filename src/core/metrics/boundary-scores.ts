/**
 * Boundary F: do the drawn borders lie where they should, within a tolerance (Csurka et al. 2013).
 *
 * Border pixels are those of an object beside another value, so the seam of two touching cells counts on both sides; the
 * image's edge is no border. Precision is the share of predicted border pixels within the tolerance of a reference one,
 * recall the share of reference ones within it of a predicted one. The tolerance is in pixels or in micrometres, in the
 * Euclidean distance between pixel centres.
 */

import { assertSameShape, type LabelImage, type Mask } from "../array/index.ts";
import { assert } from "../errors.ts";
import { forEachOutlinePixel } from "../labels/index.ts";
import { createDistanceField, type PixelLengths } from "./pixel-distance.ts";

export interface BoundaryTolerance {
  /** At and below this distance a border pixel is right; 0 or more. */
  readonly distance: number;
  readonly unit: "px" | "um";
}

/** Two pixels: about the difference between two careful people with a pen. */
export const defaultBoundaryTolerance: BoundaryTolerance = { distance: 2, unit: "px" };

/** Counts of border pixels; images add up. */
export interface BoundarySums {
  readonly reference: number;
  readonly referenceNear: number;
  readonly predicted: number;
  readonly predictedNear: number;
}

export interface BoundaryScores {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

/**
 * @param lengths  micrometres per pixel; only needed for a tolerance in micrometres.
 * @param uncounted  1 at pixels whose borders are not asked about; others may still lie near them.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels), 17 bytes per pixel of scratch.
 */
export function boundarySums(
  reference: LabelImage,
  predicted: LabelImage,
  tolerance: BoundaryTolerance = defaultBoundaryTolerance,
  lengths: PixelLengths | null = null,
  uncounted?: Mask,
): BoundarySums {
  assertSameShape(reference, predicted, "Reference and prediction must have the same size");
  assert(tolerance.unit === "px" || lengths !== null, "a tolerance in micrometres needs the pixel size");
  const scale = tolerance.unit === "um" && lengths !== null ? lengths : { y: 1, x: 1 };
  const [a, b] = [outlineMap(reference), outlineMap(predicted)];
  const field = createDistanceField();
  const { height, width } = reference;
  const near = (of: Uint8Array, to: Uint8Array): { all: number; near: number } => {
    const distance = field.measure(to, height, width, scale);
    // Sums of squares are exact in pixels; a hair is left for micrometres.
    const limit = tolerance.distance * (1 + 1e-9);
    let [all, found] = [0, 0];
    for (let i = 0; i < of.length; i++) {
      if (of[i] !== 1 || (uncounted !== undefined && uncounted.data[i] !== 0)) continue;
      all++;
      if ((distance[i] as number) <= limit) found++;
    }
    return { all, near: found };
  };
  const [recall, precision] = [near(a, b), near(b, a)];
  return {
    reference: recall.all,
    referenceNear: recall.near,
    predicted: precision.all,
    predictedNear: precision.near,
  };
}

/** Null when neither side has a border; 0 when one has none. */
export function boundaryScores(sums: BoundarySums): BoundaryScores | null {
  if (sums.reference === 0 && sums.predicted === 0) return null;
  const precision = sums.predicted === 0 ? 0 : sums.predictedNear / sums.predicted;
  const recall = sums.reference === 0 ? 0 : sums.referenceNear / sums.reference;
  const f = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f };
}

function outlineMap(labels: LabelImage): Uint8Array {
  const map = new Uint8Array(labels.data.length);
  forEachOutlinePixel(labels, (index) => {
    map[index] = 1;
  });
  return map;
}
