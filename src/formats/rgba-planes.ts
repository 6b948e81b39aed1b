/**
 * Pixels side by side, as decoders give them, to planes one after another.
 */

/** @param rgba  four bytes per pixel. @returns the first `samples` of each, axes cyx. */
export function planesOfRgba(
  rgba: Uint8Array | Uint8ClampedArray,
  samples: number,
  pixels: number,
): Uint8Array {
  const planes = new Uint8Array(samples * pixels);
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0, from = sample; i < pixels; i++, from += 4) planes[sample * pixels + i] = rgba[from]!;
  }
  return planes;
}
