/**
 * To which size images are brought, and what is done with those that do not state the size of their pixels.
 *
 * A network sees a cell of 20 pixels and one of 60 as two kinds of things, and the second costs it nine times the work.
 * Where all images state their pixel size, their median is the target, unless cells would then be far from the diameter that
 * is wanted: then the target is the size at which they have it. Where none does, each image is scaled so that its median cell has one diameter, as a model will
 * scale an image whose pixel size it is not told (Stringer et al. 2021 do the same). A mixture is refused, unless sizes may
 * be taken from the cells: then an image of unknown size is scaled so that its median cell is as large as in the others.
 */

interface Mpp {
  readonly y: number;
  readonly x: number;
}

export interface ScaledImage {
  readonly mpp: Mpp | null;
  /** Median diameter of its cells in pixels; null when it has none. */
  readonly diameterPx: number | null;
  readonly cellCount: number;
  /** Images of one group are of one source, so they lend each other their size of cells. */
  readonly group: string;
}

export interface ScaleWishes {
  /** What to do with images of unknown size among others. */
  readonly unknown: "refuse" | "fromCells";
  /** µm per pixel that is wanted; null when the model knows none. Default: found from the images. */
  readonly target?: Mpp | null | undefined;
  /** Diameter in pixels to which cells are brought where pixel sizes do not decide; null leaves images as they are. */
  readonly cellDiameterPx: number | null;
}

export interface PlannedScale {
  /** µm per pixel, stated or taken from the cells; null where it does not decide. */
  readonly mpp: Mpp | null;
  /** Model pixels per pixel of the image where `mpp` does not decide. */
  readonly scale: number;
}

export interface ScalePlan {
  /** µm per pixel all images are brought to; null when cells decide. */
  readonly target: Mpp | null;
  readonly images: readonly PlannedScale[];
  /** Images whose size is unknown and could not be taken from their cells. */
  readonly refused: number;
  /** Images whose size was taken from their cells. */
  readonly fromCells: number;
}

/**
 * Of how many images the sizes of cells have to be measured: of each where cells decide its scale, of some where they only
 * decide the size of all.
 */
export function cellSizesNeeded(
  images: readonly Pick<ScaledImage, "mpp">[],
  { target, unknown, cellDiameterPx }: ScaleWishes,
): "each" | "some" | "none" {
  const missing = images.filter(({ mpp }) => mpp === null).length;
  if (target === null || missing === images.length) return cellDiameterPx === null ? "none" : "each";
  if (missing > 0) return unknown === "fromCells" ? "each" : "none";
  return target === undefined && cellDiameterPx !== null ? "some" : "none";
}

/** Pure. Cost: O(n log n). */
export function planScales(images: readonly ScaledImage[], wishes: ScaleWishes): ScalePlan {
  const { target = usualTarget(images, wishes.cellDiameterPx), unknown, cellDiameterPx } = wishes;
  const missing = images.filter(({ mpp }) => mpp === null).length;
  if (target !== null && missing === 0)
    return { target, images: images.map(({ mpp }) => ({ mpp, scale: 1 })), refused: 0, fromCells: 0 };
  if (target === null || missing === images.length) return byCells(images, target, cellDiameterPx);
  const usual = unknown === "refuse" ? null : usualDiameter(images);
  const planned = images.map(({ mpp, diameterPx }): PlannedScale => {
    if (mpp !== null || usual === null || diameterPx === null || diameterPx <= 0) return { mpp, scale: 1 };
    const size = usual / diameterPx;
    return { mpp: { y: size, x: size }, scale: 1 };
  });
  const refused = planned.filter(({ mpp }) => mpp === null).length;
  return { target, images: planned, refused, fromCells: missing - refused };
}

// The median of fewer cells is chance; their group knows better.
const OWN_CELLS_MIN = 5;

/** Every image by its cells, by those of its group, or by those of all. */
function byCells(
  images: readonly ScaledImage[],
  target: Mpp | null,
  cellDiameterPx: number | null,
): ScalePlan {
  const sized = images.filter(({ diameterPx }) => diameterPx !== null && diameterPx > 0);
  if (cellDiameterPx === null || sized.length === 0)
    return { target, images: images.map(() => ({ mpp: null, scale: 1 })), refused: 0, fromCells: 0 };
  const medianOf = (of: readonly ScaledImage[]): number =>
    median(of.map(({ diameterPx }) => diameterPx as number));
  const ofGroup = new Map(
    [...Map.groupBy(sized, ({ group }) => group)].map(([key, of]) => [key, medianOf(of)]),
  );
  const ofAll = medianOf(sized);
  const planned = images.map(({ diameterPx, cellCount, group }): PlannedScale => {
    const own = diameterPx !== null && diameterPx > 0 && cellCount >= OWN_CELLS_MIN ? diameterPx : null;
    return { mpp: null, scale: cellDiameterPx / (own ?? ofGroup.get(group) ?? ofAll) };
  });
  return { target, images: planned, refused: 0, fromCells: images.length };
}

// Within this factor zoom augmentation makes the sizes of cells overlap, and images stay as sharp as they are.
const TARGET_RATIO_MAX = 1.5;

/** The median pixel size, or that at which the usual cell has the diameter wanted when they are far apart. */
function usualTarget(images: readonly ScaledImage[], cellDiameterPx: number | null): Mpp | null {
  const stated = medianMpp(images);
  const usual = usualDiameter(images);
  if (stated === null || usual === null || cellDiameterPx === null) return stated;
  const ratio = usual / cellDiameterPx / Math.sqrt(stated.y * stated.x);
  if (Math.max(ratio, 1 / ratio) <= TARGET_RATIO_MAX) return stated;
  return { y: stated.y * ratio, x: stated.x * ratio };
}

function medianMpp(images: readonly Pick<ScaledImage, "mpp">[]): Mpp | null {
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
