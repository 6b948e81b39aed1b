/**
 * Picture of a finding: a window of the image, enlarged so that single pixels are seen, with the cells concerned
 * outlined in strong colour and those around them in a faint one. Pure; arrays in, PNG out.
 */

import { axisLength, channelPlane, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { thumbnail } from "#core/image/index.ts";
import { drawObjectShapeInPlace, type ObjectShape } from "#core/labels/index.ts";
import { writePng } from "#formats/index.ts";

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
  options: { readonly colour: boolean },
): Uint8Array {
  const [y0, x0, y1] = scene.window;
  const small = thumbnail(crop(image, scene), side, options);
  const shrink = small.height / (y1 - y0);
  const scale = Math.max(1, Math.floor(side / Math.max(small.height, small.width)));
  const [height, width] = [small.height * scale, small.width * scale];
  const rgb = new Uint8Array(3 * height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / scale) * small.width;
    for (let x = 0; x < width; x++) {
      const from = row + Math.floor(x / scale);
      for (let part = 0; part < 3; part++) {
        rgb[3 * (y * width + x) + part] = small.data[small.channels === 1 ? from : 3 * from + part] as number;
      }
    }
  }
  const perPixel = scale * shrink;
  const labels = new Int32Array(height * width);
  const draw = (shapes: readonly ObjectShape[], first: number): void => {
    shapes.forEach((shape, i) => {
      drawScaled(shape, { y0, x0, perPixel, height, width, labels }, first + i);
    });
  };
  draw(scene.around, 1);
  draw(scene.concerned, 1 + scene.around.length);
  outline(labels, height, width, (i, label) => {
    const own = label > scene.around.length;
    const colour = own ? strong : faint;
    for (let part = 0; part < 3; part++) {
      const below = rgb[3 * i + part] as number;
      const alpha = own ? 1 : faintAlpha;
      rgb[3 * i + part] = Math.round(alpha * (colour[part] as number) + (1 - alpha) * below);
    }
  });
  return writePng({ height, width, channels: 3, data: rgb });
}

/** All channels of one frame and plane within the window. */
function crop(image: ImageArray, { t, z, window: [y0, x0, y1, x1] }: PictureScene): ImageArray {
  const [height, width, channels] = [y1 - y0, x1 - x0, axisLength(image, "c")];
  const data = typedArray(image.dtype, channels * height * width);
  for (let c = 0; c < channels; c++) {
    const plane = channelPlane(image, {
      t: Math.min(t, axisLength(image, "t") - 1),
      z: Math.min(z, axisLength(image, "z") - 1),
      c,
    });
    for (let y = 0; y < height; y++) {
      const from = (y0 + y) * plane.width + x0;
      data.set(plane.data.subarray(from, from + width), (c * height + y) * width);
    }
  }
  return imageArray(image.dtype, "cyx", [channels, height, width], data);
}

interface Canvas {
  readonly y0: number;
  readonly x0: number;
  /** Picture pixels per image pixel. */
  readonly perPixel: number;
  readonly height: number;
  readonly width: number;
  readonly labels: Int32Array;
}

function drawScaled(shape: ObjectShape, canvas: Canvas, label: number): void {
  const { y0, x0, perPixel, height, width, labels } = canvas;
  const [top, left, bottom, right] = shape.bbox;
  const box = { dtype: "int32" as const, height: bottom - top, width: right - left };
  const own = { ...box, data: new Int32Array(box.height * box.width) };
  drawObjectShapeInPlace({ ...shape, bbox: [0, 0, box.height, box.width] }, own, 1);
  const [fromY, toY] = [Math.max(0, (top - y0) * perPixel), Math.min(height, (bottom - y0) * perPixel)];
  const [fromX, toX] = [Math.max(0, (left - x0) * perPixel), Math.min(width, (right - x0) * perPixel)];
  for (let y = Math.floor(fromY); y < toY; y++) {
    const row = Math.floor(y / perPixel) + y0 - top;
    if (row < 0 || row >= box.height) continue;
    for (let x = Math.floor(fromX); x < toX; x++) {
      const column = Math.floor(x / perPixel) + x0 - left;
      if (column < 0 || column >= box.width || own.data[row * box.width + column] === 0) continue;
      labels[y * width + x] = label;
    }
  }
}

/** Visits pixels of an object within two of another value: an outline two pixels wide, inside the object. */
function outline(
  labels: Int32Array,
  height: number,
  width: number,
  visit: (index: number, label: number) => void,
): void {
  const differs = (y: number, x: number, label: number): boolean =>
    y >= 0 && y < height && x >= 0 && x < width && labels[y * width + x] !== label;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const label = labels[y * width + x] as number;
      if (label === 0) continue;
      const edge = [1, 2].some(
        (step) =>
          differs(y - step, x, label) ||
          differs(y + step, x, label) ||
          differs(y, x - step, label) ||
          differs(y, x + step, label),
      );
      if (edge) visit(y * width + x, label);
    }
  }
}
