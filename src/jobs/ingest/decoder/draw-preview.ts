/**
 * Small pictures of an image on its way in, so that a person can see what was understood: the whole with its labels,
 * and what has to be told apart by eye (pages that the file does not name, channels).
 */

import { axisLength, channelPlane, type ImageArray, imageArray } from "#core/array/index.ts";
import { resampleLabels, type Thumbnail, thumbnail } from "#core/image/index.ts";
import { forEachOutlinePixel, type ObjectShape, renderObjects } from "#core/labels/index.ts";
import { type ReadItem, type ReadLayer, writePng } from "#formats/index.ts";
import { spread } from "../spread.ts";
import type { Preview } from "./protocol.ts";

/** Sharp on a screen of double density at the size in which the sheet shows them. */
const WHOLE_SIDE = 320;
const PART_SIDE = 128;

/** Enough to see motion, focus or stains. */
const PAGES_SHOWN = 4;

/** A person gives roles to tens of channels by name, not by picture. */
const CHANNELS_SHOWN = 12;

/** Seen on dark background and on bright cells alike; the second for further layers. */
const outlineColours = [
  [255, 140, 26],
  [64, 196, 255],
] as const;

/** Cost: one look at the planes shown. The argument is not changed. */
export function drawPreview({ image: read, layers }: ReadItem): Preview {
  const { image, channels, pagesGuess } = read;
  const small = thumbnail(image, WHOLE_SIDE, { colour: isPhoto(read) });
  const first = layers.flatMap(firstPlane);
  const parts =
    pagesGuess === undefined
      ? channelParts(
          image,
          channels.map(({ name }) => name),
        )
      : pageParts(image, pagesGuess.axis);
  return { whole: withOutlines(small, first, image), parts };
}

/** Red, green and blue of a photograph are one channel to the eye. */
function isPhoto({ image, channels }: ReadItem["image"]): boolean {
  const names = channels.map(({ name }) => name.toLowerCase()).join(" ");
  return image.dtype === "uint8" && axisLength(image, "c") === 3 && /^(red green blue|r g b)$/.test(names);
}

interface ShownLayer {
  readonly shapes: readonly ObjectShape[];
  readonly colour: readonly [number, number, number];
}

/** Objects of the first time point and plane, which is what the thumbnail shows. */
function firstPlane(layer: ReadLayer): ShownLayer[] {
  const shapes = layer.objects.map(({ shape }) => shape).filter(({ t, z }) => t === 0 && z === 0);
  return shapes.length === 0
    ? []
    : [{ shapes, colour: outlineColours[layer.compartment === "nuclear" ? 0 : 1] }];
}

function withOutlines(small: Thumbnail, layers: readonly ShownLayer[], image: ImageArray): Uint8Array {
  const { height, width, channels, data } = small;
  if (layers.length === 0) return writePng({ height, width, channels, data });
  const rgb = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let part = 0; part < 3; part++) rgb[3 * i + part] = data[channels === 1 ? i : 3 * i + part]!;
  }
  for (const { shapes, colour } of layers) {
    const labelled = shapes.map((shape, index) => ({ label: index + 1, shape }));
    const labels = renderObjects(axisLength(image, "y"), axisLength(image, "x"), labelled);
    forEachOutlinePixel(resampleLabels(labels, height, width), (i) => rgb.set(colour, 3 * i));
  }
  return writePng({ height, width, channels: 3, data: rgb });
}

function channelParts(image: ImageArray, names: readonly string[]): Preview["parts"] {
  const count = axisLength(image, "c");
  if (count < 2) return [];
  return Array.from({ length: Math.min(count, CHANNELS_SHOWN) }, (_, c) => ({
    title: names[c] === undefined || names[c] === "" ? `Channel ${c + 1}` : names[c],
    png: partPng(image, "c", c),
  }));
}

function pageParts(image: ImageArray, axis: "t" | "c" | "z"): Preview["parts"] {
  const pages = Array.from({ length: axisLength(image, axis) }, (_, page) => page);
  return spread(pages, PAGES_SHOWN).map((page) => ({
    title: `Page ${page + 1}`,
    png: partPng(image, axis, page),
  }));
}

/** One position of an axis, the first of the others, with its own contrast. */
function partPng(image: ImageArray, axis: "t" | "c" | "z", at: number): Uint8Array {
  const { dtype, height, width, data } = channelPlane(image, { [axis]: at });
  return writePng(thumbnail(imageArray(dtype, "yx", [height, width], data), PART_SIDE));
}
