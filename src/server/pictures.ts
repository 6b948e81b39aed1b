/** Pictures that the server draws: thumbnails with outlines, and prediction overlays. Pure; bytes in, PNG out. */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { resampleLabels, thumbnail } from "#core/image/index.ts";
import { forEachOutlinePixel, overlayPixels } from "#core/labels/index.ts";
import { writePng } from "#formats/index.ts";

/** Seen on dark background and on bright cells alike. */
const outlineColour = [255, 140, 26] as const;

/** Longest side of a prediction's picture; larger images are shown smaller. */
export const predictionSideMax = 2048;

/**
 * A small picture of an image, with the outlines of `labels` when given.
 *
 * @param labels  same height and width as the image.
 * @param colour  the three channels are red, green and blue.
 */
export function thumbnailPng(
  image: ImageArray,
  side: number,
  options: { readonly labels?: LabelImage; readonly colour?: boolean } = {},
): Uint8Array {
  const small = thumbnail(image, side, { colour: options.colour === true });
  const { height, width, channels, data } = small;
  if (options.labels === undefined) return writePng({ height, width, channels, data });
  const rgb = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let part = 0; part < 3; part++) rgb[3 * i + part] = data[channels === 1 ? i : 3 * i + part]!;
  }
  const labels = resampleLabels(options.labels, height, width);
  forEachOutlinePixel(labels, (i) => rgb.set(outlineColour, 3 * i));
  return writePng({ height, width, channels: 3, data: rgb });
}

/** Fill and outline of every object in its own colour, transparent elsewhere; same size as `thumbnailPng` gives. */
export function overlayPng(labels: LabelImage, side: number): Uint8Array {
  const { height, width, data } = overlayPixels(labels, side);
  return writePng({ height, width, channels: 4, data: new Uint8Array(data.buffer) });
}
