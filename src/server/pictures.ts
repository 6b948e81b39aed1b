/** Pictures that the server draws: thumbnails with outlines, and prediction overlays. Pure; bytes in, PNG out. */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { resampleLabels, thumbnail } from "#core/image/index.ts";
import { CellColours, cellPalette, forEachOutlinePixel, indexLabels, type Rgb } from "#core/labels/index.ts";
import { writePng } from "#formats/index.ts";

/** Seen on dark background and on bright cells alike. */
const outlineColour = [255, 140, 26] as const;

/** Of 255: the image stays visible through the fill. */
const fillAlpha = 90;

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
  const shrink = Math.min(1, side / Math.max(labels.height, labels.width));
  const height = Math.max(1, Math.round(labels.height * shrink));
  const width = Math.max(1, Math.round(labels.width * shrink));
  const small = shrink === 1 ? labels : resampleLabels(labels, height, width);
  const colourOf = coloursOf(small);
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    const colour = colourOf.get(small.data[i]!);
    if (colour === undefined) continue;
    rgba.set(colour, 4 * i);
    rgba[4 * i + 3] = fillAlpha;
  }
  forEachOutlinePixel(small, (i) => {
    rgba[4 * i + 3] = 255;
  });
  return writePng({ height, width, channels: 4, data: rgba });
}

/** The editor's colours: neighbours differ, also for colour-blind eyes; the same label image always looks the same. */
function coloursOf(labels: LabelImage): Map<number, Rgb> {
  const { labels: present, boxes } = indexLabels(labels);
  const colours = new CellColours();
  const colourOf = new Map<number, Rgb>();
  present.forEach((label, k) => {
    const box = [boxes[4 * k]!, boxes[4 * k + 1]!, boxes[4 * k + 2]!, boxes[4 * k + 3]!] as const;
    colourOf.set(label, cellPalette[colours.place(String(label), box)]!);
  });
  return colourOf;
}
