/**
 * A window of an image as a picture, enlarged by a whole number so that single pixels are seen, and outlines of objects on
 * it. Outlines lie inside their object. Pure; arrays in, PNG out.
 */

import { axisLength, channelPlane, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { thumbnail } from "#core/image/index.ts";
import { drawObjectShapeInPlace, type ObjectShape } from "#core/labels/index.ts";
import { writePng } from "#formats/index.ts";

export interface ImageWindow {
  readonly t: number;
  readonly z: number;
  /** [y0, x0, y1, x1) of the image. */
  readonly window: readonly [number, number, number, number];
}

export interface WindowPicture {
  readonly height: number;
  readonly width: number;
  /** RGB, axes yxc. */
  readonly rgb: Uint8Array;
  /** First row and column of the image, and picture pixels per image pixel. */
  readonly y0: number;
  readonly x0: number;
  readonly perPixel: number;
}

export interface EnlargeOptions {
  readonly colour: boolean;
  /** Row and column of the image at which `image` begins, when it is a part of it; default its first pixel. */
  readonly origin?: readonly [y0: number, x0: number];
}

/** @param side  longest side of the picture in pixels, about; a whole number of pixels per pixel of the image. */
export function enlargeWindow(
  image: ImageArray,
  place: ImageWindow,
  side: number,
  options: EnlargeOptions,
): WindowPicture {
  const [y0, x0, y1] = place.window;
  const [top, left] = options.origin ?? [0, 0];
  const inside = [y0 - top, x0 - left, y1 - top, place.window[3] - left] as const;
  const small = thumbnail(crop(image, { ...place, window: inside }), side, options);
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
  return { height, width, rgb, y0, x0, perPixel: scale * shrink };
}

export interface Pen {
  readonly colour: readonly [number, number, number];
  /** 0..1: how much of the image the outline covers. */
  readonly alpha: number;
}

/**
 * Draws into the picture.
 *
 * @param penOf  by index of the shape; later shapes lie on top. @param thickness  in picture pixels, inside the object.
 */
export function outlineShapes(
  picture: WindowPicture,
  shapes: readonly ObjectShape[],
  penOf: (index: number) => Pen,
  thickness = 2,
): void {
  const { height, width, rgb } = picture;
  const labels = new Int32Array(height * width);
  shapes.forEach((shape, i) => {
    drawScaled(shape, { ...picture, labels }, i + 1);
  });
  outline(labels, { height, width, thickness }, (i, label) => {
    const { colour, alpha } = penOf(label - 1);
    for (let part = 0; part < 3; part++) {
      const below = rgb[3 * i + part] as number;
      rgb[3 * i + part] = Math.round(alpha * (colour[part] as number) + (1 - alpha) * below);
    }
  });
}

export function writeWindowPng({ height, width, rgb }: WindowPicture): Uint8Array {
  return writePng({ height, width, channels: 3, data: rgb });
}

/** All channels of one frame and plane within the window. */
function crop(image: ImageArray, { t, z, window: [y0, x0, y1, x1] }: ImageWindow): ImageArray {
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

interface Canvas extends WindowPicture {
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

/** Visits pixels of an object within `thickness` of another value: an outline inside the object. */
function outline(
  labels: Int32Array,
  {
    height,
    width,
    thickness,
  }: { readonly height: number; readonly width: number; readonly thickness: number },
  visit: (index: number, label: number) => void,
): void {
  const steps = Array.from({ length: thickness }, (_, k) => k + 1);
  const differs = (y: number, x: number, label: number): boolean =>
    y >= 0 && y < height && x >= 0 && x < width && labels[y * width + x] !== label;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const label = labels[y * width + x] as number;
      if (label === 0) continue;
      const edge = steps.some(
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
