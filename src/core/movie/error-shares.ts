/**
 * Faults of a segmentation by kind: how many to make, and what was done.
 */

export interface ErrorShares {
  /** Share of cells cut in two, of cells merged with a neighbour, of cells not seen; objects invented per cell. */
  readonly split: number;
  readonly merge: number;
  readonly miss: number;
  readonly false: number;
}

export type SegmentationErrorKind = keyof ErrorShares;

export interface SegmentationError {
  readonly kind: SegmentationErrorKind;
  /** Labels of the exact image. */
  readonly cells: readonly number[];
  /** Labels of the faulty image. */
  readonly objects: readonly number[];
}

/** A share of all faults in equal parts: 0.05 puts a fault into one cell of twenty. */
export function evenShares(total: number): ErrorShares {
  return { split: total / 4, merge: total / 4, miss: total / 4, false: total / 4 };
}
