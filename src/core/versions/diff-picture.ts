/**
 * A picture of a difference: the image in grey, what did not change as faint outlines, each change in its verb's colour.
 *
 * What was before is outlined thinly and dark, what is after fully; the colour's meaning is written underneath as
 * squares with a count in small figures, so that the picture can stand alone.
 */

import type { Plane } from "../array/index.ts";
import { percentileNormalise } from "../image/index.ts";
import { forEachRun, type ObjectShape } from "../labels/index.ts";
import { changeVerbs, countVerbs, type ObjectDifference } from "./object-change.ts";
import { drawText, textHeightPx, textWidthPx } from "./pixel-letters.ts";
import { type Colour, unchangedColour, verbColours } from "./verb-colours.ts";

export interface Picture {
  readonly height: number;
  readonly width: number;
  /** RGB, axes yxc. */
  readonly data: Uint8Array;
}

/** Height of the legend under the picture, in pixels. */
const legendPx = textHeightPx + 10;

/** Grey levels are dimmed to this share, so that outlines stand out. */
const dimming = 0.75;

/**
 * @param image  intensities, axes yx, or null for a black ground.
 * @param size  of the image. @param frame  only objects of this frame and plane are drawn; default 0.
 * @param unchanged  shapes that are the same before and after.
 * @returns RGB picture as wide as the image, or as the legend, with the legend underneath. Cost: O(pixels).
 */
export function diffPicture(
  image: Plane | null,
  size: { readonly height: number; readonly width: number },
  changes: readonly ObjectDifference[],
  unchanged: Iterable<ObjectShape>,
  frame: { readonly t?: number; readonly z?: number } = {},
): Picture {
  const legend = legendOf(changes);
  const width = Math.max(
    size.width,
    legend.reduce((sum, { text }) => sum + textWidthPx(text) + 26, 6),
  );
  const picture: Picture = {
    height: size.height + legendPx,
    width,
    data: new Uint8Array((size.height + legendPx) * width * 3),
  };
  if (image !== null) paintGrey(picture, image);
  const here = ({ t, z }: ObjectShape): boolean => t === (frame.t ?? 0) && z === (frame.z ?? 0);
  const canvas = { ...picture, height: size.height, clip: size.width };
  for (const shape of unchanged) if (here(shape)) outline(canvas, shape, unchangedColour, 0.45);
  for (const { verb, before, after } of changes) {
    for (const { shape } of before)
      if (here(shape)) outline(canvas, shape, verbColours[verb], after.length === 0 ? 1 : 0.5);
    for (const { shape } of after) if (here(shape)) outline(canvas, shape, verbColours[verb], 1);
  }
  paintLegend(picture, size.height, legend);
  return picture;
}

function legendOf(
  changes: readonly ObjectDifference[],
): { readonly text: string; readonly colour: Colour }[] {
  const counts = countVerbs(changes);
  const shown = changeVerbs.filter((verb) => counts[verb] > 0);
  if (shown.length === 0) return [{ text: "no change", colour: unchangedColour }];
  return shown.map((verb) => ({ text: `${counts[verb]} ${verb}`, colour: verbColours[verb] }));
}

function paintGrey({ width, data }: Picture, image: Plane): void {
  const levels = percentileNormalise(image, 0.5, 99.5);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const value = (levels.data[y * image.width + x] as number) * 255 * dimming;
      data.fill(Math.max(0, Math.min(255, Math.round(value))), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
}

interface Canvas extends Picture {
  /** Columns that belong to the image. */
  readonly clip: number;
}

/** Blends the border pixels of a shape (those with a 4-neighbour outside it). */
function outline(canvas: Canvas, shape: ObjectShape, colour: Colour, strength: number): void {
  const rows = new Map<number, [number, number][]>();
  forEachRun(shape, (y, x0, x1) => {
    const list = rows.get(y);
    if (list === undefined) rows.set(y, [[x0, x1]]);
    else list.push([x0, x1]);
  });
  const inside = (y: number, x: number): boolean =>
    rows.get(y)?.some(([x0, x1]) => x >= x0 && x < x1) === true;
  for (const [y, runs] of rows) {
    for (const [x0, x1] of runs) {
      for (let x = x0; x < x1; x++) {
        const border = x === x0 || x === x1 - 1 || !inside(y - 1, x) || !inside(y + 1, x);
        if (border) blend(canvas, y, x, colour, strength);
      }
    }
  }
}

function blend(canvas: Canvas, y: number, x: number, colour: Colour, strength: number): void {
  if (y < 0 || x < 0 || y >= canvas.height || x >= canvas.clip) return;
  const at = (y * canvas.width + x) * 3;
  for (let c = 0; c < 3; c++) {
    const was = canvas.data[at + c] as number;
    canvas.data[at + c] = Math.round(was + ((colour[c] as number) - was) * strength);
  }
}

function paintLegend(picture: Picture, top: number, legend: ReturnType<typeof legendOf>): void {
  let x = 6;
  for (const { text, colour } of legend) {
    for (let dy = 0; dy < textHeightPx; dy++) {
      for (let dx = 0; dx < textHeightPx; dx++) setPixel(picture, top + 5 + dy, x + dx, colour);
    }
    drawText(text, (dy, dx) => setPixel(picture, top + 5 + dy, x + textHeightPx + 4 + dx, [230, 230, 230]));
    x += textHeightPx + 4 + textWidthPx(text) + 15;
  }
}

function setPixel({ height, width, data }: Picture, y: number, x: number, colour: Colour): void {
  if (y < 0 || x < 0 || y >= height || x >= width) return;
  data.set(colour, (y * width + x) * 3);
}
