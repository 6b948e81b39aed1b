/**
 * To which size of pixel images are brought, and what is done with those that do not state theirs.
 *
 * A network sees a cell of 20 pixels or of 60 as two kinds of things. Where all images state their size, the median is
 * the target. Where none does, they are left as they are. A mixture is refused, unless sizes may be taken from the cells:
 * then an image of unknown size is scaled so that its median object is as large as in the others.
 */

export interface ScaledImage {
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** Median diameter of its objects in pixels; null when it has none. */
  readonly diameterPx: number | null;
}

export interface ScalePlan {
  /** µm per pixel all images are brought to; null when none states its size. */
  readonly target: { readonly y: number; readonly x: number } | null;
  /** µm per pixel of each image, stated or taken from its cells; null where it is left as it is. */
  readonly mpp: readonly ({ readonly y: number; readonly x: number } | null)[];
  /** Images whose size is unknown and could not be taken from their cells. */
  readonly refused: number;
  /** Images whose size was taken from their cells. */
  readonly fromCells: number;
}

/**
 * @param unknown  what to do with images of unknown size among others: refuse them, or take the size from their cells.
 * Pure. Cost: O(n log n).
 */
export function planScales(
  images: readonly ScaledImage[],
  unknown: "refuse" | "fromCells",
  target: { readonly y: number; readonly x: number } | null = medianMpp(images),
): ScalePlan {
  const missing = images.filter(({ mpp }) => mpp === null).length;
  if (target === null || missing === 0) {
    return { target, mpp: images.map(({ mpp }) => mpp), refused: 0, fromCells: 0 };
  }
  const usual = unknown === "refuse" ? null : usualDiameter(images);
  let fromCells = 0;
  const mpp = images.map((image) => {
    if (image.mpp !== null) return image.mpp;
    if (usual === null || image.diameterPx === null || image.diameterPx <= 0) return null;
    fromCells++;
    const size = usual / image.diameterPx;
    return { y: size, x: size };
  });
  return { target, mpp, refused: missing - fromCells, fromCells };
}

function medianMpp(images: readonly ScaledImage[]): { readonly y: number; readonly x: number } | null {
  const stated = images.flatMap(({ mpp }) => (mpp === null ? [] : [mpp]));
  if (stated.length === 0) return null;
  return { y: median(stated.map(({ y }) => y)), x: median(stated.map(({ x }) => x)) };
}

/** Median diameter in µm over the images that state their size; null when none of them has objects. */
function usualDiameter(images: readonly ScaledImage[]): number | null {
  const known = images.flatMap(({ mpp, diameterPx }) =>
    mpp === null || diameterPx === null ? [] : [diameterPx * Math.sqrt(mpp.y * mpp.x)],
  );
  return known.length === 0 ? null : median(known);
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
