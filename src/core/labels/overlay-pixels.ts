/**
 * A label image as a picture to lay over the image: every object filled and outlined in its own colour.
 *
 * Pixels only, so that the server can make a PNG of them and a page can draw them on a canvas.
 */
import type { LabelImage } from "../array/index.ts";
import { resampleLabels } from "../image/index.ts";
import { CellColours, cellPalette, type Rgb } from "./cell-colours.ts";
import { indexLabels } from "./label-index.ts";
import { forEachOutlinePixel } from "./outline-pixels.ts";

/** Of 255: the image stays visible through the fill. */
const FILL_ALPHA = 90;

export interface OverlayPixels {
  readonly height: number;
  readonly width: number;
  /** Red, green, blue, opacity of each pixel, row-major; outlines are opaque, background is transparent. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * @param side  longest side of the picture, px; larger label images are shrunk to it.
 * Cost: O(pixels).
 */
export function overlayPixels(labels: LabelImage, side: number): OverlayPixels {
  const shrink = Math.min(1, side / Math.max(labels.height, labels.width));
  const height = Math.max(1, Math.round(labels.height * shrink));
  const width = Math.max(1, Math.round(labels.width * shrink));
  const small = shrink === 1 ? labels : resampleLabels(labels, height, width);
  const colourOf = coloursOf(small);
  const data = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    const colour = colourOf.get(small.data[i] as number);
    if (colour === undefined) continue;
    data.set(colour, 4 * i);
    data[4 * i + 3] = FILL_ALPHA;
  }
  forEachOutlinePixel(small, (i) => {
    data[4 * i + 3] = 255;
  });
  return { height, width, data };
}

/** The editor's colours: neighbours differ, also for colour-blind eyes; the same label image always looks the same. */
function coloursOf(labels: LabelImage): Map<number, Rgb> {
  const { labels: present, boxes } = indexLabels(labels);
  const colours = new CellColours();
  const colourOf = new Map<number, Rgb>();
  present.forEach((label, k) => {
    const box = boxes.subarray(4 * k, 4 * k + 4) as unknown as readonly [number, number, number, number];
    colourOf.set(label, cellPalette[colours.place(String(label), box)] as Rgb);
  });
  return colourOf;
}
