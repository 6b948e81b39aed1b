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
  const [ry, rx] = [from.y / to.y, from.x / to.x];
  const close = (r: number): boolean => Math.max(r, 1 / r) < RESAMPLE_RATIO_MIN;
  if (close(ry) && close(rx)) return { ...size };
  return {
    height: Math.max(1, Math.round(size.height * ry)),
    width: Math.max(1, Math.round(size.width * rx)),
  };
}
