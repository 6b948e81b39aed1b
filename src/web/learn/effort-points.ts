/** The curve of effort: what each image took, image by image, as points of two curves. Pure. */

import type { ImageEffort } from "#api/index.ts";

export interface EffortPoint {
  readonly imageId: string;
  readonly name: string;
  /** Corrections for each hundred cells that were looked at. */
  readonly correctionsPer100: number;
  /** Seconds of a person's time for each cell of the image. */
  readonly secondsPerCell: number;
  readonly corrections: number;
  readonly cells: number;
  readonly proposedBy: string | null;
  /** Other proposals than in the image before: a model has been changed. */
  readonly isNewModel: boolean;
}

/** Points in the order in which people worked. Images without cells count what was removed from them. */
export function effortPoints(images: readonly ImageEffort[]): EffortPoint[] {
  return images.map((image, k) => {
    // Cells that were removed are gone, and were looked at.
    const looked = Math.max(1, image.cells, image.corrections);
    const before = images[k - 1];
    return {
      imageId: image.imageId,
      name: image.name,
      correctionsPer100: (100 * image.corrections) / looked,
      secondsPerCell: image.msSpent / 1000 / looked,
      corrections: image.corrections,
      cells: image.cells,
      proposedBy: image.proposedBy,
      isNewModel: before !== undefined && before.proposedBy !== image.proposedBy,
    };
  });
}

/** What the curve says in a sentence: the mean of the newest quarter against that of the first; null for too few. */
export function effortSentence(points: readonly EffortPoint[]): string | null {
  if (points.length < imagesToCompare) return null;
  const count = Math.max(2, Math.floor(points.length / 4));
  const mean = (part: readonly EffortPoint[]): number =>
    part.reduce((sum, { correctionsPer100 }) => sum + correctionsPer100, 0) / part.length;
  const [first, last] = [mean(points.slice(0, count)), mean(points.slice(-count))];
  return `${Math.round(last)} corrections per 100 cells lately, ${Math.round(first)} at first.`;
}

/** With fewer images a difference is that of two images. */
const imagesToCompare = 4;
