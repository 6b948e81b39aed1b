/** Pictures that the server draws: thumbnails with outlines, and prediction overlays. Pure; bytes in, PNG out. */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { resampleLabels, thumbnail } from "#core/image/index.ts";
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
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    const label = small.data[i]!;
    if (label > 0) rgba.set([...labelColour(label), fillAlpha], 4 * i);
  }
  forEachOutlinePixel(small, (i) => {
    rgba[4 * i + 3] = 255;
  });
  return writePng({ height, width, channels: 4, data: rgba });
}

/** Calls back with each pixel of an object that touches another value; the border of the image is no edge. */
function forEachOutlinePixel({ height, width, data }: LabelImage, visit: (index: number) => void): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const label = data[i]!;
      if (label === 0) continue;
      const inside =
        (y === 0 || data[i - width] === label) &&
        (y === height - 1 || data[i + width] === label) &&
        (x === 0 || data[i - 1] === label) &&
        (x === width - 1 || data[i + 1] === label);
      if (!inside) visit(i);
    }
  }
}

/** Golden angle between the hues of consecutive labels keeps neighbours apart. */
const goldenTurn = 0.618033988749895;

/** Bright, saturated colour of a label; the same for the same label always. */
function labelColour(label: number): [number, number, number] {
  const hue = ((label * goldenTurn) % 1) * 6;
  const part = (offset: number): number => {
    const distance = Math.abs(((hue + offset) % 6) - 3) - 1;
    return Math.round(255 * (0.25 + 0.75 * Math.min(1, Math.max(0, distance))));
  };
  return [part(0), part(4), part(2)];
}
