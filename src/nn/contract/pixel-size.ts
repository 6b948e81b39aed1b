/**
 * Pixel sizes: the one a model is trained at, and bringing planes to it.
 */

/** Micrometres per pixel. */
export interface PixelSize {
  readonly y: number;
  readonly x: number;
}

// Resampling blurs; a difference in pixel size below this is left to the zoom augmentation.
const RESAMPLE_RATIO_MIN = 1.1;

/** Pixel size the model will have: the median of the items', or `null` unless every item states one. */
export function commonPixelSize(items: readonly { readonly mpp: PixelSize | null }[]): PixelSize | null {
  const sizes = items.map((item) => item.mpp);
  if (sizes.length === 0 || sizes.some((size) => size === null)) return null;
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
  return { y: median(sizes.map((s) => s?.y ?? 1)), x: median(sizes.map((s) => s?.x ?? 1)) };
}

/** Size in pixels of a plane brought from one pixel size to another; unchanged when they are close or unknown. */
export function resampledSize(
  size: { readonly height: number; readonly width: number },
  from: PixelSize | null,
  to: PixelSize | null,
): { height: number; width: number } {
  if (from === null || to === null) return { ...size };
  return scaledSize(size, from.y / to.y, from.x / to.x);
}

/** Size in pixels of a plane scaled by factors; unchanged when they are close to 1. */
export function scaledSize(
  { height, width }: { readonly height: number; readonly width: number },
  byY: number,
  byX = byY,
): { height: number; width: number } {
  const close = (r: number): boolean => Math.max(r, 1 / r) < RESAMPLE_RATIO_MIN;
  if (close(byY) && close(byX)) return { height, width };
  return { height: Math.max(1, Math.round(height * byY)), width: Math.max(1, Math.round(width * byX)) };
}
