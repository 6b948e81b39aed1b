/**
 * The 256 colours of a film: greys of the image, and hues of tracks in steps of brightness.
 *
 * A film is painted in indices from the start, so that a GIF holds it as it is and the same movie gives the same bytes.
 */

/** Greys from black to white, indices 0 to 111. */
export const greyCount = 112;
const hueCount = 24;
/** Brightness steps of each hue, dark to full. */
export const hueSteps = 6;
export const white = greyCount - 1;

/** Index of a hue at a brightness step, 0..hueSteps-1. */
export const hueIndex = (hue: number, step: number): number => greyCount + hue * hueSteps + step;

/** Hue of a track: far apart for tracks of neighbouring numbers, as those of neighbours often are. */
export const hueOfTrack = (track: number): number => (track * 7) % hueCount;

/** RGB of all indices, 768 bytes. */
export function filmPalette(): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let grey = 0; grey < greyCount; grey++)
    palette.fill(Math.round((255 * grey) / white), 3 * grey, 3 * grey + 3);
  for (let hue = 0; hue < hueCount; hue++)
    for (let step = 0; step < hueSteps; step++) {
      const bright = 0.25 + (0.75 * step) / (hueSteps - 1);
      palette.set(rgbOf(hue / hueCount, bright), 3 * hueIndex(hue, step));
    }
  return palette;
}

/** Of hue 0..1 and brightness 0..1, with a saturation that stays legible on greys. */
function rgbOf(hue: number, bright: number): [number, number, number] {
  const saturation = 0.75;
  const channel = (n: number): number => {
    const k = (n + hue * 6) % 6;
    return Math.round(255 * bright * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
