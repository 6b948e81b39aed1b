/**
 * Picture of a finding: a window of the image, enlarged so that single pixels are seen, with the cells concerned
 * outlined in strong colour and those around them in a faint one. Pure; arrays in, PNG out.
 */

import type { ImageArray } from "#core/array/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { type EnlargeOptions, enlargeWindow, outlineShapes, writeWindowPng } from "./window-picture.ts";

export interface PictureScene {
  readonly t: number;
  readonly z: number;
  readonly window: readonly [number, number, number, number];
  readonly concerned: readonly ObjectShape[];
  readonly around: readonly ObjectShape[];
}

const strong = [255, 140, 26] as const;
const faint = [140, 190, 255] as const;

/** Of 1: how much of the image the faint outlines let through. */
const faintAlpha = 0.45;

/** @param side  longest side of the picture in pixels, about; a whole number of pixels per pixel of the image. */
export function findingPng(
  image: ImageArray,
  scene: PictureScene,
  side: number,
  options: EnlargeOptions,
): Uint8Array {
  const picture = enlargeWindow(image, scene, side, options);
  const isOwn = (index: number): boolean => index >= scene.around.length;
  outlineShapes(picture, [...scene.around, ...scene.concerned], (index) =>
    isOwn(index) ? { colour: strong, alpha: 1 } : { colour: faint, alpha: faintAlpha },
  );
  return writeWindowPng(picture);
}
