/** A test answer against the one a model's maker stored, by the rule of the BioImage.IO format. */
import type { AxesTensor } from "#nn/index.ts";

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
  readonly mismatchesPerMillion: number;
}

/** Of the format, where a description states none. */
export const defaultTolerance: Tolerance = { absolute: 1e-3, relative: 1e-3, mismatchesPerMillion: 100 };

export interface TensorComparison {
  readonly name: string;
  readonly elements: number;
  /** Largest absolute difference. */
  readonly largestDifference: number;
  /** Elements beyond absolute + relative x |stored|. */
  readonly mismatches: number;
  readonly passed: boolean;
}

/** Shapes of unlike length count as a mismatch everywhere. NaN equals NaN only. */
export function compareTensors(
  name: string,
  found: Pick<AxesTensor, "shape" | "data">,
  stored: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  tolerance: Tolerance,
): TensorComparison {
  const elements = stored.data.length;
  if (found.shape.join() !== stored.shape.join())
    return { name, elements, largestDifference: Infinity, mismatches: elements, passed: false };
  let largestDifference = 0;
  let mismatches = 0;
  for (let i = 0; i < elements; i++) {
    const [a, b] = [found.data[i] as number, stored.data[i] as number];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const difference = Math.abs(a - b);
    if (!(difference <= tolerance.absolute + tolerance.relative * Math.abs(b))) mismatches++;
    if (!(difference <= largestDifference))
      largestDifference = Number.isNaN(difference) ? Infinity : difference;
  }
  const allowed = (elements * tolerance.mismatchesPerMillion) / 1e6;
  return { name, elements, largestDifference, mismatches, passed: mismatches <= allowed };
}
